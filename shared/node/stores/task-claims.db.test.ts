import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { aDatabase } from '../../testing/mongod.ts';
import type { RungTask } from '../bell.ts';
import { createTaskClaims } from './task-claims.ts';
import type { TaskRecord } from './task-record.ts';
import { createTaskStore } from './task-store.ts';
import type { Wanted } from './task-taking.ts';

let client: MongoClient;
const db = () => client.db();
const records = () => db().collection<TaskRecord>('tasks');
const able: Pick<Wanted, 'rooms' | 'pausedProjects'> = {
	rooms: new Map([['test', Infinity]]),
	pausedProjects: async () => [],
};
const ada = { id: 'worker-ada', name: 'ada' };
const yu = { id: 'worker-yu', name: 'yu' };

beforeAll(async () => {
	client = await new MongoClient((await aDatabase()).uri).connect();
	await createTaskStore(db()).ready();
});
afterAll(() => client?.close());
beforeEach(async () => void (await records().deleteMany({})));

let ids = 0;
/** A queued task, as far as claims look at it. */
async function queued(count: number, about: Partial<TaskRecord> = {}): Promise<string[]> {
	const at = new Date();
	const made = Array.from({ length: count }, () => ({
		_id: `task-${String(++ids).padStart(6, '0')}`,
		...{ projectId: 'project', kind: 'image', provider: 'test', status: 'queued', claim: 0, attempt: 0, revision: 1 },
		...{ createdBy: 'account', createdAt: at, queuedAt: at, turn: ids, leaseUntil: null, workerId: null, ...about },
	})) as unknown as TaskRecord[];
	await records().insertMany(made);
	return made.map(({ _id }) => _id);
}
const look = (by = ada, most = 100, about: Partial<Wanted> = {}, now = new Date()) =>
	createTaskClaims(db()).take({ kind: 'image', most, ...able, ...about }, by, now);
const take = async (...about: Parameters<typeof look>) => (await look(...about)).taken;
const claims = () => createTaskClaims(db());

test('of any number of workers that reach for the same tasks each gets its own, in the order of their turns, and knows what it has', async () => {
	const waiting = await queued(60);
	const taken = await Promise.all(Array.from({ length: 6 }, (_, index) => take({ id: `w${index}`, name: 'w' }, 10)));
	// Who lost every race gets what is left.
	taken.push(await take());
	expect(
		taken
			.flat()
			.map(({ _id }) => _id)
			.sort(),
	).toEqual(waiting);
	for (const task of taken.flat()) {
		const { attempts, ...stored } = (await records().findOne({ _id: task._id })) ?? {};
		expect(task).toMatchObject(stored);
		expect(attempts).toMatchObject({ [task.claim]: { startedAt: task.startedAt } });
	}
	expect(await take()).toEqual([]);
});

test('projects that are passed over, and providers that cannot work now, keep nobody behind them waiting', async () => {
	await queued(30, { projectId: 'paused' });
	await queued(30, { provider: 'away' });
	const [last] = await queued(1);
	expect((await take(ada, 5, { pausedProjects: async () => ['paused'] })).map(({ _id }) => _id)).toEqual([last]);
	expect(
		await take(ada, 100, {
			rooms: new Map([
				['test', 20],
				['away', 7],
			]),
		}),
	).toHaveLength(27);
	expect(await take(ada, 100, { rooms: new Map([['away', 0]]) })).toEqual([]);
});

test('what waits to be tried again is left until it is due, and the next instant is known', async () => {
	const at = new Date();
	const [later] = await queued(1, { retryAt: new Date(at.getTime() + 60_000) });
	const [past] = await queued(1, { retryAt: new Date(at.getTime() - 1) });
	expect((await take()).map(({ _id }) => _id)).toEqual([past]);
	expect(await claims().nextDue('image', at)).toEqual(new Date(at.getTime() + 60_000));
	expect((await take(ada, 9, {}, new Date(at.getTime() + 60_000))).map(({ _id }) => _id)).toEqual([later]);
	expect(await claims().nextDue('image', at)).toBeNull();
});

test('the places of one person are never taken twice, and are free again when a task ends, is given back, lost or tried again', async () => {
	await queued(12, { atOnce: 3 });
	const first = (
		await Promise.all([ada, yu, { id: 'w3', name: 'w' }, { id: 'w4', name: 'w' }].map((by) => take(by)))
	).flat();
	expect(first).toHaveLength(3);
	const [a, b, c] = first;
	if (!a || !b || !c) throw new Error('not taken');
	const now = new Date();
	await claims().finishMany([{ id: a._id, claim: a.claim, to: 'failed', at: now, problem: { code: 'x', detail: '' } }]);
	await claims().release(b._id, b.claim, now);
	expect(await take(yu)).toHaveLength(2);
	await claims().again(c._id, c.claim, { problem: { code: 'x', detail: '' }, retryAt: new Date(0), now });
	expect(await take(yu)).toHaveLength(1);
	await records().updateMany({ status: 'running' }, { $set: { leaseUntil: new Date(0) } });
	expect(await claims().endAbandoned(now)).toEqual([]);
	expect(await records().countDocuments({ slot: { $exists: true } })).toBe(0);
	expect(await take(yu)).toHaveLength(3);
});

test('a claim that is lost can write nothing, and what was written by a try whose answer was lost counts as written', async () => {
	const [id = ''] = await queued(1);
	const [task] = await take();
	const claim = task?.claim ?? 0;
	await records().updateOne({ _id: id }, { $set: { leaseUntil: new Date(0) } });
	await claims().endAbandoned(new Date());
	const [again] = await take(yu);
	const at = new Date();
	const progress = { stage: 's', value: 1, max: 2, etaMs: null };
	expect(await claims().progress(id, claim, progress, at)).toBe(false);
	expect(await claims().seal(id, claim, at)).toBeNull();
	expect(await claims().release(id, claim, at)).toBeNull();
	const other = await queued(1);
	const [fresh] = await take(yu);
	const ends = [
		{ id, claim, to: 'failed' as const, at },
		{ id, claim: again?.claim ?? 0, to: 'succeeded' as const, at },
		{ id: other[0] ?? '', claim: fresh?.claim ?? 0, to: 'succeeded' as const, at },
	];
	expect(await claims().finishMany(ends)).toEqual([false, true, true]);
	expect(await claims().finishMany(ends)).toEqual([false, true, true]);
	expect((await records().findOne({ _id: id }))?.attempts).toMatchObject({
		[claim]: { outcome: 'lost', problem: { code: 'worker-lost' } },
		[again?.claim ?? 0]: { outcome: 'succeeded' },
	});
});

test('what a worker leaves is taken up again, cancelled where that was asked, and failed when it was tried often enough', async () => {
	const [lost = '', cancelled = '', used = ''] = await queued(3);
	await records().updateOne({ _id: used }, { $set: { attempt: limits.taskAttempts - 1 } });
	await take();
	await createTaskStore(db()).cancel(cancelled, new Date());
	await records().updateMany({}, { $set: { leaseUntil: new Date(0) } });
	const ended = await Promise.all([claims().endAbandoned(new Date()), claims().endAbandoned(new Date())]);
	expect(
		ended
			.flat()
			.map(({ _id, status }) => [_id, status])
			.sort(),
	).toEqual([
		[cancelled, 'cancelled'],
		[used, 'failed'],
	]);
	expect(await records().findOne({ _id: lost })).toMatchObject({ status: 'queued', attempt: 1, workerId: null });
	expect((await records().findOne({ _id: used }))?.problem?.code).toBe('attempts-exhausted');
});

test('what a worker claimed without hearing of it is given back, without counting, and nothing else', async () => {
	const all = await queued(3);
	await take(ada, 2);
	await take(yu, 1);
	await claims().releaseStrays(ada.id, [all[0] ?? ''], new Date());
	const stand = await Promise.all(all.map((_id) => records().findOne({ _id })));
	expect(stand.map((task) => [task?.status, task?.attempt])).toEqual([
		['running', 1],
		['queued', 0],
		['running', 1],
	]);
});

test('whoever comes begins where the queue has come to, also while something older is held back', async () => {
	const store = createTaskStore(db());
	await queued(3, { projectId: 'paused', turn: 10 });
	await queued(2, { turn: 5_000 });
	await queued(2, { turn: 9_000 });
	expect((await store.waiting('image', 'nobody')).first).toBe(10);
	await take(ada, 2, { pausedProjects: async () => ['paused'] });
	expect((await store.waiting('image', 'nobody')).first).toBe(5_000);
});

/** What is rung for a task as it stands now. */
async function rungFor(id: string): Promise<RungTask> {
	const task = await records().findOne({ _id: id });
	if (task === null) throw new Error('no such task');
	const { kind, createdBy, provider, atOnce = null, claim, revision } = task;
	return { id, kind, createdBy, provider, atOnce, claim, revision };
}
const reach = (rung: RungTask, { by = ada, own = [] as string[], paused = [] as string[] } = {}) =>
	claims().takeRung(rung, { own: new Set(own), pausedProjects: async () => paused }, by, new Date());

test('of any number of workers that are rung for one task one has it, and none whose ring is of an earlier state', async () => {
	const [id = ''] = await queued(1);
	const rung = await rungFor(id);
	const workers = Array.from({ length: 8 }, (_, index) => ({ id: `worker-${index}`, name: 'w' }));
	const [task, ...others] = (await Promise.all(workers.map((by) => reach(rung, { by })))).flatMap((task) => task ?? []);
	expect(others).toEqual([]);
	expect(await records().findOne({ _id: id })).toEqual(task);
	await claims().release(id, task?.claim ?? 0, new Date());
	expect(await reach(rung)).toBeNull();
	const again = await reach(await rungFor(id));
	expect(again?.claim).toBeGreaterThan(task?.claim ?? 0);
	for (const about of [{ kind: 'video' }, { provider: 'away' }, { retryAt: new Date() }] as const) {
		const [other = ''] = await queued(1, { ...about });
		expect(await reach({ ...(await rungFor(other)), kind: 'image', provider: 'test' })).toBeNull();
	}
});

test('whoever is rung for a task takes no place that is taken, and leaves no trace in a project that is paused', async () => {
	await queued(2, { atOnce: 2 });
	const first = await take(yu, 1);
	const [slot = ''] = first.flatMap(({ slot }) => slot ?? []);
	const [id = ''] = await queued(1, { atOnce: 2, projectId: 'paused' });
	const rung = await rungFor(id);
	expect(await reach(rung, { own: [slot], paused: ['paused'] })).toBeNull();
	const given = await records().findOne({ _id: id });
	expect([given?.status, given?.attempt, given?.attempts, given?.slot]).toEqual(['queued', 0, {}, undefined]);
	const second = await reach(await rungFor(id), { own: [slot] });
	expect(second?.slot).not.toBe(slot);
	const [third = ''] = await queued(1, { atOnce: 2 });
	for (const own of [[], [slot], [slot, second?.slot ?? '']])
		expect(await reach(await rungFor(third), { own })).toBeNull();
});

test('a look that has taken all that waits says so, and none that has left something for a place, a provider or the end of a pause', async () => {
	await queued(2);
	expect((await look(ada, 2)).isDry).toBe(false);
	await queued(2);
	expect((await look(ada, 9)).isDry).toBe(true);
	expect(
		await look(ada, 9, {
			rooms: new Map([
				['test', 9],
				['away', 0],
			]),
		}),
	).toEqual({ taken: [], isDry: false });
	await queued(1, { projectId: 'paused' });
	expect((await look(ada, 9, { pausedProjects: async () => ['paused'] })).isDry).toBe(false);
	expect((await look(ada, 9)).isDry).toBe(true);
	await queued(2, { createdBy: 'somebody', atOnce: 1 });
	expect((await look(ada, 9)).isDry).toBe(false);
});
