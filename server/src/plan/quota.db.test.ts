import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStudio as openWholeStudio } from '../open-studio.ts';
import type { StudioContext } from '../studio.ts';
import { aServer, type TestServer } from '../testing.ts';

// What the sample boards of a new account take is not what is counted here.
const openStudio = async (context: StudioContext) => ({
	...(await openWholeStudio(context)),
	generateBoard: async () => {},
});

/** Three servers over one database, where a sketch costs one unit and everybody has the plan pro. */
let servers: TestServer[] = [];
beforeAll(async () => {
	const settings = { SKETCH_UNITS: '1', DEFAULT_PLAN: 'pro' };
	const first = await aServer({ openStudio, settings });
	servers = [first];
	for (const _ of [2, 3]) servers.push(await aServer({ openStudio, settings, beside: first }));
});
afterAll(async () => {
	for (const server of servers.reverse()) await server.close();
});
const server = (index = 0): TestServer => {
	const found = servers[index % servers.length];
	if (found === undefined) throw new Error('no server');
	return found;
};
type Body = {
	images: { limit: number; used: number; reserved: number; left: number };
	tasks: { id: string; status: string }[];
	refused?: { shotIds: string[] };
	left: number;
	resetAt: string;
	retryAt: string;
};
const bodyOf = (reply: { json: unknown }) => reply.json as Body;

async function aBoard(shots: number) {
	const person = await server().person();
	const script = Array.from({ length: shots }, (_, index) => `INT. ROOM ${index} - DAY\n\nIt is quiet.\n`).join('\n');
	const { token } = person;
	const project = (await server().call('post', '/projects', { token, body: { name: 'Plan', script } })).json.id;
	await server().call('post', `/projects/${project}/break-down/accept`, { token, body: {} });
	const ask = (body: object, { at = 0, key }: { at?: number; key?: string } = {}) =>
		server(at).call('post', `/projects/${project}/generate`, {
			token,
			body,
			headers: key === undefined ? {} : { 'Idempotency-Key': key },
		});
	const quota = async () => bodyOf(await server().call('get', '/quota', { token }));
	return { ...person, project, ask, quota };
}

describe('the quota of a plan', () => {
	it('grants exactly what the plan has to 400 requests at the same time at three servers', async () => {
		const { ask, quota, token, project, id } = await aBoard(1);
		const { tasks } = bodyOf(await ask({}));
		const shot = await server()
			.mongo.db.collection<{ _id: string; shotId: string }>('tasks')
			.findOne({ _id: tasks[0]?.id ?? '' });
		await server().call('post', `/tasks/${tasks[0]?.id}/cancel`, { token });
		expect((await quota()).images).toEqual({ limit: 100, used: 0, reserved: 0, left: 100 });
		const replies = await Promise.all(
			Array.from({ length: 400 }, (_, index) => ask({ shotIds: [shot?.shotId] }, { at: index })),
		);
		const statuses = Object.groupBy(replies, ({ status }) => status);
		expect([statuses[202]?.length, statuses[429]?.length]).toEqual([100, 300]);
		expect((await quota()).images).toEqual({ limit: 100, used: 0, reserved: 100, left: 0 });
		const queued = { projectId: project, createdBy: id, status: 'queued' };
		expect(await server().mongo.db.collection('tasks').countDocuments(queued)).toBe(100);
		const refused = statuses[429]?.[0];
		expect(refused?.json.code).toBe('quota-exceeded');
		const { retryAt } = bodyOf(refused ?? { json: {} });
		expect(retryAt).toMatch(/T00:00:00\.000Z$/);
		const seconds = (Date.parse(retryAt) - Date.now()) / 1000;
		expect(Math.abs(Number(refused?.headers.get('retry-after')) - seconds)).toBeLessThan(60);
	}, 120_000);

	it('admits of a board what it reaches, in the order of the board, and tells which shots not', async () => {
		const { ask, quota } = await aBoard(60);
		const { tasks, refused, left } = bodyOf(await ask({ count: 2 }));
		expect(tasks).toHaveLength(100);
		expect(refused?.shotIds.length).toBeGreaterThanOrEqual(10);
		expect(left).toBe(refused?.shotIds.length);
		expect((await quota()).images.left).toBe(0);
		const none = await ask({});
		expect([none.status, none.json.code]).toEqual([429, 'quota-exceeded']);
	});

	it('takes one request under a key once, at whichever server its repeats arrive, and answers all with one body', async () => {
		const { ask, quota } = await aBoard(3);
		const before = (await quota()).images.left;
		const replies = await Promise.all([0, 1, 2, 0, 1, 2].map((at) => ask({}, { at, key: 'the-one-key' })));
		expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
		expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
		const { tasks } = bodyOf(replies[0] ?? { json: {} });
		expect((await quota()).images).toMatchObject({ reserved: tasks.length, left: before - tasks.length });
		const other = await ask({ count: 2 }, { at: 1, key: 'the-one-key' });
		expect([other.status, other.json.code]).toEqual([422, 'idempotency-key-reused']);
		expect((await quota()).images.left).toBe(before - tasks.length);
	});

	it('gives back what is cancelled, and takes again what is asked for again', async () => {
		const { ask, quota, token } = await aBoard(2);
		const { tasks } = bodyOf(await ask({}));
		const act = (id: string, verb: string) => server(1).call('post', `/tasks/${id}/${verb}`, { token });
		await Promise.all(tasks.map(({ id }) => act(id, 'cancel')));
		expect((await quota()).images).toMatchObject({ reserved: 0, left: 100 });
		const again = await Promise.all([0, 1, 2].map(() => act(tasks[0]?.id ?? '', 'retry')));
		expect(again.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
		expect((await quota()).images).toMatchObject({ reserved: 1, left: 99 });
	});

	it('has back at once what was under way in a project that is deleted', async () => {
		const { ask, quota, token, project } = await aBoard(5);
		await ask({});
		expect((await quota()).images.left).toBeLessThanOrEqual(95);
		expect((await server().call('delete', `/projects/${project}`, { token })).status).toBe(204);
		expect((await quota()).images).toEqual({ limit: 100, used: 0, reserved: 0, left: 100 });
	});

	it('is told with the day it counts for, and resets at the next midnight in UTC', async () => {
		const { quota } = await aBoard(1);
		const now = await quota();
		expect(now).toMatchObject({ plan: 'pro', prices: { sketch: 1 }, videos: { limit: 20, left: 20 } });
		const away = Date.parse(now.resetAt) - Date.now();
		expect([away > -5_000, away <= 24 * 3_600_000]).toEqual([true, true]);
	});
});
