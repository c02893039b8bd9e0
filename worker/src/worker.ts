import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { limits } from '@reelroom/shared/limits.ts';
import { createBus } from '@reelroom/shared/node/bus.ts';
import { createCharges } from '@reelroom/shared/node/charges.ts';
import { createFiles, removeLeftovers } from '@reelroom/shared/node/files.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { Mongo } from '@reelroom/shared/node/mongo.ts';
import { createQueue } from '@reelroom/shared/node/queue.ts';
import { createAssetPictureStore } from '@reelroom/shared/node/stores/asset-picture-store.ts';
import { createFilmStore } from '@reelroom/shared/node/stores/film-store.ts';
import { createLedgerStore } from '@reelroom/shared/node/stores/ledger-store.ts';
import { createDurationStore } from '@reelroom/shared/node/stores/duration-store.ts';
import { createMakingStore } from '@reelroom/shared/node/stores/making-store.ts';
import { createPreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import { createQuotaStore } from '@reelroom/shared/node/stores/quota-store.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createTaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { mediaOf } from '@reelroom/shared/provider/provider.ts';
import type { ProviderState } from '@reelroom/shared/node/stores/worker-store.ts';
import type { TaskKind } from '@reelroom/shared/task/task.ts';
import { lookAtStreams, runFfmpeg } from './cut/ffmpeg.ts';
import { renderFilm } from './cut/render-cut.ts';
import { createAnswerTakeClip } from './media/answer-take-clip.ts';
import { likenessOf } from './media/likeness.ts';
import { createStillOf } from './media/still.ts';
import { createTakeClipFile } from './media/take-clip.ts';
import { sweepFiles } from './media/sweep-files.ts';
import { makePoster, makeThumbnail } from './media/thumbnail.ts';
import { createThumbnails } from './media/thumbnails.ts';
import type { Cloud } from './open-cloud.ts';
import type { Provider } from './provider/provider.ts';
import { createLearning } from './task/learning.ts';
import { takeTasks } from './task/take-tasks.ts';
import { runTask } from './task/run-task.ts';
import { createTaskEnds } from './task/task-ends.ts';

export type WorkerDeps = {
	mongo: Mongo;
	log: Log;
	dataDir: string;
	concurrency: number;
	providers: Record<string, Provider>;
	/** Answers what servers ask of workers; without it nobody does. */
	answerAsks?: Cloud['answerAsks'];
	ffmpegPath: () => Promise<string>;
	/** Address at which servers ring; those on other machines must reach it. */
	bellHost?: string;
	leaseMs?: number;
	graceMs?: number;
	/** Tasks that ended so many days ago are taken off the lists; without it none is. */
	taskKeepDays?: number;
	/** How long one attempt may take, where that is not what the limits say. */
	limitMs?: number;
};
const dayMs = 86_400_000;
/** What leftovers have to be as old as: they belong to no task that still may run. */
const leftoverMs = 2 * Math.max(...Object.values(limits.taskMs));

/** Starts a worker: it takes tasks as it has places for them, and runs them. `close` takes no more, waits `graceMs` for what runs, then gives it back. */
export async function createWorker({
	mongo,
	log,
	dataDir,
	concurrency,
	providers,
	answerAsks,
	ffmpegPath,
	bellHost = '127.0.0.1',
	leaseMs = limits.taskLeaseMs,
	graceMs = 20_000,
	limitMs,
	taskKeepDays = 0,
}: WorkerDeps): Promise<{ close(): Promise<void> }> {
	const { db } = mongo;
	const tasks = createTaskStore(db);
	const takes = createTakeStore(db);
	const makings = createMakingStore(db);
	const films = createFilmStore(db);
	const assetPictures = createAssetPictureStore(db);
	const previews = createPreviewStore(db);
	const quotas = createQuotaStore(db);
	const ledger = createLedgerStore(db);
	const durations = createDurationStore(db);
	const stores = [tasks, takes, makings, films, assetPictures, previews, quotas, ledger];
	await Promise.all(stores.map((store) => store.ready()));
	const claims = createTaskClaims(db, { leaseMs });
	const newId = () => randomBytes(12).toString('hex');
	const now = () => new Date();
	const charges = createCharges({ quotas, ledger, tasks, log, now });
	const ends = createTaskEnds({ claims, charges, learn: createLearning({ durations, log, now }), leaseMs, now });
	const id = newId();
	const worker = { id, name: `${hostname().slice(0, 40)}-${id.slice(0, 4)}` };
	const filesDir = join(dataDir, 'files');
	const files = createFiles(filesDir);
	const workDir = join(dataDir, 'work');
	const runDeps = {
		...{ claims, ends, tasks, charges, takes, makings, films, previews, files, providers },
		...{ renderFilm, thumbnailOf: createThumbnails({ takes, files, makeThumbnail }), makePoster, likenessOf },
		...{ stillOf: createStillOf({ ffmpegPath, run: runFfmpeg }) },
		...{ ffmpegPath, workDir, leaseMs, log, now, newId },
		...(limitMs === undefined ? {} : { limitMs }),
	};
	/** Of each provider how many of its nodes answer, and how many more tasks they have room for; null where it works here. */
	const stateOf = (kind: TaskKind): Record<string, ProviderState> => {
		if (kind === 'render') return { ffmpeg: null };
		const able = Object.entries(providers).filter(([, { kinds }]) => kinds.some((each) => mediaOf(each) === kind));
		const states = able.map(([provider, { nodes }]) => {
			const known = nodes?.();
			const up = known?.filter(({ isUp }) => isUp).length ?? 0;
			return [provider, known === undefined ? null : { up, room: known.reduce((sum, { room }) => sum + room, 0) }];
		});
		return Object.fromEntries(states) as Record<string, ProviderState>;
	};

	/** Removes what killed workers were writing, and the files of deleted projects. */
	const clean = async (): Promise<void> => {
		const before = new Date(Date.now() - leftoverMs);
		await files.removeLeftovers(before);
		await removeLeftovers(workDir, 'task-', before);
		const removed = await sweepFiles({
			folder: filesDir,
			inUse: [
				(names) => takes.filesInUse(names, new Date(Date.now() - limits.discardedTakeMs)),
				films.filesInUse,
				assetPictures.filesInUse,
			],
			before,
			now,
		});
		if (removed > 0) log.info({ removed }, 'files that nothing refers to were removed');
	};
	const cleanTasks = async (): Promise<void> => {
		const cleaned = await tasks.clean(new Date(Date.now() - taskKeepDays * dayMs), now());
		if (cleaned > 0) log.info({ cleaned }, 'old tasks were taken off the lists');
	};
	const queue = createQueue({ db, log });
	const taking = await takeTasks({
		...{ db, worker, claims, ends, charges, bellHost, leaseMs, log, now },
		async abandoned(task) {
			const { _id: taskId, status, provider, providerReference: reference = null } = task;
			// Nobody waits for it any more where the worker that is gone had sent it.
			if (reference !== null)
				void providers[provider]
					?.forget?.(reference)
					.catch((error: unknown) => log.warn({ err: error, taskId }, 'what was sent for a task goes on'));
			if (status === 'cancelled') await takes.discardOfTask(taskId, now());
		},
		places: { image: concurrency, video: concurrency, render: 1 },
		stateOf,
		probe: () => Promise.all(Object.values(providers).map(async (provider) => provider.probe?.())),
		run: (task, stop, free) => runTask(runDeps, task, stop, free),
		queue,
		chores: [
			{ name: 'files.clean', everyMs: 3_600_000, work: clean },
			...(taskKeepDays === 0 ? [] : [{ name: 'tasks.clean', everyMs: 3_600_000, work: cleanTasks }]),
			{ name: 'charges.sweep', everyMs: limits.chargeSweepMs, work: charges.sweep },
		],
	});
	const asks = answerAsks === undefined ? null : await createBus({ db, log, topics: ['asks'] });
	const takeClipFile = createTakeClipFile({ ffmpegPath, workDir, run: runFfmpeg, look: lookAtStreams });
	const { thumbnailOf, stillOf } = runDeps;
	const takeClip = createAnswerTakeClip({ files, takeClipFile, thumbnailOf, stillOf, workDir });
	const answering = asks === null ? undefined : answerAsks?.({ bus: asks, workerId: id, takeClip });
	// What the last one left on this disk does not wait for the hour.
	const cleaning = clean().catch((error: unknown) => log.warn({ err: error }, 'leftovers stayed'));
	const end = async (): Promise<void> => {
		await taking.close(graceMs);
		await answering?.close();
		await Promise.all([asks?.close(), queue.close(), cleaning]);
	};
	let ended: Promise<void> | undefined;
	return { close: () => (ended ??= end()) };
}
