import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedgerStore, type LedgerRecord } from '@reelroom/shared/node/stores/ledger-store.ts';
import { dayOf } from '@reelroom/shared/plan/quota.ts';
import type { LedgerEntry, Usage } from '@reelroom/shared/plan/usage.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import { openStudio } from '../open-studio.ts';
import { makeTask } from '../task/testing.ts';
import { aServer, type TestServer } from '../testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
type Ledger = { entries: LedgerEntry[]; next: string | null };
let server: TestServer;
let mei: Person;
let rob: Person;
let project = '';
const today = dayOf(new Date());

beforeAll(async () => {
	server = await aServer({ openStudio });
	[mei, rob] = [await server.person('Mei'), await server.person('Rob')];
	await server.mongo.db.collection<{ _id: string }>('memberships').insertOne({
		_id: 'membership-rob',
		workspaceId: mei.workspaceId,
		accountId: rob.id,
		role: 'editor',
		joinedAt: new Date(),
	} as { _id: string });
	project = await aProject('Lamp');
	await make(mei, project, 3);
	await make(rob, project, 1);
	await createLedgerStore(server.mongo.db).add([
		aRow('one', { unit: 'image', units: 2, outcome: 'charged' }),
		aRow('two', { unit: 'video', units: 5, outcome: 'charged', accountId: rob.id }),
		aRow('three', { units: 0, outcome: 'refunded' }),
		aRow('four', { units: 9, day: '2020-02-02' }),
	]);
});
afterAll(() => server?.close());

async function aProject(name: string): Promise<string> {
	const script = 'INT. CABIN - NIGHT\n\nA lamp.\n\nEXT. HARBOUR - DAY\n\nA boat.\n\nINT. ROOM - DAY\n\nA chair.\n';
	const body = { name, script, workspaceId: mei.workspaceId };
	const { id } = (await server.call('post', '/projects', { token: mei.token, body })).json;
	await server.call('post', `/projects/${id}/break-down/accept`, { token: mei.token, body: {} });
	return id;
}
/** Has so many pictures of a board made, as a worker would. */
async function make({ token }: Person, id: string, count: number): Promise<void> {
	const takes = await server.call('get', `/projects/${id}/tasks`, { token });
	const shots = [...new Set((takes.json as unknown as Task[]).map(({ shotId }) => shotId))];
	const body = shots.length === 0 ? {} : { shotIds: shots.slice(0, count) };
	const { tasks } = (await server.call('post', `/projects/${id}/generate`, { token, body })).json as unknown as {
		tasks: Task[];
	};
	for (const task of tasks.slice(0, count)) await makeTask(server, task);
}
let made = 0;
function aRow(id: string, about: Partial<LedgerRecord> = {}): LedgerRecord {
	const at = new Date(Date.now() - 1_000 * ++made);
	const rest = { day: today, unit: 'image', units: 1, outcome: 'charged', at } as const;
	return { _id: `${id}/1`, accountId: mei.id, projectId: project, provider: 'comfyui', ...rest, ...about };
}
const ask = async <T>(path: string, who = mei) =>
	server.call('get', `/workspaces/${mei.workspaceId}/${path}`, { token: who.token }).then((reply) => ({
		...reply,
		json: reply.json as unknown as T & { code: string },
	}));
const usage = async (who = mei, query = '') => (await ask<Usage>(`usage${query}`, who)).json;

describe('usage', () => {
	it('counts what was made and what it cost, by day, person, project and provider, each to the same sum', async () => {
		const told = await usage();
		expect(told.total).toEqual({ pictures: 4, clips: 0, cached: 0, imageUnits: 2, videoUnits: 5, refunded: 1 });
		expect(told.everybody).toBe(true);
		expect(told.people).toMatchObject([
			{ id: rob.id, name: 'Rob', pictures: 1, videoUnits: 5 },
			{ id: mei.id, name: 'Mei', pictures: 3, imageUnits: 2, refunded: 1 },
		]);
		expect(told.projects).toMatchObject([{ id: project, name: 'Lamp', pictures: 4 }]);
		expect(told.providers.map(({ provider, pictures, imageUnits }) => [provider, pictures, imageUnits])).toEqual([
			['comfyui', 0, 2],
			['sketch', 4, 0],
		]);
		expect(told.days).toHaveLength(30);
		expect(told.days.at(-1)).toMatchObject({ day: today, pictures: 4, videoUnits: 5 });
	});

	it('is one’s own alone for whoever does not administrate the workspace, and nothing for a stranger', async () => {
		const told = await usage(rob);
		expect(told.everybody).toBe(false);
		expect(told.total).toMatchObject({ pictures: 1, imageUnits: 0, videoUnits: 5, refunded: 0 });
		expect(told.people.map(({ name }) => name)).toEqual(['Rob']);
		const { json } = await ask<Ledger>('ledger', rob);
		expect(json.entries.map(({ person, units }) => [person.name, units])).toEqual([['Rob', 5]]);
		expect((await ask('usage', await server.person())).status).toBe(404);
	});

	it('is told for the days that are asked for, at most a year of them', async () => {
		expect((await usage(mei, '?from=2020-02-01&to=2020-02-03')).total).toMatchObject({ pictures: 0, imageUnits: 9 });
		for (const query of [
			'?from=2020-02-03&to=2020-02-01',
			'?from=2020-01-01&to=2022-01-01',
			'?from=yesterday',
			'?to=2020-13-01',
			'?from[$gt]=2020-01-01',
		])
			expect((await ask(`usage${query}`)).status, query).toBe(400);
	});

	it('counts a deleted project on, with its name, in what was made and what was paid', async () => {
		const gone = await aProject('Gone');
		await make(mei, gone, 2);
		await createLedgerStore(server.mongo.db).add([aRow('gone', { projectId: gone, units: 3 })]);
		const before = await usage();
		expect(before.projects.map(({ name }) => name)).toContain('Gone');
		const replies = await Promise.all(
			[1, 2].map(() => server.call('delete', `/projects/${gone}`, { token: mei.token })),
		);
		expect(replies.map(({ status }) => status)).toContain(204);
		expect(await server.mongo.db.collection('takes').countDocuments({ projectId: gone })).toBe(0);
		expect(await usage()).toEqual(before);
	});
});

describe('the ledger', () => {
	it('lists each reservation that ended, newest first, page by page, and none twice', async () => {
		const all = (await ask<Ledger>('ledger')).json;
		expect(all.next).toBeNull();
		expect(all.entries.map(({ at }) => at)).toEqual(
			all.entries
				.map(({ at }) => at)
				.toSorted()
				.toReversed(),
		);
		expect(all.entries).toMatchObject(
			expect.arrayContaining([expect.objectContaining({ unit: 'video', units: 5, outcome: 'charged' })]),
		);
		const paged: LedgerEntry[] = [];
		for (let next: string | null = ''; next !== null;) {
			const place: string = next === '' ? '' : `&before=${encodeURIComponent(next)}`;
			const page: Ledger = (await ask<Ledger>(`ledger?limit=1${place}`)).json;
			expect(page.entries).toHaveLength(1);
			paged.push(...page.entries);
			next = page.next;
		}
		expect(paged).toEqual(all.entries);
		expect((await ask('ledger?before=nowhere')).status).toBe(400);
	});
});
