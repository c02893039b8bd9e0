import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo } from '@reelroom/shared/node/mongo.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import { aTask } from './testing.ts';
import { createWorker, type WorkerDeps } from './worker.ts';

const log = createLog('test', 'silent');

/** A database, a folder and the workers on both, for one test; `close` ends all that was begun there, the last first. */
export async function aWorkshop() {
	const closers: (() => unknown)[] = [];
	const { uri } = await aDatabase();
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-worker-'));
	closers.push(() => rm(dataDir, { recursive: true, force: true }));
	const mongo = await connectMongo(uri);
	closers.push(() => mongo.close());
	const tasks = createTaskStore(mongo.db);
	await tasks.ready();
	return {
		uri,
		dataDir,
		mongo,
		tasks,
		closers,
		/** A worker that renders no films. */
		async worker(providers: WorkerDeps['providers'], more: Partial<WorkerDeps> = {}) {
			const ffmpegPath = () => Promise.reject(new Error('no film is rendered here'));
			const worker = await createWorker({
				...{ mongo, log, dataDir, concurrency: 2, providers, ffmpegPath },
				...more,
			});
			closers.push(() => worker.close());
			return worker;
		},
		/** A program of its own, which can be killed. */
		program(args: readonly string[], options: SpawnOptions = { stdio: 'inherit' }) {
			const child = spawn(process.execPath, args, options);
			const exited = once(child, 'exit');
			const kill = async (): Promise<void> => {
				child.kill('SIGKILL');
				await exited;
			};
			closers.push(kill);
			return { kill };
		},
		async submit(about: Partial<TaskRecord> = {}): Promise<string> {
			const task = aTask(about);
			await tasks.insertMany([task]);
			return task._id;
		},
		/** Waits until a task is such. */
		reaches: (id: string, about: Partial<TaskRecord>) =>
			expect.poll(() => tasks.find(id), { timeout: 20_000, interval: 20 }).toMatchObject(about),
		async close(): Promise<void> {
			for (const close of closers.splice(0).reverse()) await close();
		},
	};
}
export type Workshop = Awaited<ReturnType<typeof aWorkshop>>;
