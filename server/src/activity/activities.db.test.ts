import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import type { Activity } from '@reelroom/shared/activity/activity.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { createActivityStore } from '@reelroom/shared/node/stores/activity-store.ts';
import { addShot, editShot, omitShot, readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import { aServer, type TestServer } from '../testing.ts';
import { createActivities, type Done } from './activities.ts';
import { createLiveEdits } from './live-edits.ts';
import { shotContent as content } from '@reelroom/shared/testing/shot-content.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;
let projectId: string;
beforeAll(async () => {
	server = await aServer();
	owner = await server.person('Mei');
	projectId = (await server.call('post', '/projects', { token: owner.token, body: { name: 'A film' } })).json.id;
});
afterAll(() => server?.close());

const newId = () => crypto.randomUUID();
const rooms = (now = () => new Date()) =>
	createActivities({
		store: createActivityStore(server.mongo.db),
		isProject: async (id) => id !== 'deleted-project',
		namesOf: async () => new Map(),
		log: createLog('test', 'silent'),
		now,
		newId,
	});
type Page = { items: Activity[]; next: string | null; seenAt: string | null };
const list = async (id: string, query = '', token = owner.token) =>
	(await server.call('get', `/projects/${id}/activity${query}`, { token })).json as unknown as Page;
const unread = async (id: string) =>
	(
		(await server.call('get', `/projects/${id}/activity/unread`, { token: owner.token })).json as unknown as {
			count: number;
		}
	).count;
const aProject = async () =>
	(await server.call('post', '/projects', { token: owner.token, body: { name: 'A film' } })).json.id;

it('the same thing told by two servers, or again and again within ten minutes, is one row', async () => {
	const id = await aProject();
	let now = Date.parse('2026-11-24T12:00:00Z');
	const [a, b] = [rooms(() => new Date(now)), rooms(() => new Date(now))];
	const wrote: Done = {
		projectId: id,
		by: owner.id,
		kind: 'wrote',
		subject: { sceneId: 'scene-0001', label: 'INT. ROOM' },
	};
	const generated: Done = { projectId: id, by: owner.id, kind: 'generated', subject: {} };
	await Promise.all([a.record(wrote), b.record(wrote), a.record(wrote)]);
	for (const shot of ['shot-0001', 'shot-0002', 'shot-0001'])
		await Promise.all([a, b].map(({ record }) => record({ ...generated, things: [shot] })));
	now += 60_000;
	await a.record(wrote);
	const { items } = await list(id);
	expect(items.map(({ kind, count, since, at }) => [kind, count, since, at])).toEqual([
		['wrote', 1, '2026-11-24T12:00:00.000Z', '2026-11-24T12:01:00.000Z'],
		['generated', 2, '2026-11-24T12:00:00.000Z', '2026-11-24T12:00:00.000Z'],
	]);
	now += 600_000;
	await a.record(wrote);
	expect((await list(id)).items.filter(({ kind }) => kind === 'wrote')).toHaveLength(2);
});

it('what others did is unread until it was looked at, what one did oneself never', async () => {
	const id = await aProject();
	const { record } = rooms();
	await record({ projectId: id, by: owner.id, kind: 'imported', subject: {} });
	expect(await unread(id)).toBe(0);
	await record({ projectId: id, by: 'ada-000001', kind: 'approved', subject: { shotId: 'shot-0001' } });
	expect(await unread(id)).toBe(1);
	const see = (at: string) =>
		server.call('post', `/projects/${id}/activity/seen`, { token: owner.token, body: { at } });
	expect((await see(new Date().toISOString())).status).toBe(204);
	await see('2020-01-01T00:00:00.000Z');
	expect(await unread(id)).toBe(0);
	expect((await list(id)).seenAt).not.toBeNull();
	await see('2099-01-01T00:00:00.000Z');
	await record({
		projectId: id,
		by: 'ada-000001',
		kind: 'approved',
		at: new Date(Date.now() + 1000),
		subject: { shotId: 'shot-0002', sceneId: 'scene-0002' },
	});
	expect(await unread(id)).toBe(1);
});

it('pages follow each other without a gap, and a place that was made up is refused', async () => {
	const id = await aProject();
	const { record } = rooms();
	for (let n = 0; n < 7; n++) await record({ projectId: id, by: owner.id, kind: 'imported', subject: {} });
	const ids: string[] = [];
	let next: string | null = '';
	while (next !== null) {
		const page: Page = await list(id, `?limit=3${next === '' ? '' : `&after=${next}`}`);
		ids.push(...page.items.map((item) => item.id));
		next = page.next;
	}
	expect(new Set(ids).size).toBe(7);
	expect((await server.call('get', `/projects/${id}/activity?after=$where`, { token: owner.token })).status).toBe(400);
});

it('an import, a break-down, a named version and a restore are in the list, with who did it', async () => {
	const id = await aProject();
	const call = (method: string, path: string, body: unknown) => server.call(method, path, { token: owner.token, body });
	await call('put', `/projects/${id}/script?replace=true`, 'INT. ROOM - DAY\n\nA chair.\n');
	const version = await call('post', `/projects/${id}/versions`, { name: 'Draft' });
	await call('post', `/versions/${version.json.id}/restore`, {});
	await expect
		.poll(async () => (await list(id)).items.map(({ kind, by }) => [kind, by.name]).sort())
		.toEqual([
			['imported', 'Mei'],
			['named', 'Mei'],
			['restored', 'Mei'],
		]);
	expect((await list(id)).items.find(({ kind }) => kind === 'named')?.subject.label).toBe('Draft');
});

it('typing is noted by scene, changes of shots by what was changed, and what the server did by itself not at all', () => {
	const noted: Done[] = [];
	const live = createLiveEdits({ note: (done) => noted.push(done) });
	const doc = new Y.Doc();
	scriptOf(doc).insert(0, 'INT. ROOM - DAY\n\nA chair.\n\nEXT. SEA - DAY\n\nWaves.\n');
	reconcileScenes(doc, newId);
	const [room, sea] = readBoard(doc).scenes;
	const origin = 'ada';
	doc.on('afterTransaction', (transaction: Y.Transaction) => {
		if (![origin, 'use case'].includes(transaction.origin)) return;
		const byServer = transaction.origin === 'use case';
		live.edited?.({ projectId, doc, transaction, by: 'ada-000001', byServer, isOwn: () => true });
	});
	const shot = addShot(doc, { newId, origin: 'use case' }, { sceneId: room?.id ?? '', content });
	doc.transact(() => scriptOf(doc).insert(scriptOf(doc).toString().indexOf('Waves'), 'Big '), origin);
	editShot(doc, { origin }, shot, { selectedTakeId: 'take-0001' });
	editShot(doc, { origin }, shot, { size: 'CU' });
	live.left?.(projectId);
	expect(noted).toEqual([
		{
			projectId,
			by: 'ada-000001',
			kind: 'wrote',
			subject: { sceneId: sea?.id, label: 'EXT. SEA - DAY' },
			things: [sea?.id],
		},
		{
			projectId,
			by: 'ada-000001',
			kind: 'chose',
			subject: { sceneId: room?.id, label: 'INT. ROOM - DAY', shotId: shot },
			things: [shot],
		},
		{
			projectId,
			by: 'ada-000001',
			kind: 'edited',
			subject: { sceneId: room?.id, label: 'INT. ROOM - DAY', shotId: shot },
			things: [shot],
		},
	]);
	omitShot(doc, { origin }, shot);
	live.left?.(projectId);
	expect(noted.at(-1)).toMatchObject({ kind: 'edited', subject: { sceneId: room?.id } });
	doc.transact(() => scriptOf(doc).delete(scriptOf(doc).toString().indexOf('chair'), 5), origin);
	live.left?.(projectId);
	expect(noted.at(-1)).toMatchObject({ kind: 'wrote', subject: { sceneId: room?.id } });
});

it('who goes on writing is noted after two seconds, and then every ten', () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
	try {
		const noted: Done[] = [];
		const live = createLiveEdits({ note: (done) => noted.push(done) });
		const doc = new Y.Doc();
		doc.on('afterTransaction', (transaction: Y.Transaction) =>
			live.edited?.({ projectId, doc, transaction, by: 'ada-000001', byServer: false, isOwn: () => true }),
		);
		for (let second = 0; second < 33; second++) {
			scriptOf(doc).insert(0, 'a');
			vi.advanceTimersByTime(1_000);
		}
		expect(noted.map(({ kind }) => kind)).toEqual(['wrote', 'wrote', 'wrote', 'wrote']);
		live.close();
	} finally {
		vi.useRealTimers();
	}
});

it('many who note something in the same moment are each noted, and a row that is full keeps the others from nothing', async () => {
	const id = await aProject();
	const { record } = rooms();
	const by = (nth: number) => `writer-${String(nth).padStart(4, '0')}`;
	const generated = (things: string[]): Done => ({ projectId: id, by: by(0), kind: 'generated', subject: {}, things });
	await record(generated(Array.from({ length: 500 }, (_, nth) => `shot-${nth}`)));
	await Promise.all([
		record(generated(['shot-more'])),
		...Array.from({ length: 180 }, (_, nth) =>
			record({ projectId: id, by: by(nth), kind: 'wrote', subject: { sceneId: 'scene-0001' } }),
		),
	]);
	const rows = await createActivityStore(server.mongo.db).list(id, { limit: 500 });
	expect(
		rows
			.filter(({ kind }) => kind === 'wrote')
			.map((row) => row.by)
			.sort(),
	).toEqual(Array.from({ length: 180 }, (_, nth) => by(nth)));
	expect(rows.filter(({ kind }) => kind === 'generated').map(({ things }) => things.length)).toEqual([500]);
});

it('what is told of a project that is being deleted goes with it', async () => {
	const projectId = 'deleted-project';
	await rooms().record({ projectId, by: owner.id, kind: 'imported', subject: {} });
	expect(await server.mongo.db.collection('activities').countDocuments({ projectId })).toBe(0);
});
