import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { limits } from '@reelroom/shared/limits.ts';
import { createCharges } from '@reelroom/shared/node/charges.ts';
import { createBus } from '@reelroom/shared/node/bus.ts';
import { createFiles, removeLeftovers } from '@reelroom/shared/node/files.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { Mongo } from '@reelroom/shared/node/mongo.ts';
import { createQueue } from '@reelroom/shared/node/queue.ts';
import { createAssetPictureStore } from '@reelroom/shared/node/stores/asset-picture-store.ts';
import { createFilmStore } from '@reelroom/shared/node/stores/film-store.ts';
import { createLedgerStore } from '@reelroom/shared/node/stores/ledger-store.ts';
import { createPreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import { createQuotaStore } from '@reelroom/shared/node/stores/quota-store.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { TaskKind } from '@reelroom/shared/task/job.ts';
import { runFfmpeg } from './cut/ffmpeg.ts';
import { renderFilm } from './cut/render-cut.ts';
import { createStillOf } from './media/still.ts';
import { sweepFiles } from './media/sweep-files.ts';
import { makePoster, makeThumbnail } from './media/thumbnail.ts';
import type { Cloud } from './open-cloud.ts';
import type { Provider } from './provider/provider.ts';
import { runTask, Stopped } from './task/run-task.ts';

export type WorkerDeps = {
	mongo: Mongo;
	log: Log;
	dataDir: string;
	concurrency: number;
	providers: Record<string, Provider>;
	/** Answers what servers ask of workers; without it nobody does. */
	answerAsks?: Cloud['answerAsks'];
	ffmpegPath: () => Promise<string>;
	leaseMs?: number;
	graceMs?: number;
};
/** Starts a worker: it hears the queue, claims tasks and runs them. `close` stops hearing, waits `graceMs` for what runs, then gives it back. */
export async function createWorker({
	mongo,
	log,
	dataDir,
	concurrency,
	providers,
	answerAsks,
	ffmpegPath,
	leaseMs = limits.taskLeaseMs,
	graceMs = 20_000,
}: WorkerDeps): Promise<{ close(): Promise<void> }> {
	const { db } = mongo;
	const tasks = createTaskStore(db, { leaseMs });
	const takes = createTakeStore(db);
	const films = createFilmStore(db);
	const assetPictures = createAssetPictureStore(db);
	const previews = createPreviewStore(db);
	const quotas = createQuotaStore(db);
	const ledger = createLedgerStore(db);
	await Promise.all([tasks, takes, films, assetPictures, previews, quotas, ledger].map((store) => store.ready()));
	const newId = () => randomBytes(12).toString('hex');
	const now = () => new Date();
	const charges = createCharges({ quotas, ledger, tasks, log, now });
	const workerId = newId();
	const queue = createQueue({ db, log, lockMs: leaseMs });
	const bus = await createBus({ db, log, topics: ['tasks', 'asks'] });
	const running = new Map<string, { stop: AbortController; done: Promise<void> }>();
	let closing = false;

	bus.on('tasks', ({ _id, status }) => {
		if (status === 'cancelling') running.get(_id)?.stop.abort(new Stopped('cancelled'));
	});
	const filesDir = join(dataDir, 'files');
	const files = createFiles(filesDir);
	const workDir = join(dataDir, 'work');
	const deps = {
		tasks,
		charges,
		takes,
		films,
		previews,
		files,
		providers,
		renderFilm,
		makeThumbnail,
		makePoster,
		stillOf: createStillOf({ ffmpegPath, run: runFfmpeg }),
		ffmpegPath,
		workDir,
		workerId,
		leaseMs,
		log,
		now,
		newId,
	};
	const work = async (taskId: string, kind: TaskKind): Promise<void> => {
		// Its bell was heard too late to work on it: it is rung again, for another worker.
		if (closing) return queue.enqueue(kind, taskId);
		const task = await tasks.claim(taskId, workerId, now());
		if (task === null) return;
		const stop = new AbortController();
		const done = runTask(deps, task, stop);
		running.set(taskId, { stop, done });
		try {
			await done;
			if (stop.signal.reason instanceof Stopped && stop.signal.reason.reason === 'closing')
				await queue.enqueue(kind, taskId, task.turn);
		} finally {
			running.delete(taskId);
		}
	};
	const atWork = new Set<Promise<void>>();
	const workTracked = (taskId: string, kind: TaskKind): Promise<void> => {
		const turn = work(taskId, kind).finally(() => atWork.delete(turn));
		atWork.add(turn);
		return turn;
	};
	/** Mends what crashes leave: tasks nobody rings for, and those whose worker is gone. */
	const sweep = async (): Promise<void> => {
		await tasks.endAbandoned(now());
		for (const { _id, kind, turn } of await tasks.unattended(now(), new Date(Date.now() - leaseMs / 2)))
			if (!(await queue.isWaiting(_id))) await queue.enqueue(kind, _id, turn);
	};
	/** Removes what killed workers were writing, and the files of deleted projects; what is so old belongs to no task that still may run. */
	const clean = async (): Promise<void> => {
		const before = new Date(Date.now() - 2 * limits.renderTaskMs);
		await files.removeLeftovers(before);
		await removeLeftovers(workDir, 'task-', before);
		const removed = await sweepFiles({
			folder: filesDir,
			inUse: [takes.filesInUse, films.filesInUse, assetPictures.filesInUse],
			before,
			now,
		});
		if (removed > 0) log.info({ removed }, 'files that nothing refers to were removed');
	};
	let sweeping: Promise<void> = Promise.resolve();
	const sweepSafely = () => {
		sweeping = sweeping.then(sweep).catch((error: unknown) => log.warn({ err: error }, 'the sweep failed'));
	};
	await queue.listen({ image: concurrency, video: concurrency, render: 1 }, workTracked);
	const cleanSafely = () => {
		sweeping = sweeping.then(clean).catch((error: unknown) => log.warn({ err: error }, 'leftovers stayed'));
	};
	const answering = answerAsks?.({ bus, workerId });
	const sweeps = setInterval(sweepSafely, leaseMs / 2);
	const cleans = setInterval(cleanSafely, limits.renderTaskMs);
	const sweepCharges = () => {
		sweeping = sweeping
			.then(charges.sweep)
			.catch((error: unknown) => log.warn({ err: error }, 'charges were not swept'));
	};
	const chargeSweeps = setInterval(sweepCharges, limits.chargeSweepMs);
	sweepSafely();
	cleanSafely();
	sweepCharges();
	return {
		async close() {
			closing = true;
			clearInterval(sweeps);
			clearInterval(cleans);
			clearInterval(chargeSweeps);
			// Nothing new from here on: what is only locked goes to other workers at once, what runs goes on.
			await queue.close();
			const grace = setTimeout(() => {
				for (const { stop } of running.values()) stop.abort(new Stopped('closing'));
			}, graceMs);
			await Promise.allSettled(atWork);
			clearTimeout(grace);
			await sweeping;
			await answering?.close();
			await queue.settled();
			await bus.close();
		},
	};
}
