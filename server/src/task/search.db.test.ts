import { afterAll, beforeAll, expect, it } from 'vitest';
import { limits } from '@reelroom/shared/limits.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;
const ids: string[] = [];
beforeAll(async () => {
	server = await aServer({
		openStudio: async (context) => ({ ...(await openStudio(context)), generateBoard: async () => {} }),
	});
	owner = await server.person();
	for (const prompt of ['A red boat', 'A red (kite)', 'A blue boat']) {
		const { json } = await server.call('post', '/images/generate', { token: owner.token, body: { prompt } });
		ids.push(json.id);
	}
});
afterAll(() => server?.close());

type Body = {
	tasks: { id: string; status: string }[];
	next: string | null;
	done: string[];
	refused: { id: string; code: string }[];
};
const call = async (
	method: string,
	path: string,
	{ token = owner.token, body }: { token?: string; body?: object } = {},
) => {
	const reply = await server.call(method, path, { token, body });
	return { ...reply, json: reply.json as unknown as Body };
};
const found = async (query: string) => (await call('get', `/tasks?${query}`)).json.tasks.map(({ id }) => id);

it('finds tasks by words, status, person and page, newest first', async () => {
	const [boat, kite, blue] = ids;
	expect(await found('')).toEqual([blue, kite, boat]);
	expect(await found('text=RED')).toEqual([kite, boat]);
	expect(await found(`text=${encodeURIComponent('(kite)')}`)).toEqual([kite]);
	expect(await found('text=.*')).toEqual([]);
	expect(await found('status=finished')).toEqual([]);
	expect(await found(`status=queued&kind=image&provider=sketch&createdBy=${owner.id}`)).toHaveLength(3);
	const first = (await call('get', '/tasks?limit=2')).json;
	expect(first.tasks).toHaveLength(2);
	expect(await found(`limit=2&before=${first.next}`)).toEqual([boat]);
});

it('shows nobody else’s, not even their number', async () => {
	const stranger = await server.person();
	expect((await call('get', '/tasks', stranger)).json).toEqual({ tasks: [], next: null, keptDays: 90 });
	const theirs = await call('post', '/tasks/batch', { token: stranger.token, body: { action: 'cancel', ids } });
	expect(theirs.json).toEqual({ done: [], refused: ids.map((id) => ({ id, code: 'not-found' })) });
});

it('cancels, retries and deletes many at once, and says which ones it could not', async () => {
	const batch = async (action: string, of: string[]) =>
		(await call('post', '/tasks/batch', { body: { action, ids: of } })).json;
	const [boat = '', kite = '', blue = ''] = ids;
	expect(await batch('delete', [boat])).toEqual({ done: [], refused: [{ id: boat, code: 'task-not-finished' }] });
	expect(await batch('cancel', [boat, kite])).toEqual({ done: [boat, kite], refused: [] });
	expect(await batch('retry', [kite, blue])).toEqual({
		done: [kite],
		refused: [{ id: blue, code: 'task-not-finished' }],
	});
	expect(await batch('delete', [boat, boat])).toEqual({ done: [boat], refused: [] });
	expect(await found('')).toEqual([blue, kite]);
	expect((await call('get', `/tasks/${boat}`)).status).toBe(404);
	expect((await call('delete', `/tasks/${boat}`)).status).toBe(404);

	// Put back: by each way, as often as it is asked, for a day.
	const before = [blue, kite, boat].length;
	expect(await batch('restore', [boat, boat])).toEqual({ done: [boat], refused: [] });
	expect((await found('')).length).toBe(before);
	expect(await batch('restore', [boat])).toEqual({ done: [boat], refused: [] });
	expect((await call('delete', `/tasks/${boat}`)).status).toBe(204);
	const restored = await Promise.all([1, 2, 3].map(() => call('post', `/tasks/${boat}/restore`)));
	expect(restored.map(({ status }) => status)).toEqual([200, 200, 200]);
	const stranger = await server.person();
	expect(
		(await call('post', '/tasks/batch', { token: stranger.token, body: { action: 'restore', ids: [boat] } })).json,
	).toEqual({ done: [], refused: [{ id: boat, code: 'not-found' }] });
	await call('delete', `/tasks/${boat}`);
	const long = new Date(Date.now() - limits.deletedTaskMs - 1_000);
	await server.mongo.db.collection<{ _id: string }>('tasks').updateOne({ _id: boat }, { $set: { deletedAt: long } });
	expect((await call('post', `/tasks/${boat}/restore`)).status).toBe(404);
});

it('tasks that ended long ago leave the lists, one that was begun anew stays, and what has been off them for a month is forgotten', async () => {
	const store = createTaskStore(server.mongo.db);
	const records = server.mongo.db.collection<{ _id: string }>('tasks');
	const made = async (prompt: string) =>
		(await server.call('post', '/images/generate', { token: owner.token, body: { prompt } })).json.id;
	const [old, young, again, waiting] = await Promise.all(['Old', 'Young', 'Again', 'Waiting'].map(made));
	const days = (count: number) => new Date(Date.now() - count * 86_400_000);
	const ended = (id = '', finishedAt: Date) =>
		records.updateOne({ _id: id }, { $set: { status: 'failed', finishedAt, createdAt: finishedAt } });
	await ended(old, days(91));
	await ended(young, days(89));
	await ended(again, days(91));
	await call('post', `/tasks/${again}/retry`);
	expect(await store.clean(days(90), new Date())).toBe(1);
	expect(await found('text=old')).toEqual([]);
	expect(new Set(await found('status=failed'))).toEqual(new Set([young]));
	expect(await found('text=again')).toEqual([again]);
	expect(await found('text=waiting')).toEqual([waiting]);
	expect(await store.retry(old ?? '', new Date())).toBeNull();
	expect(await store.clean(days(90), days(-29))).toBe(0);
	expect(await records.countDocuments({ _id: old ?? '' })).toBe(1);
	expect(await store.clean(days(90), days(-31))).toBe(0);
	expect(await records.countDocuments({ _id: { $in: [old ?? '', young ?? ''] } })).toBe(1);
});
