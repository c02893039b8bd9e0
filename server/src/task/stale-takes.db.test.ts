import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Lineage } from '@reelroom/shared/board/lineage.ts';
import type { StaleTake } from '@reelroom/shared/board/take-care-api.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { addAssets } from '@reelroom/shared/project/bible.ts';
import { editShot } from '@reelroom/shared/project/document.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { saved } from '../live/testing.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';
import { makeTask } from './testing.ts';

type Reply = { status: number; code: string; tasks: Task[] };
let server: TestServer;
let mei: Awaited<ReturnType<TestServer['person']>>;
let project = '';
let shots: string[] = [];
let live: LiveDocument;

beforeAll(async () => {
	server = await aServer({ openStudio, settings: { SKETCH_UNITS: '1', DEFAULT_PLAN: 'pro' } });
	mei = await server.person('Mei');
});
afterAll(() => server?.close());
beforeEach(async () => {
	const script =
		'INT. CABIN - NIGHT\n\nANNA\nI am here.\n\nEXT. HARBOUR - DAY\n\nA boat leaves.\n\nINT. ROOM - DAY\n\nANNA sleeps.\n';
	const { token } = mei;
	project = (await server.call('post', '/projects', { token, body: { name: 'Stale', script } })).json.id;
	await server.call('post', `/projects/${project}/break-down/accept`, { token, body: {} });
	const { tasks } = await ask('generate', {});
	shots = tasks.map(({ shotId }) => shotId ?? '');
	for (const task of tasks) await made(task);
	live = server.live(mei, project);
	await saved(live);
});

async function ask(path: string, body: object, key?: string): Promise<Reply> {
	const headers: Record<string, string> = key === undefined ? {} : { 'Idempotency-Key': key };
	const reply = await server.call('post', `/projects/${project}/${path}`, { token: mei.token, body, headers });
	return { ...(reply.json as unknown as Reply), status: reply.status };
}
const stale = async (): Promise<StaleTake[]> =>
	(await server.call('get', `/projects/${project}/takes/stale`, { token: mei.token })).json as unknown as StaleTake[];
const edit = { newId: () => `id-${Math.random().toString(36).slice(2)}`, origin: 'test' };
async function change(shotId: string | undefined, fields: Parameters<typeof editShot>[3]): Promise<void> {
	editShot(live.doc, edit, shotId ?? '', fields);
	await saved(live);
}
const made = (task: Task) => makeTask(server, task);

describe('a changed word', () => {
	it('makes exactly the takes stale that depend on it, and it is said what changed, from what to what', async () => {
		expect(await stale()).toEqual([]);
		await change(shots[1], { action: 'A ship leaves.' });
		expect(await stale()).toMatchObject([
			{
				shotId: shots[1],
				why: 'own',
				provider: 'sketch',
				price: 1,
				approved: false,
				changes: [{ what: 'words', before: 'A boat leaves.', after: 'A ship leaves.' }],
			},
		]);
		addAssets(live.doc, edit, [{ kind: 'character', name: 'ANNA', description: 'a woman of eighty' }]);
		await saved(live);
		expect((await stale()).map(({ shotId }) => shotId)).toEqual(shots);
		expect((await stale())[2]?.changes).toMatchObject([
			{ what: 'cast', of: 'ANNA', after: 'ANNA (a woman of eighty)' },
		]);
		await change(shots[1], { action: 'A boat leaves.', durationFrames: 99, move: 'pan' });
		expect((await stale()).map(({ shotId }) => shotId)).toEqual([shots[0], shots[2]]);
		await server.call('patch', `/projects/${project}`, { token: mei.token, body: { style: 'noir' } });
		expect((await stale()).map(({ changes }) => changes.at(-1)?.what)).toEqual(['style', 'style', 'style']);
	});

	it('is made anew by one request, with the seed of before, once, however often it is asked at the same time', async () => {
		await change(shots[0], { action: 'She waits.' });
		await change(shots[1], { action: 'A ship leaves.' });
		const before = await stale();
		const takeIds = before.map(({ takeId }) => takeId);
		const key = `regenerate-${project}`;
		const replies = await Promise.all([1, 2, 3].map(() => ask('regenerate', { takeIds }, key)));
		expect(new Set(replies.map((reply) => JSON.stringify([reply.status, reply.tasks]))).size).toBe(1);
		const tasks = replies[0]?.tasks ?? [];
		expect(tasks.map(({ shotId }) => shotId)).toEqual([shots[0], shots[1]]);
		// Under way already: nobody makes them a second time.
		expect((await stale()).map(({ busy }) => busy)).toEqual([true, true]);
		expect((await ask('regenerate', { takeIds })).code).toBe('nothing-to-generate');
		const takes = createTakeStore(server.mongo.db);
		for (const task of tasks) {
			const again = await takes.find(await made(task));
			const was = await takes.find(takeIds[tasks.indexOf(task)] ?? '');
			expect(again).toMatchObject({ seed: was?.seed, number: 2 });
		}
		expect(await stale()).toEqual([]);
		expect((await ask('regenerate', { takeIds })).code).toBe('nothing-to-generate');
	});

	it('that is taken back makes the take of before current, and it is there at once when it is asked for', async () => {
		const words = { action: 'A ship leaves.' };
		await change(shots[1], words);
		const [first] = await stale();
		const { tasks } = await ask('regenerate', { takeIds: [first?.takeId] });
		await made(tasks[0] as Task);
		await change(shots[1], { action: 'A boat leaves.' });
		const [second] = await stale();
		expect(second?.takeId).not.toBe(first?.takeId);
		const back = await ask('regenerate', { takeIds: [second?.takeId] });
		expect(back.tasks).toMatchObject([{ status: 'succeeded', cached: true, takeId: first?.takeId }]);
	});

	it('of an approved shot is made anew only once that is confirmed; so is a failed task of it tried again', async () => {
		await change(shots[1], { action: 'A ship leaves.' });
		const { token } = mei;
		const review = `/projects/${project}/reviews/${shots[1]}`;
		expect((await server.call('put', review, { token, body: { status: 'approved' } })).status).toBe(200);
		const [one] = await stale();
		expect(one?.approved).toBe(true);
		const takeIds = [one?.takeId];
		expect((await ask('regenerate', { takeIds })).code).toBe('shot-approved');
		const { tasks } = await ask('regenerate', { takeIds, confirmApproved: true });
		const id = tasks[0]?.id ?? '';
		await server.call('post', `/tasks/${id}/cancel`, { token });
		expect((await server.call('post', `/tasks/${id}/retry`, { token })).json.code).toBe('shot-approved');
		const batch = await server.call('post', '/tasks/batch', { token, body: { action: 'retry', ids: [id] } });
		expect(batch.json as unknown).toMatchObject({ done: [], refused: [{ id, code: 'shot-approved' }] });
		const again = await server.call('post', `/tasks/${id}/retry`, { token, body: { confirmApproved: true } });
		expect(again.json as unknown).toMatchObject({ status: 'queued' });
	});

	it('makes what was made of a stale picture stale, too; that is left until the picture is made anew', async () => {
		const clips = await ask('generate', { kind: 'image-to-video', shotIds: [shots[1]] });
		const clip = await made(clips.tasks[0] as Task);
		expect(await stale()).toEqual([]);
		await change(shots[1], { action: 'A ship leaves.' });
		expect(await stale()).toMatchObject([{ takeId: clip, why: 'source', kind: 'video', changes: [] }]);
		expect((await ask('regenerate', { takeIds: [clip] })).code).toBe('nothing-to-generate');
	});
});

describe('a recipe that is run again', () => {
	it('is asked for exactly as it was, past what is there, whatever its shot says now, and is not in use by itself', async () => {
		const [first] = (await server.call('get', `/projects/${project}/takes`, { token: mei.token })).json as unknown as {
			id: string;
			seed: number;
		}[];
		const lineage = async (id = '') =>
			(await server.call('get', `/takes/${id}/recipe`, { token: mei.token })).json as unknown as Lineage;
		const before = await lineage(first?.id);
		await change(shots[0], { action: 'She waits.', seed: 5 });
		const headers = { 'Idempotency-Key': `reproduce-${project}` };
		const [one, two] = await Promise.all(
			[1, 2].map(() => server.call('post', `/takes/${first?.id}/reproduce`, { token: mei.token, headers })),
		);
		expect([one?.status, one?.text]).toEqual([202, two?.text]);
		const task = one?.json as unknown as Task;
		expect(task).toMatchObject({ status: 'queued', shotId: shots[0] });
		const again = await lineage(await made(task));
		expect(again.request).toEqual(before.request);
		expect(again.origin).toEqual({ ...before.origin, reproduces: first?.id });
	});
});
