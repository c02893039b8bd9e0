import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus } from '@reelroom/shared/node/bus.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo } from '@reelroom/shared/node/mongo.ts';
import { createRinger } from '@reelroom/shared/node/bell.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { createWorkerStore } from '@reelroom/shared/node/stores/worker-store.ts';
import { startMongod } from '@reelroom/shared/node/tools/mongod.ts';
import { aProvider, aTask } from '@reelroom/worker/testing.ts';
import { createWorker } from '@reelroom/worker/worker.ts';
import { median, percentile } from './measure.ts';

const alone = 100;
const burst = 50;

export const workload =
	'Task store, queue and worker on a mongod of their own, with pictures that cost nothing: 100 tasks one after the other, each from being queued to being started; then 50 at once, until the last one has ended.';

/** How soon a queued task is started by an idle worker, and how long a burst of tasks takes whose pictures cost nothing. */
export default async function bench(): Promise<Record<string, number>> {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-bench-'));
	const closers: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true })];
	try {
		const mongod = await startMongod({ dataDir });
		closers.push(() => mongod.close());
		const mongo = await connectMongo(mongod.uri);
		closers.push(() => mongo.close());
		const log = createLog('bench', 'silent');
		const ffmpegPath = () => Promise.reject(new Error('no film is rendered here'));
		const worker = await createWorker({
			mongo,
			log,
			dataDir,
			concurrency: 2,
			providers: { test: await aProvider() },
			ffmpegPath,
		});
		closers.push(() => worker.close());
		const store = createTaskStore(mongo.db);
		const workers = createWorkerStore(mongo.db);
		const addresses = async () => (await workers.alive(new Date())).map(({ bell }) => bell);
		const ringer = await createRinger({ addresses, log });
		closers.push(() => ringer.close());
		const announce = ({ _id, kind, createdBy, provider, atOnce = null, claim, revision }: TaskRecord) =>
			ringer.look('image', { id: _id, kind, createdBy, provider, atOnce, claim, revision });
		const bus = await createBus({ db: mongo.db, log, topics: ['tasks'] });
		closers.push(() => bus.close());

		const finished = new Map<string, (task: TaskRecord) => void>();
		bus.on('tasks', (task) => {
			if (task.finishedAt !== null) finished.get(task._id)?.(task);
		});
		const submit = async (): Promise<{ ended: Promise<TaskRecord> }> => {
			const task = aTask();
			const ended = new Promise<TaskRecord>((resolve) => finished.set(task._id, resolve));
			await store.insertMany([task], () => announce(task));
			return { ended };
		};
		const waits: number[] = [];
		for (let index = 0; index < alone; index++) {
			const { ended } = await submit();
			const { startedAt, queuedAt } = await ended;
			waits.push((startedAt?.getTime() ?? Number.POSITIVE_INFINITY) - queuedAt.getTime());
		}
		const began = performance.now();
		const tasks = await Promise.all(Array.from({ length: burst }, submit));
		await Promise.all(tasks.map(({ ended }) => ended));
		const burstMs = performance.now() - began;
		return {
			'pick-up.p50': median(waits),
			'pick-up.p95': percentile(waits, 0.95),
			'pick-up.burst': burstMs,
		};
	} finally {
		for (const close of closers.toReversed()) await close();
	}
}
