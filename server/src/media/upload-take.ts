import { createHash } from 'node:crypto';
import type { Take } from '@reelroom/shared/board/take.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { takeKind } from '@reelroom/shared/media/media-kind.ts';
import { TakenClip } from '@reelroom/shared/media/taken-clip.ts';
import type { Files } from '@reelroom/shared/node/files.ts';
import type { AskStore } from '@reelroom/shared/node/stores/ask-store.ts';
import { toTake, type TakeRecord, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { hasShot } from '@reelroom/shared/project/document.ts';
import type { Documents } from '../live/documents-port.ts';
import type { Actor } from '../http/on.ts';
import type { AskWorkers } from '../provider/ask-workers.ts';
import type { PictureProcess } from './picture-process.ts';
import type { Upload } from './receive-upload.ts';

type UploadTakeDeps = {
	takes: TakeStore;
	files: Pick<Files, 'put' | 'putStream'>;
	prepare: PictureProcess['prepare'];
	askWorkers: Pick<AskWorkers, 'finish'>;
	asks: Pick<AskStore, 'underWay'>;
	documents: Pick<Documents, 'read'>;
	/** Which shots of a project are approved. */
	approvedShots: (projectId: string) => Promise<ReadonlySet<string>>;
	/** Null for a project that is gone. */
	styleOf: (projectId: string) => Promise<string | null>;
	now: () => Date;
	newId: () => string;
};
type At = { projectId: string; shotId: string; mayChangeApproved: boolean };
export type UploadTake = (actor: Actor, at: At, upload: Upload) => Promise<Take>;
type Media = Pick<
	TakeRecord,
	'kind' | 'sha256' | 'sizeBytes' | 'thumbnailSha256' | 'mediaType' | 'widthPx' | 'heightPx' | 'durationMs'
>;

/**
 * Makes the use case of adding a picture or a clip of one's own to a shot. It costs nothing, and is a take like any other. Who may not, and what by its
 * first bytes is neither, is refused before the rest has come. A picture is read in a process of its own; a clip goes to disk as it comes, and a worker
 * has it looked at and written anew by ffmpeg.
 */
export function createUploadTake(deps: UploadTakeDeps): UploadTake {
	const { takes, files, prepare, askWorkers, asks, documents, approvedShots, styleOf, now, newId } = deps;

	const pictureOf = async (upload: Upload): Promise<Media> => {
		const pieces: Uint8Array[] = [];
		for await (const piece of upload.chunks(limits.pictureBytes)) pieces.push(piece);
		const made = await prepare(Buffer.concat(pieces), limits.ownTakeSidePx).catch((error: unknown) => {
			if (error instanceof Problem && error.code === 'too-large') throw new Problem('take-too-large');
			throw error;
		});
		const [file, thumbnail] = [await files.put(made.bytes), await files.put(made.thumbnail)];
		const { widthPx, heightPx } = made;
		return { kind: 'image', ...file, thumbnailSha256: thumbnail.sha256, mediaType: 'image/webp', widthPx, heightPx };
	};
	const clipOf = async (upload: Upload, askedBy: string): Promise<Media> => {
		if ((await asks.underWay(askedBy, new Date(now().getTime() - limits.ownClipWaitMs))) >= limits.ownClipsAtOnce)
			throw new Problem('too-many-requests', `At most ${limits.ownClipsAtOnce} clips are taken in at a time`);
		const { sha256 } = await files.putStream(upload.chunks(limits.ownClipBytes));
		const { signal } = upload;
		const about = { mostMs: limits.ownClipWaitMs, askedBy, signal };
		const { durationMs, ...clip } = TakenClip.parse(
			JSON.parse(await askWorkers.finish({ kind: 'take-clip', sha256 }, about)),
		);
		return { kind: 'video', ...clip, ...(durationMs === null ? {} : { durationMs }) };
	};

	return async (actor, { projectId, shotId, mayChangeApproved }, upload) => {
		await actor.must('take.create', projectId);
		const { id: createdBy } = actor.signedIn();
		if (!(await documents.read(projectId, (doc) => hasShot(doc, shotId))))
			throw new Problem('not-found', 'This project has no such shot');
		if (!mayChangeApproved && (await approvedShots(projectId)).has(shotId)) throw new Problem('shot-approved');
		const first = await upload.first(16);
		const detail = 'The body is empty';
		if (first.length === 0) throw new Problem('invalid-input', detail, { errors: [{ pointer: '#', detail }] });
		const kind = takeKind(first);
		if (kind === null) throw new Problem('not-a-take');
		const media = kind === 'image' ? await pictureOf(upload) : await clipOf(upload, createdBy);
		const style = await styleOf(projectId);
		if (style === null) throw new Problem('not-found');
		const take = await takes.add({
			...media,
			_id: newId(),
			projectId,
			shotId,
			// It was made by no task; the id is its own.
			taskId: newId(),
			provider: 'upload',
			style,
			seed: 0,
			fingerprint: createHash('sha256').update(`upload/${media.sha256}`).digest('hex'),
			createdBy,
			createdAt: now(),
		});
		// Deleting a project makes it unreachable first and clears it after: one of the two sees the other.
		if ((await styleOf(projectId)) === null) {
			await takes.removeOfTask(take.taskId);
			throw new Problem('not-found');
		}
		return toTake(take);
	};
}
