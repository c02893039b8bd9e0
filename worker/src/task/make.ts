import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Likeness } from '@reelroom/shared/board/take.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { isDatabaseAway, patiently } from '@reelroom/shared/node/database-away.ts';
import { createFingerprint } from '@reelroom/shared/node/fingerprint.ts';
import { storageProblem, type Files } from '@reelroom/shared/node/files.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { FilmStore } from '@reelroom/shared/node/stores/film-store.ts';
import type { MakingStore } from '@reelroom/shared/node/stores/making-store.ts';
import { copyOf, type TakeRecord, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import type { RenderContext, RenderedFilm } from '../cut/render-cut.ts';
import type { Provider, ProviderMedia } from '../provider/provider.ts';
import { takeOfTwin } from './made-once.ts';
import { Stopped, whyStopped } from './stopped.ts';

export type MakeDeps = {
	claims: Pick<TaskClaims, 'seal' | 'keepReference'>;
	tasks: Pick<TaskStore, 'find'>;
	takes: TakeStore;
	makings: MakingStore;
	films: FilmStore;
	files: Files;
	providers: Record<string, Provider>;
	renderFilm: (request: RenderRequest, context: RenderContext) => Promise<RenderedFilm>;
	/** The small picture of stored bytes, as a file; `picture` is asked for where there is none yet. */
	thumbnailOf: (sha256: string, picture: () => Promise<Uint8Array>) => Promise<string>;
	makePoster: (picture: string | Uint8Array) => Promise<Uint8Array>;
	/** The first frame of a clip. */
	stillOf: (
		clip: { path: string; mediaType: 'video/mp4' | 'video/webm' },
		context: { workDir: string; signal: AbortSignal },
	) => Promise<Uint8Array>;
	/** How like two pictures are to the eye, 0 to 1. */
	likenessOf: (one: Uint8Array, other: Uint8Array) => Promise<number>;
	ffmpegPath: () => Promise<string>;
	workDir: string;
	/** How long a claim lives without being renewed. */
	leaseMs: number;
	log: Log;
	now: () => Date;
	newId: () => string;
};
/** What came of a task; `cached` when it had been made before. */
export type Made = { takeId?: string; filmId?: string; cached?: true };
/** One attempt at a task, as it goes on. */
export type Run = {
	task: TaskRecord;
	signal: AbortSignal;
	/** Whether it was stopped only for another worker to go on with the task. */
	isTakenOver: () => boolean;
	tell: (progress: { stage: string; value: number; max: number; preview?: Uint8Array }) => Promise<void>;
};

/** The last look before something is stored: who was cancelled or lost the claim must not add it, and who adds it is not cancelled any more. */
async function mustStillHold({ claims, leaseMs, now }: MakeDeps, task: TaskRecord): Promise<void> {
	const status = await patiently(() => claims.seal(task._id, task.claim, now()), leaseMs);
	if (status !== 'running') throw new Stopped(status === 'cancelling' ? 'cancelled' : 'claim-lost');
}

/** Gives a failure nobody foresaw the name of the part that failed; its cause is kept for the log. */
const unforeseenAs =
	(code: 'provider-failed' | 'render-failed') =>
	(error: unknown): never => {
		if (error instanceof Problem || error instanceof Stopped || isDatabaseAway(error)) throw error;
		throw storageProblem(error) ?? new Problem(code, undefined, { cause: error });
	};

/** A picture that it was to be made of may have been deleted since it was asked for. */
const referenceGone = (error: unknown): never => {
	if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
	throw new Problem('reference-missing', 'A picture that it was to be made of is gone', { cause: error });
};

/** Makes the picture or clip of a task and stores it as its take, once; where another task makes the same, that one's take is taken. */
export async function makeTake(
	deps: MakeDeps,
	{ task, signal, isTakenOver, tell }: Run,
	{ kind, request, ...how }: Exclude<TaskRecord['work'], { kind: 'render' }>,
): Promise<Made> {
	const provider = deps.providers[task.provider];
	if (provider === undefined || task.shotId === null || !provider.kinds.includes(request.kind))
		throw new Problem('no-provider', `No provider “${task.provider}” makes ${request.kind}`);
	const done = await deps.takes.ofTask(task._id);
	if (done !== null) {
		await mustStillHold(deps, task);
		return { takeId: done._id, ...(done.cached === true ? { cached: true } : {}) };
	}
	const about = {
		projectId: task.projectId,
		shotId: task.shotId,
		taskId: task._id,
		provider: task.provider,
		style: request.style,
		createdBy: task.createdBy,
		request,
		...how,
	};
	const twin = await takeOfTwin(deps, task, signal);
	if (twin !== null) {
		await mustStillHold(deps, task);
		const isOwn = twin.projectId === task.projectId && twin.shotId === task.shotId;
		const copy = copyOf(twin, { ...about, createdAt: deps.now() });
		const take = isOwn ? twin : await patiently(() => deps.takes.addCopy(copy), deps.leaseMs);
		return { takeId: take._id, cached: true };
	}
	const made = await provider
		.make(request, {
			signal,
			onProgress: tell,
			attempt: {
				reference: task.providerReference ?? null,
				async keepReference(reference) {
					const { _id, claim } = task;
					if (await patiently(() => deps.claims.keepReference(_id, claim, reference), deps.leaseMs, signal)) return;
					throw new Stopped(whyStopped(await deps.tasks.find(task._id)));
				},
				isTakenOver,
			},
			projectId: task.projectId,
			readFile: (sha256) => deps.files.read(sha256).catch(referenceGone),
		})
		.catch(unforeseenAs('provider-failed'));
	if (!made.mediaType.startsWith(kind))
		throw new Problem('provider-failed', `It made ${made.mediaType} for ${request.kind}`);
	const file = await deps.files.put(made.bytes);
	const picture = () => pictureOf(deps, made, file.sha256, signal);
	const thumbnailSha256 = await deps.thumbnailOf(file.sha256, picture);
	const reproduces = await likenessTo(deps, how.origin?.reproduces, { sha256: file.sha256, picture, signal });
	signal.throwIfAborted();
	await mustStillHold(deps, task);
	const take = {
		...about,
		_id: deps.newId(),
		kind,
		seed: request.seed,
		fingerprint: task.fingerprint ?? createFingerprint()(task.provider, request),
		sha256: file.sha256,
		thumbnailSha256,
		mediaType: made.mediaType,
		widthPx: made.widthPx,
		heightPx: made.heightPx,
		sizeBytes: file.sizeBytes,
		...(reproduces === null ? {} : { reproduces }),
		createdAt: deps.now(),
	};
	return { takeId: (await patiently(() => deps.takes.add(take), deps.leaseMs))._id };
}

/** How like a picture is to that of the take whose recipe was run again; null where none was, or it is gone. */
async function likenessTo(
	deps: MakeDeps,
	takeId: string | undefined,
	{ sha256, picture, signal }: { sha256: string; picture: () => Promise<Uint8Array>; signal: AbortSignal },
): Promise<Likeness | null> {
	const before = takeId === undefined ? null : await deps.takes.find(takeId);
	if (before === null) return null;
	if (before.sha256 === sha256) return { takeId: before._id, verdict: 'equal', likeness: 1 };
	const bytes = await deps.files.read(before.sha256);
	const other = await pictureOf(deps, { bytes, mediaType: before.mediaType }, before.sha256, signal);
	const likeness = await deps.likenessOf(other, await picture());
	const verdict = likeness >= limits.sameToTheEye ? 'similar' : 'drifted';
	return { takeId: before._id, verdict, likeness };
}

/** What stands for a take in lists: the picture itself, of a clip its first frame. */
async function pictureOf(
	{ files, stillOf, workDir }: MakeDeps,
	{ bytes, mediaType }: Pick<TakeRecord, 'mediaType'> & Pick<ProviderMedia, 'bytes'>,
	sha256: string,
	signal: AbortSignal,
): Promise<Uint8Array> {
	if (mediaType !== 'video/mp4' && mediaType !== 'video/webm') return bytes;
	return inFolder(workDir, (folder) => stillOf({ path: files.pathOf(sha256), mediaType }, { workDir: folder, signal }));
}

/** The still of a film: that of a shot's picture, of a clip its first frame. */
async function posterOf(
	{ files, stillOf, makePoster }: MakeDeps,
	{ takeSha256, takeMediaType: mediaType }: RenderRequest['shots'][number],
	workDir: string,
	signal: AbortSignal,
): Promise<Uint8Array> {
	const path = files.pathOf(takeSha256 ?? '');
	if (mediaType !== 'video/mp4' && mediaType !== 'video/webm') return makePoster(path);
	return makePoster(await stillOf({ path, mediaType }, { workDir, signal }));
}

/** Gives the work a folder of its own, which is removed behind it. */
async function inFolder<T>(workDir: string, work: (folder: string) => Promise<T>): Promise<T> {
	await mkdir(workDir, { recursive: true });
	const folder = await mkdtemp(join(workDir, 'task-'));
	try {
		return await work(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Renders the film of a task and stores it, once. */
export async function makeFilm(deps: MakeDeps, { task, signal, tell }: Run, request: RenderRequest) {
	const done = await deps.films.ofTask(task._id);
	if (done !== null) return { filmId: done._id };
	return inFolder(deps.workDir, async (workDir) => {
		const made = await deps
			.renderFilm(request, {
				pathOf: deps.files.pathOf,
				workDir,
				ffmpegPath: deps.ffmpegPath,
				signal,
				onProgress: tell,
			})
			.catch(unforeseenAs('render-failed'));
		const file = await deps.files.putFile(made.path);
		signal.throwIfAborted();
		// The same still that the player shows before it plays: the first shot that has a picture.
		const shown = request.shots.find(({ takeSha256 }) => takeSha256 !== null);
		const poster = shown === undefined ? null : await deps.files.put(await posterOf(deps, shown, workDir, signal));
		await mustStillHold(deps, task);
		const film = {
			_id: deps.newId(),
			projectId: task.projectId,
			taskId: task._id,
			sha256: file.sha256,
			sizeBytes: file.sizeBytes,
			widthPx: made.widthPx,
			heightPx: made.heightPx,
			fps: made.fps,
			durationFrames: made.durationFrames,
			posterSha256: poster?.sha256 ?? null,
			subtitles: request.subtitles,
			createdBy: task.createdBy,
			createdAt: deps.now(),
		};
		return { filmId: (await patiently(() => deps.films.add(film), deps.leaseMs))._id };
	});
}
