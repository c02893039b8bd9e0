import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Take } from '@reelroom/shared/board/take.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';
import { makeTask } from './testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
type Reply = { status: number; code: string; tasks: Task[] };
let server: TestServer;
let mei: Person;
let rob: Person;
let stranger: Person;
let project = '';
let shots: string[] = [];

beforeAll(async () => {
	server = await aServer({ openStudio, settings: { SKETCH_UNITS: '1', DEFAULT_PLAN: 'pro' } });
	[mei, rob, stranger] = [await server.person('Mei'), await server.person('Rob'), await server.person('Else')];
	await server.mongo.db.collection<{ _id: string }>('memberships').insertOne({
		_id: 'membership-rob',
		workspaceId: mei.workspaceId,
		accountId: rob.id,
		role: 'editor',
		joinedAt: new Date(),
	} as { _id: string });
});
afterAll(() => server?.close());
beforeEach(async () => {
	({ project, shots } = await aBoard(mei));
});

/** A project of three shots that say the same, and nothing under way. */
async function aBoard(who: Person) {
	const script = `INT. CABIN - NIGHT\n\n${'ANNA\nI have a great deal to tell you about all of this, so sit down.\n\n'.repeat(3)}`;
	const { token, workspaceId } = who;
	const { id } = (await server.call('post', '/projects', { token, body: { name: 'Cached', script, workspaceId } }))
		.json;
	await server.call('post', `/projects/${id}/break-down/accept`, { token, body: {} });
	const { tasks } = await ask({}, { who, to: id });
	await server.call('post', '/tasks/batch', { token, body: { action: 'cancel', ids: tasks.map((task) => task.id) } });
	return { project: id, shots: tasks.map(({ shotId }) => shotId ?? '') };
}
async function ask(body: object, { who = mei, to = project, key = '' } = {}): Promise<Reply> {
	const headers: Record<string, string> = key === '' ? {} : { 'Idempotency-Key': key };
	const reply = await server.call('post', `/projects/${to}/generate`, { token: who.token, body, headers });
	return { ...(reply.json as unknown as Reply), status: reply.status };
}
const one = async (body: object, about: Parameters<typeof ask>[1] = {}): Promise<Task> => {
	const { tasks, status, code } = await ask(body, about);
	expect([status, code]).toEqual([202, undefined]);
	const [task] = tasks;
	if (task === undefined) throw new Error('no task');
	return task;
};
const takesOf = async (projectId = project): Promise<Take[]> =>
	(await server.call('get', `/projects/${projectId}/takes`, { token: mei.token })).json as unknown as Take[];
const usedBy = async (who: Person): Promise<number> => {
	const { images } = (await server.call('get', '/quota', { token: who.token })).json as unknown as {
		images: { left: number; limit: number };
	};
	return images.limit - images.left;
};
const made = (task: Task) => makeTask(server, task);

describe('what somebody of the workspace has had made', () => {
	it('is there at once for anybody of it who asks for the same, costs nothing and is said to be from before', async () => {
		const wish = { shotIds: [shots[0]], seed: 7 };
		const first = await one(wish);
		expect(first).toMatchObject({ status: 'queued', takeId: null });
		const takeId = await made(first);
		const before = await usedBy(rob);
		const again = await one(wish, { who: rob });
		expect(again).toMatchObject({ status: 'succeeded', takeId, cached: true, attempt: 0 });
		// The shot has it already: it is no second take of it.
		expect((await takesOf()).map(({ id }) => id)).toEqual([takeId]);
		expect(await usedBy(rob)).toBe(before);
		expect(await server.mongo.db.collection('ledger').countDocuments({ accountId: rob.id })).toBe(0);
		const found = await server.call('get', `/results/${again.id}`, { token: rob.token });
		expect(found.json as unknown).toMatchObject({ taskId: again.id, take: { id: takeId } });
	});

	it('is a take of its own in another project, of the same file, with its own number', async () => {
		const takeId = await made(await one({ shotIds: [shots[0]], seed: 8 }));
		const other = await aBoard(mei);
		const task = await one({ shotIds: [other.shots[0]], seed: 8 }, { who: rob, to: other.project });
		const [there] = await takesOf(other.project);
		const source = (await takesOf()).find(({ id }) => id === takeId);
		expect(task).toMatchObject({ status: 'succeeded', takeId: there?.id, cached: true });
		expect(there).toMatchObject({ sha256: source?.sha256, number: 1, cached: true, createdBy: rob.id, seed: 8 });
		expect(there?.id).not.toBe(takeId);
		expect(there?.recipe?.asked).toEqual({ kind: 'text-to-image', seeded: true });
	});

	it('is made anew with another seed, by chance, in another size or style, or once the shot says something else', async () => {
		await made(await one({ shotIds: [shots[0]], seed: 9 }));
		for (const other of [{ seed: 10 }, {}, { seed: 9, width: 512, height: 288 }, { seed: 9, style: 'noir' }])
			expect(await one({ shotIds: [shots[0]], ...other })).toMatchObject({ status: 'queued' });
		const variations = await ask({ shotIds: [shots[0]], seed: 9, count: 2 });
		expect(variations.tasks.map(({ status }) => status)).toEqual(['succeeded', 'queued']);
	});

	it('is nothing to a stranger, and nothing any more once it is discarded; bringing a copy back is no new take', async () => {
		const takeId = await made(await one({ shotIds: [shots[0]], seed: 11 }));
		const theirs = await aBoard(stranger);
		const foreign = await one({ shotIds: [theirs.shots[0]], seed: 11 }, { who: stranger, to: theirs.project });
		expect(foreign).toMatchObject({ status: 'queued' });
		const other = await aBoard(mei);
		const copy = await one({ shotIds: [other.shots[0]], seed: 11 }, { to: other.project });
		await server.call('delete', `/takes/${copy.takeId}`, { token: mei.token });
		const back = await one({ shotIds: [other.shots[0]], seed: 11 }, { to: other.project });
		expect(back).toMatchObject({ status: 'succeeded', takeId: copy.takeId });
		expect((await takesOf(other.project)).map(({ number }) => number)).toEqual([1]);
		for (const id of [takeId, copy.takeId]) await server.call('delete', `/takes/${id}`, { token: mei.token });
		expect(await one({ shotIds: [shots[0]], seed: 11 })).toMatchObject({ status: 'queued' });
	});

	it('is one take of the shot when many ask at once, and is answered alike under one key', async () => {
		await made(await one({ shotIds: [shots[0]], seed: 12 }));
		const other = await aBoard(mei);
		const wish = { shotIds: [other.shots[0]], seed: 12 };
		const asked = await Promise.all([mei, rob, mei, rob].map((who) => one(wish, { who, to: other.project })));
		expect(new Set(asked.map(({ takeId }) => takeId)).size).toBe(1);
		expect(await takesOf(other.project)).toHaveLength(1);
		const key = 'the-same-once';
		const replies = await Promise.all([1, 2, 3].map(() => ask(wish, { to: other.project, key })));
		expect(new Set(replies.map((reply) => JSON.stringify(reply.tasks))).size).toBe(1);
		expect(replies[0]?.tasks).toMatchObject([{ status: 'succeeded', cached: true }]);
		expect(await server.mongo.db.collection('tasks').countDocuments({ 'request.key': `${mei.id}/${key}` })).toBe(1);
	});

	it('is there for whoever has nothing left for today', async () => {
		await made(await one({ shotIds: [shots[0]], seed: 13 }));
		const poor = await server.person('Poor');
		await server.mongo.db.collection<{ _id: string }>('memberships').insertOne({
			_id: 'membership-poor',
			workspaceId: mei.workspaceId,
			accountId: poor.id,
			role: 'editor',
			joinedAt: new Date(),
		} as { _id: string });
		for (let n = 0; n < 25; n++) await ask({ shotIds: [shots[1]], seed: 200 + 10 * n, count: 4 }, { who: poor });
		expect((await ask({ shotIds: [shots[0]], seed: 14 }, { who: poor })).code).toBe('quota-exceeded');
		expect(await one({ shotIds: [shots[0]], seed: 13 }, { who: poor })).toMatchObject({ status: 'succeeded' });
	});
});

describe('a take that was generated', () => {
	it('knows the words of the script it comes from, what was sent, and exactly what was asked', async () => {
		const takeId = await made(await one({ shotIds: [shots[0]], seed: 15 }));
		const lineage = await server.call('get', `/takes/${takeId}/recipe`, { token: rob.token });
		expect(lineage.json as unknown).toMatchObject({
			take: { id: takeId, recipe: { asked: { kind: 'text-to-image', seeded: true } } },
			request: { seed: 15, kind: 'text-to-image' },
			origin: { heading: expect.stringContaining('CABIN'), quote: expect.stringContaining('sit down') },
			by: { id: mei.id, name: 'Mei' },
			attempts: 1,
		});
		const list = await server.call('get', `/projects/${project}/takes`, { token: rob.token });
		expect(list.text).not.toContain('sit down');
	});
});
