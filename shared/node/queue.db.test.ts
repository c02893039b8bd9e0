import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SceneJob } from '../src/task/job.ts';
import { aDatabase } from '../testing/mongod.ts';
import { createLog } from './log.ts';
import { connectMongo, type Mongo } from './mongo.ts';
import { createQueue, type Chore, type Queue } from './queue.ts';

const log = createLog('test', 'silent');
const closers: (() => unknown)[] = [];
let mongo: Mongo;

beforeEach(async () => {
	mongo = await connectMongo((await aDatabase()).uri);
	closers.push(() => mongo.close());
});
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});

function aQueue(): Queue {
	const queue = createQueue({ db: mongo.db, log });
	closers.push(() => queue.close());
	return queue;
}
/** A worker that notes when it hears which job. */
async function aListener(chores: readonly Chore[] = []) {
	const heard: { job: SceneJob; at: number }[] = [];
	const listening = await aQueue().listen({ heard: (job) => void heard.push({ job, at: Date.now() }), chores });
	let closed: Promise<void> | undefined;
	const close = () => (closed ??= listening.close());
	closers.push(close);
	return { heard, close };
}
const aJob = (number: number, about: Partial<SceneJob> = {}): SceneJob => ({
	projectId: `project-${1000 + number}`,
	reason: 'asked',
	taskId: `task-${1000 + number}`,
	kinds: ['image'],
	...about,
});
const jobs = () => mongo.db.collection('agendaJobs');
const poll = { timeout: 15_000, interval: 20 };

test('a scene job is heard within a second by one of the workers, whoever left it, and is gone then', async () => {
	const workers = [await aListener(), await aListener()];
	const server = aQueue();
	const left = new Map<string, number>();
	for (let number = 0; number < 12; number++) {
		left.set(`project-${1000 + number}`, Date.now());
		server.leave(aJob(number, { kinds: ['image', 'video'] }));
		await expect.poll(() => workers.flatMap(({ heard }) => heard).length, poll).toBe(number + 1);
	}
	const all = workers.flatMap(({ heard }) => heard);
	expect(new Set(all.map(({ job }) => job.projectId)).size).toBe(12);
	expect(all[0]?.job.kinds).toEqual(['image', 'video']);
	const waits = all.map(({ job, at }) => at - (left.get(job.projectId) ?? 0)).sort((a, b) => a - b);
	expect(waits.at(-1)).toBeLessThan(1_000);
	await expect.poll(() => jobs().countDocuments(), poll).toBe(0);
});

test('what a worker has taken up in a moment leaves no job behind, and what nobody has does', async () => {
	const queue = aQueue();
	const tasks = mongo.db.collection<{ _id: string; status: string }>('tasks');
	await tasks.insertMany([
		{ _id: 'task-1001', status: 'running' },
		{ _id: 'task-1002', status: 'queued' },
	]);
	for (const number of [1, 2, 3]) queue.leave(aJob(number));
	queue.leave(aJob(1, { reason: 'retry' }), new Date(Date.now() + 60_000));
	const left = () =>
		jobs()
			.find()
			.map(({ data }) => `${data.reason} ${data.taskId}`)
			.toArray();
	await expect
		.poll(async () => (await left()).sort(), poll)
		.toEqual(['asked task-1002', 'asked task-1003', 'retry task-1001']);
});

test('a job for a later instant is heard at that instant, though everybody was started anew in between', async () => {
	const early = await aListener();
	const due = Date.now() + 1_800;
	const server = aQueue();
	for (let number = 0; number < 30; number++)
		server.leave(aJob(number, { reason: 'retry' }), new Date(due + number * 20));
	await server.close();
	await early.close();
	expect(early.heard).toEqual([]);
	const { heard } = await aListener();
	await expect.poll(() => heard.length, poll).toBe(30);
	const late = heard.map(({ job, at }) => at - (due + (Number(job.taskId?.slice(5)) - 1000) * 20));
	expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
	expect(late.toSorted((a, b) => a - b)[15]).toBeLessThan(100);
	await expect.poll(() => jobs().countDocuments(), poll).toBe(0);
});

test('what a worker had taken ahead when it was stopped is heard in time by another, and what a killed one had taken a little later', async () => {
	const stopped = await aListener();
	const due = Date.now() + 900;
	const server = aQueue();
	server.leave(aJob(1), new Date(due));
	await expect.poll(() => jobs().countDocuments({ lockedAt: { $ne: null } }), poll).toBe(1);
	await stopped.close();
	server.leave(aJob(2));
	await server.close();
	// As a killed worker leaves it.
	await jobs().updateOne({ 'data.taskId': 'task-1002' }, { $set: { lockedAt: new Date(Date.now() - 60_000) } });
	const { heard } = await aListener();
	await expect.poll(() => heard.map(({ job }) => job.taskId).sort(), poll).toEqual(['task-1001', 'task-1002']);
	expect(heard.find(({ job }) => job.taskId === 'task-1001')?.at).toBeGreaterThanOrEqual(due);
});

test('of many workers one does a chore when it is due, again and again, and a fault ends neither chore nor worker', async () => {
	let done = 0;
	let atOnce = 0;
	let most = 0;
	const work = async () => {
		most = Math.max(most, ++atOnce);
		await new Promise((resolve) => setTimeout(resolve, 50));
		atOnce--;
		if (++done === 1) throw new Error('the first time it fails');
	};
	const chores = [{ name: 'test.chore', everyMs: 1_000, work }];
	const workers = [await aListener(chores), await aListener(chores), await aListener(chores)];
	await expect.poll(() => done, poll).toBe(3);
	expect(most).toBe(1);
	expect(await jobs().countDocuments({ name: 'test.chore' })).toBe(1);
	await Promise.all(workers.map(({ close }) => close()));
	const before = done;
	const { heard } = await aListener();
	aQueue().leave(aJob(1));
	await expect.poll(() => heard.length, poll).toBe(1);
	expect(done).toBe(before);
});
