import { createHash } from 'node:crypto';
import type { Take } from '@reelroom/shared/board/take.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { Files } from '@reelroom/shared/node/files.ts';
import { toTake, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { hasShot } from '@reelroom/shared/project/document.ts';
import type { Documents } from '../live/documents-port.ts';
import type { Actor } from '../http/on.ts';
import type { PictureProcess } from './picture-process.ts';

type UploadTakeDeps = {
	takes: TakeStore;
	files: Pick<Files, 'put'>;
	prepare: PictureProcess['prepare'];
	documents: Pick<Documents, 'read'>;
	/** Which shots of a project are approved. */
	approvedShots: (projectId: string) => Promise<ReadonlySet<string>>;
	/** Null for a project that is gone. */
	styleOf: (projectId: string) => Promise<string | null>;
	now: () => Date;
	newId: () => string;
};
type At = { projectId: string; shotId: string; mayChangeApproved: boolean };
export type UploadTake = (actor: Actor, at: At, bytes: Uint8Array) => Promise<Take>;

/** Makes the use case of adding a picture of one's own to a shot. It costs nothing, and is a take like any other. */
export function createUploadTake({
	takes,
	files,
	prepare,
	documents,
	approvedShots,
	styleOf,
	now,
	newId,
}: UploadTakeDeps): UploadTake {
	return async (actor, { projectId, shotId, mayChangeApproved }, bytes) => {
		await actor.must('take.create', projectId);
		if (!(await documents.read(projectId, (doc) => hasShot(doc, shotId))))
			throw new Problem('not-found', 'This project has no such shot');
		if (!mayChangeApproved && (await approvedShots(projectId)).has(shotId)) throw new Problem('shot-approved');
		const made = await prepare(bytes, limits.ownTakeSidePx);
		const [file, thumbnail] = [await files.put(made.bytes), await files.put(made.thumbnail)];
		const style = await styleOf(projectId);
		if (style === null) throw new Problem('not-found');
		const take = await takes.add({
			_id: newId(),
			projectId,
			shotId,
			// It was made by no task; the id is its own.
			taskId: newId(),
			kind: 'image',
			provider: 'upload',
			style,
			seed: 0,
			fingerprint: createHash('sha256').update(`upload/${file.sha256}`).digest('hex'),
			...file,
			thumbnailSha256: thumbnail.sha256,
			mediaType: 'image/webp',
			widthPx: made.widthPx,
			heightPx: made.heightPx,
			createdBy: actor.signedIn().id,
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
