import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@reelroom/shared/limits.ts';
import { storageProblem, type Files } from '@reelroom/shared/node/files.ts';
import type { Charges } from '@reelroom/shared/node/charges.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { FilmStore } from '@reelroom/shared/node/stores/film-store.ts';
import type { PreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import type { TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskRecord, TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { mediaOf, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { TaskKind } from '@reelroom/shared/task/job.ts';
import { recipeText } from '@reelroom/shared/task/cache-key.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import type { RenderContext, RenderedFilm } from '../cut/render-cut.ts';
import type { Provider, ProviderMedia } from '../provider/provider.ts';

export type RunDeps = {
	tasks: TaskStore;
	charges: Pick<Charges, 'stands' | 'settle'>;
	takes: TakeStore;
	films: FilmStore;
	previews: PreviewStore;
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
	workerId: string;
	/** How long a claim lives without being renewed. */
	leaseMs: number;
	log: Log;
	now: () => Date;
	newId: () => string;
};

/** Why a run was stopped from outside. */
export class Stopped extends Error {
	readonly reason: 'cancelled' | 'claim-lost' | 'closing';
	constructor(reason: 'cancelled' | 'claim-lost' | 'closing') {
		super(`The task was stopped: ${reason}`);
		this.name = 'Stopped';
		this.reason = reason;
	}
}

/** How long a task of each kind may take. */
const limitMs: Readonly<Record<TaskKind, number>> = {
	image: limits.imageTaskMs,
	video: limits.videoTaskMs,
	render: limits.renderTaskMs,
};

type Run = {
	task: TaskRecord;
	signal: AbortSignal;
	/** Whether it was stopped only for another worker to go on with the task. */
	isTakenOver: () => boolean;
	tell: (progress: { stage: string; value: number; max: number; preview?: Uint8Array }) => Promise<void>;
};

/**
 * Runs one claimed task to its end. Everything it writes carries the claim: after a take-over the old worker's words are refused, and a take or film is
 * stored once per task. Stopped by `stop`: cancelled ends the task, closing gives it back, a lost claim is left to its new holder.
 */
export async function runTask(deps: RunDeps, task: TaskRecord, stop: AbortController): Promise<void> {
	const { tasks, previews, log, now } = deps;
	const limit = AbortSignal.timeout(limitMs[task.kind]);
	const signal = AbortSignal.any([stop.signal, limit]);
	const renewing = setInterval(() => {
		void tasks.renew(task._id, task.claim, now()).then(
			(status) => {
				if (status === null) stop.abort(new Stopped('claim-lost'));
				else if (status === 'cancelling') stop.abort(new Stopped('cancelled'));
			},
			(error: unknown) => log.warn({ err: error, taskId: task._id }, 'the claim was not renewed'),
		);
	}, deps.leaseMs / 3);
	const claimLost = () => stop.signal.reason instanceof Stopped && stop.signal.reason.reason === 'claim-lost';
	let ended = true;
	try {
		if (!(await deps.charges.stands(task))) throw new Problem('reservation-lost');
		const run: Run = {
			task,
			signal,
			isTakenOver: () => stop.signal.reason instanceof Stopped && stop.signal.reason.reason !== 'cancelled',
			tell: progressTeller(deps, task, stop),
		};
		const made =
			task.work.kind === 'render'
				? await makeFilm(deps, run, task.work.request)
				: await makeTake(deps, run, task.work.request);
		// What is made is kept: a cancel or a limit that comes now is too late.
		await storeSuccess(deps, task, made);
	} catch (error) {
		const reason: unknown =
			error instanceof Stopped
				? error
				: stop.signal.aborted
					? stop.signal.reason
					: limit.aborted
						? new Problem('time-limit')
						: error;
		ended = !(reason instanceof Stopped && reason.reason === 'claim-lost');
		await recordEnd(deps, task, reason);
	} finally {
		clearInterval(renewing);
		// After a lost claim the preview is the new holder's.
		if (ended && !claimLost())
			await previews
				.remove(task._id)
				.catch((error: unknown) => log.warn({ err: error, taskId: task._id }, 'a preview was left behind'));
	}
}

/** Writes that a task succeeded. When that fails, the claim runs out and whoever takes over finds what was made: it must not become a failure. */
async function storeSuccess(
	{ tasks, charges, takes, films, log, now }: RunDeps,
	task: TaskRecord,
	made: { takeId?: string; filmId?: string },
): Promise<void> {
	try {
		const done = await tasks.finish(task._id, task.claim, 'succeeded', now(), made);
		if (done !== null) return await charges.settle(done);
		// Its project was deleted between the last look and the storing: nobody will ever ask for what was made.
		if ((await tasks.find(task._id)) === null)
			await Promise.all([takes.removeOfTask(task._id), films.removeOfTask(task._id)]);
	} catch (error) {
		log.warn({ err: error, taskId: task._id }, 'the success was not written');
	}
	throw new Stopped('claim-lost');
}

/** Writes how a task that did not succeed ended. */
async function recordEnd({ tasks, charges, log, now }: RunDeps, task: TaskRecord, error: unknown): Promise<void> {
	if (error instanceof Stopped) {
		if (error.reason === 'cancelled') {
			const cancelled = await tasks.finish(task._id, task.claim, 'cancelled', now());
			if (cancelled !== null) await charges.settle(cancelled);
		}
		if (error.reason === 'closing') await tasks.release(task._id, task.claim);
		return;
	}
	const problem = error instanceof Problem ? error : (storageProblem(error) ?? new Problem('internal'));
	log.error({ err: error, taskId: task._id }, 'the task failed');
	const failed = await tasks.finish(task._id, task.claim, 'failed', now(), {
		problem: { code: problem.code, detail: problem.message },
	});
	if (failed !== null) await charges.settle(failed);
}

/** Tells progress with the time that is left by the pace so far; a refused write means cancelled or taken over, and stops the run. */
function progressTeller({ tasks, previews, now }: RunDeps, task: TaskRecord, stop: AbortController): Run['tell'] {
	const began = now().getTime();
	return async ({ stage, value, max, preview }) => {
		const share = max > 0 ? value / max : 0;
		const etaMs = share > 0 ? Math.round(((now().getTime() - began) / share) * (1 - share)) : null;
		if (await tasks.progress(task._id, task.claim, { stage, value, max, etaMs }, now())) {
			if (preview !== undefined)
				await previews.put({
					_id: task._id,
					projectId: task.projectId,
					shotId: task.shotId,
					stage,
					bytes: preview,
					at: now(),
				});
			return;
		}
		const status = (await tasks.find(task._id))?.status;
		stop.abort(new Stopped(status === 'cancelling' || status === 'cancelled' ? 'cancelled' : 'claim-lost'));
		stop.signal.throwIfAborted();
	};
}

/** The last look before something is stored: who was cancelled or lost the claim must not add it. */
async function mustStillHold({ tasks, now }: RunDeps, task: TaskRecord): Promise<void> {
	const status = await tasks.renew(task._id, task.claim, now());
	if (status !== 'running') throw new Stopped(status === 'cancelling' ? 'cancelled' : 'claim-lost');
}

/** Gives a failure nobody foresaw the name of the part that failed; its cause is kept for the log. */
const unforeseenAs =
	(code: 'provider-failed' | 'render-failed') =>
	(error: unknown): never => {
		if (error instanceof Problem || error instanceof Stopped) throw error;
		throw storageProblem(error) ?? new Problem(code, undefined, { cause: error });
	};

async function makeTake(deps: RunDeps, { task, signal, isTakenOver, tell }: Run, request: GenerationRequest) {
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
					if (await deps.tasks.keepReference(task._id, task.claim, reference)) return;
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
	const take = await deps.takes.add({
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
	});
	return { takeId: take._id };
}

/** What stands for a take in lists: the picture itself, of a clip its first frame. */
async function pictureOf(
	{ files, stillOf, workDir }: RunDeps,
	{ bytes, mediaType }: ProviderMedia,
	sha256: string,
	signal: AbortSignal,
): Promise<Uint8Array> {
	if (mediaType !== 'video/mp4' && mediaType !== 'video/webm') return bytes;
	return inFolder(workDir, (folder) => stillOf({ path: files.pathOf(sha256), mediaType }, { workDir: folder, signal }));
}

/** The still of a film: that of a shot's picture, of a clip its first frame. */
async function posterOf(
	{ files, stillOf, makePoster }: RunDeps,
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

async function makeFilm(deps: RunDeps, { task, signal, tell }: Run, request: RenderRequest) {
	const done = await deps.films.ofTask(task._id);
	if (done !== null) return { filmId: done._id };
	return inFolder(deps.workDir, async (workDir) => {
		const film = await deps
			.renderFilm(request, {
				pathOf: deps.files.pathOf,
				workDir,
				ffmpegPath: deps.ffmpegPath,
				signal,
				onProgress: tell,
			})
			.catch(unforeseenAs('render-failed'));
		const file = await deps.files.putFile(film.path);
		signal.throwIfAborted();
		await mustStillHold(deps, task);
		// The same still that the player shows before it plays: the first shot that has a picture.
		const shown = request.shots.find(({ takeSha256 }) => takeSha256 !== null);
		const poster = shown === undefined ? null : await deps.files.put(await posterOf(deps, shown, workDir, signal));
		const record = await deps.films.add({
			_id: deps.newId(),
			projectId: task.projectId,
			taskId: task._id,
			sha256: file.sha256,
			sizeBytes: file.sizeBytes,
			widthPx: film.widthPx,
			heightPx: film.heightPx,
			fps: film.fps,
			durationFrames: film.durationFrames,
			posterSha256: poster?.sha256 ?? null,
			subtitles: request.subtitles,
			createdBy: task.createdBy,
			createdAt: deps.now(),
		});
		return { filmId: record._id };
	});
}
