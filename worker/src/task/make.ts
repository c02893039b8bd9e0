import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDatabaseAway, patiently } from '@reelroom/shared/node/database-away.ts';
import { storageProblem, type Files } from '@reelroom/shared/node/files.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { FilmStore } from '@reelroom/shared/node/stores/film-store.ts';
import type { TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { mediaOf, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { recipeText } from '@reelroom/shared/task/cache-key.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import type { RenderContext, RenderedFilm } from '../cut/render-cut.ts';
import type { Provider, ProviderMedia } from '../provider/provider.ts';
import { Stopped } from './stopped.ts';

export type MakeDeps = {
	claims: Pick<TaskClaims, 'renew' | 'keepReference'>;
	tasks: Pick<TaskStore, 'find'>;
	takes: TakeStore;
	films: FilmStore;
	files: Files;
	providers: Record<string, Provider>;
	renderFilm: (request: RenderRequest, context: RenderContext) => Promise<RenderedFilm>;
	makeThumbnail: (bytes: Uint8Array) => Promise<Uint8Array>;
	makePoster: (picture: string | Uint8Array) => Promise<Uint8Array>;
	/** The first frame of a clip. */
	stillOf: (
		clip: { path: string; mediaType: 'video/mp4' | 'video/webm' },
		context: { workDir: string; signal: AbortSignal },
	) => Promise<Uint8Array>;
	ffmpegPath: () => Promise<string>;
	workDir: string;
	/** How long a claim lives without being renewed. */
	leaseMs: number;
	log: Log;
	now: () => Date;
	newId: () => string;
};
/** One attempt at a task, as it goes on. */
export type Run = {
	task: TaskRecord;
	signal: AbortSignal;
	/** Whether it was stopped only for another worker to go on with the task. */
	isTakenOver: () => boolean;
	tell: (progress: { stage: string; value: number; max: number; preview?: Uint8Array }) => Promise<void>;
};

/** The last look before something is stored: who was cancelled or lost the claim must not add it. */
async function mustStillHold({ claims, leaseMs, now }: MakeDeps, task: TaskRecord): Promise<void> {
	const status = await patiently(() => claims.renew(task._id, task.claim, now()), leaseMs);
	if (status !== 'running') throw new Stopped(status === 'cancelling' ? 'cancelled' : 'claim-lost');
}

/** Gives a failure nobody foresaw the name of the part that failed; its cause is kept for the log. */
const unforeseenAs =
	(code: 'provider-failed' | 'render-failed') =>
	(error: unknown): never => {
		if (error instanceof Problem || error instanceof Stopped || isDatabaseAway(error)) throw error;
		throw storageProblem(error) ?? new Problem(code, undefined, { cause: error });
	};

/** Makes the picture or clip of a task and stores it as its take, once. */
export async function makeTake(deps: MakeDeps, { task, signal, isTakenOver, tell }: Run, request: GenerationRequest) {
	const provider = deps.providers[task.provider];
	if (provider === undefined || task.shotId === null || !provider.kinds.includes(request.kind))
		throw new Problem('no-provider', `No provider “${task.provider}” makes ${request.kind}`);
	const done = await deps.takes.ofTask(task._id);
	if (done !== null) return { takeId: done._id };
	const made = await provider
		.make(request, {
			signal,
			onProgress: tell,
			attempt: {
				reference: task.providerReference ?? null,
				async keepReference(reference) {
					const { _id, claim } = task;
					if (await patiently(() => deps.claims.keepReference(_id, claim, reference), deps.leaseMs, signal)) return;
					const status = (await deps.tasks.find(task._id))?.status;
					throw new Stopped(status === 'cancelling' || status === 'cancelled' ? 'cancelled' : 'claim-lost');
				},
				isTakenOver,
			},
			projectId: task.projectId,
			readFile: deps.files.read,
		})
		.catch(unforeseenAs('provider-failed'));
	const kind = mediaOf(request.kind);
	if (!made.mediaType.startsWith(kind))
		throw new Problem('provider-failed', `It made ${made.mediaType} for ${request.kind}`);
	const file = await deps.files.put(made.bytes);
	const thumbnail = await deps.files.put(await deps.makeThumbnail(await pictureOf(deps, made, file.sha256, signal)));
	signal.throwIfAborted();
	await mustStillHold(deps, task);
	const take = {
		_id: deps.newId(),
		projectId: task.projectId,
		shotId: task.shotId,
		taskId: task._id,
		kind,
		provider: task.provider,
		style: request.style,
		seed: request.seed,
		fingerprint: createHash('sha256').update(recipeText(task.provider, request)).digest('hex'),
		sha256: file.sha256,
		thumbnailSha256: thumbnail.sha256,
		mediaType: made.mediaType,
		widthPx: made.widthPx,
		heightPx: made.heightPx,
		sizeBytes: file.sizeBytes,
		createdBy: task.createdBy,
		createdAt: deps.now(),
	};
	return { takeId: (await patiently(() => deps.takes.add(take), deps.leaseMs))._id };
}

/** What stands for a take in lists: the picture itself, of a clip its first frame. */
async function pictureOf(
	{ files, stillOf, workDir }: MakeDeps,
	{ bytes, mediaType }: ProviderMedia,
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
		await mustStillHold(deps, task);
		// The same still that the player shows before it plays: the first shot that has a picture.
		const shown = request.shots.find(({ takeSha256 }) => takeSha256 !== null);
		const poster = shown === undefined ? null : await deps.files.put(await posterOf(deps, shown, workDir, signal));
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
