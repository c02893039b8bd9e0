import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '@reelroom/shared/node/log.ts';
import { createPauseStore } from '@reelroom/shared/node/stores/pause-store.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createQueue } from '@reelroom/shared/node/queue.ts';
import { toDetails, toTask } from '@reelroom/shared/node/stores/task-record.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { aProvider, aTask } from '../testing.ts';
import type { Provider } from '../provider/provider.ts';
import type { WorkerDeps } from '../worker.ts';
import { aWorkshop, type Workshop } from '../workshop.testing.ts';

const log = createLog('test', 'silent');
let shop: Workshop;
let { uri, dataDir, mongo, tasks, closers, reaches } = {} as Workshop;

beforeEach(async () => {
	shop = await aWorkshop();
	({ uri, dataDir, mongo, tasks, closers, reaches } = shop);
});
afterEach(() => shop.close());

const poll = { timeout: 20_000, interval: 20 };
const aWorker = (test: Provider, more?: Partial<WorkerDeps>) => shop.worker({ test }, { concurrency: 4, ...more });
const submitted: Workshop['submit'] = (about) => shop.submit(about);
const attemptsOf = async (id: string) => {
	const record = await tasks.find(id);
	if (record === null) throw new Error('no such task');
	return toDetails(record, toTask(record, null)).attempts;
};
/** A provider that fails so often with this, and then has its picture. */
async function failing(times: number, problem: () => Error) {
	let left = times;
	return aProvider(async () => {
		if (left-- > 0) throw problem();
	});
}

test('a fault that passes is waited out with the reason told, and every attempt is listed', async () => {
	await aWorker(await failing(1, () => new Problem('provider-unavailable', 'No ComfyUI answers')));
	const id = await submitted();
	await reaches(id, {
		status: 'queued',
		attempt: 1,
		problem: { code: 'provider-unavailable', detail: 'No ComfyUI answers' },
	});
	const waiting = await tasks.find(id);
	const pauseMs = (waiting?.retryAt?.getTime() ?? 0) - Date.now();
	expect([pauseMs > 500, pauseMs < 3_000]).toEqual([true, true]);
	expect(toTask(waiting ?? aTask(), null).retryAt).toBe(waiting?.retryAt?.toISOString());
	await reaches(id, { status: 'succeeded', attempt: 2, problem: null, retryAt: null });
	const attempts = await attemptsOf(id);
	expect(attempts).toMatchObject([
		{
			number: 1,
			outcome: 'failed',
			problem: { code: 'provider-unavailable', detail: 'No ComfyUI answers' },
			retryAt: waiting?.retryAt?.toISOString(),
		},
		{ number: 2, outcome: 'succeeded', problem: null, retryAt: null },
	]);
	const [first, second] = attempts;
	expect(Date.parse(second?.startedAt ?? '') - Date.parse(first?.retryAt ?? '')).toBeLessThan(500);
});

test('what would fail again ends the task at its first attempt', async () => {
	await aWorker(await failing(9, () => new Problem('content-refused', 'Not this')));
	const id = await submitted();
	await reaches(id, {
		status: 'failed',
		attempt: 1,
		retryAt: null,
		problem: { code: 'content-refused', detail: 'Not this' },
	});
	expect(await attemptsOf(id)).toMatchObject([{ outcome: 'failed', problem: { code: 'content-refused' } }]);
});

test('a fault that does not pass ends the task after all its attempts, and begun by hand it has them all again, with the old ones told', async () => {
	await aWorker(await failing(4, () => new Problem('provider-unavailable')));
	const id = await submitted();
	for (const attempt of [1, 2]) {
		await reaches(id, { status: 'queued', attempt });
		// Whoever does not want to wait need not.
		expect(await tasks.retryNow(id)).toMatchObject({ retryAt: null });
	}
	await reaches(id, {
		status: 'failed',
		attempt: 3,
		problem: { code: 'provider-unavailable', detail: expect.any(String) as string },
	});
	await tasks.retry(id, new Date());
	await reaches(id, { status: 'queued', attempt: 1 });
	await tasks.retryNow(id);
	await reaches(id, { status: 'succeeded', attempt: 2 });
	expect((await attemptsOf(id)).map(({ outcome }) => outcome)).toEqual([
		'failed',
		'failed',
		'failed',
		'failed',
		'succeeded',
	]);
});

test('tasks that wait are begun when they are due, though nobody rings and they waited through a restart', async () => {
	const begin = Date.now() + 1_500;
	const due = Array.from({ length: 30 }, (_, index) => new Date(begin + index * 40));
	const ids = await Promise.all(due.map((retryAt, index) => submitted({ retryAt, shotId: `shot-${1000 + index}` })));
	const first = await aWorker(await aProvider());
	await first.close();
	await aWorker(await aProvider());
	for (const id of ids) await reaches(id, { status: 'succeeded' });
	const late = await Promise.all(
		ids.map(async (id, index) => ((await tasks.find(id))?.startedAt?.getTime() ?? 0) - (due[index]?.getTime() ?? 0)),
	);
	expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
	// By looks once a second it would be 500.
	expect(late.toSorted((a, b) => a - b)[15]).toBeLessThan(250);
});

test('a task whose bell was lost is begun by its scene job', async () => {
	await aWorker(await aProvider());
	const queue = createQueue({ db: mongo.db, log });
	closers.push(() => queue.close());
	const waits: number[] = [];
	for (let index = 0; index < 15; index++) {
		// Not in step with whatever looks once a second.
		await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
		const queuedAt = new Date();
		const id = await submitted({ queuedAt });
		queue.leave({ projectId: 'project-0001', reason: 'asked', taskId: id, kinds: ['image'] });
		await reaches(id, { status: 'succeeded' });
		waits.push(((await tasks.find(id))?.startedAt?.getTime() ?? Infinity) - queuedAt.getTime());
	}
	expect(Math.max(...waits)).toBeLessThan(1_500);
	expect(waits.toSorted((a, b) => a - b)[7]).toBeLessThan(300);
});

test('a provider that asks to be left alone is, for as long, and a scene job lies ready for the instant', async () => {
	const busy = () => new Problem('provider-busy', 'Too fast', { retryAfterMs: 3_000 });
	await aWorker(await failing(1, busy));
	const began = Date.now();
	const id = await submitted();
	await reaches(id, { status: 'queued', attempt: 1, problem: { code: 'provider-busy', detail: 'Too fast' } });
	const retryAt = (await tasks.find(id))?.retryAt ?? new Date(0);
	expect(retryAt.getTime() - began).toBeGreaterThanOrEqual(3_000);
	const jobs = mongo.db.collection('agendaJobs');
	const ofTask = { 'data.taskId': id, 'data.reason': 'retry' };
	await expect.poll(() => jobs.findOne(ofTask), poll).toMatchObject({ nextRunAt: retryAt });
	await reaches(id, { status: 'succeeded', attempt: 2 });
	await expect.poll(() => jobs.countDocuments(ofTask), poll).toBe(0);
});

test('a provider that listens to nothing is left when its time is up, and its place is free again', async () => {
	const never = new Promise<never>(() => {});
	let asked = 0;
	const provider = await aProvider(() => (++asked === 1 ? never : Promise.resolve()));
	await aWorker(provider, { concurrency: 1, limitMs: 300 });
	const id = await submitted();
	await reaches(id, {
		status: 'failed',
		attempt: 1,
		problem: { code: 'time-limit', detail: 'One attempt may take 5 minutes' },
	});
	await reaches(await submitted(), { status: 'succeeded' });
});

test('a worker that is killed, and everything with it, leaves a task that says so and goes on', async () => {
	const script = join(import.meta.dirname, '../testing-slow-worker.ts');
	const child = spawn(process.execPath, [script, uri, dataDir, '600'], { stdio: 'inherit' });
	closers.push(() => child.kill('SIGKILL'));
	const exited = once(child, 'exit');
	const id = await submitted();
	await reaches(id, { status: 'running' });
	child.kill('SIGKILL');
	await exited;
	await aWorker(await aProvider(), { leaseMs: 600 });
	await reaches(id, { status: 'succeeded', attempt: 2 });
	expect(await attemptsOf(id)).toMatchObject([
		{ outcome: 'lost', problem: { code: 'worker-lost' } },
		{ outcome: 'succeeded' },
	]);
});

test('nobody has more running at once than their plan gives, however many workers have places, and others are not kept waiting', async () => {
	const running = new Set<string>();
	let most = 0;
	const provider = await aProvider(async (request) => {
		const key = `${request.label}-${Math.random()}`;
		if (request.label === 'ada') running.add(key);
		most = Math.max(most, running.size);
		await new Promise((resolve) => setTimeout(resolve, 20));
		running.delete(key);
	});
	const ofAda = (index: number) => {
		const task = aTask({ createdBy: 'ada', atOnce: 2, turn: index, shotId: `shot-${1000 + index}` });
		if (task.work.kind === 'image') task.work.request.label = 'ada';
		return task;
	};
	const adas = Array.from({ length: 24 }, (_, index) => ofAda(index));
	await tasks.insertMany(adas);
	const others = await Promise.all([1, 2, 3].map((index) => submitted({ createdBy: 'yu', turn: 1_000 + index })));
	await Promise.all([aWorker(provider), aWorker(provider)]);
	for (const id of others) await reaches(id, { status: 'succeeded' });
	expect(await mongo.db.collection('tasks').countDocuments({ createdBy: 'ada', status: 'queued' })).toBeGreaterThan(0);
	for (const { _id } of adas) await reaches(_id, { status: 'succeeded', attempt: 1 });
	expect(most).toBe(2);
	expect(await mongo.db.collection('tasks').countDocuments({ slot: { $exists: true } })).toBe(0);
});

test('a cancel reaches a provider that hangs within a second, and also one whose worker hears neither bell nor stream', async () => {
	const stopped = new Map<string, number>();
	let begun = 0;
	const provider = await aProvider(
		({ label }, { signal }) =>
			new Promise((_resolve, reject) => {
				begun++;
				signal.addEventListener('abort', () => {
					stopped.set(label, Date.now());
					reject(signal.reason as Error);
				});
			}),
	);
	await aWorker(provider);
	const ids = await Promise.all(
		['a', 'b', 'c'].map((label) => {
			const task = aTask();
			if (task.work.kind === 'image') task.work.request.label = label;
			return submitted({ work: task.work });
		}),
	);
	await expect.poll(() => begun, poll).toBe(3);
	const at = Date.now();
	for (const id of ids) await tasks.cancel(id, new Date());
	for (const id of ids) await reaches(id, { status: 'cancelled', takeId: null });
	expect(Math.max(...stopped.values()) - at).toBeLessThan(1_000);
	expect(stopped.size).toBe(3);
	expect(await attemptsOf(ids[0] ?? '')).toMatchObject([{ outcome: 'cancelled' }]);
	expect(await createTakeStore(mongo.db).list('project-0001')).toEqual([]);
});

test('tasks of a paused project wait, those of others go on, and all go on when it is resumed', async () => {
	const pauses = createPauseStore(mongo.db);
	const pause = { _id: 'paused-0001', by: 'ada', byName: 'Ada', at: new Date() };
	await pauses.set({ ...pause, isPaused: true });
	const held = await Promise.all([1, 2, 3].map((turn) => submitted({ projectId: 'paused-0001', turn })));
	await aWorker(await aProvider());
	const other = await submitted({ turn: 1_000 });
	await reaches(other, { status: 'succeeded' });
	expect((await tasks.list('paused-0001', ['queued'], 10)).length).toBe(3);
	await pauses.set({ ...pause, isPaused: false });
	for (const id of held) await reaches(id, { status: 'succeeded', attempt: 1 });
});
