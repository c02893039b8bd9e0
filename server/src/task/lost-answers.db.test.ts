import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import type { LedgerRecord } from '@reelroom/shared/node/stores/ledger-store.ts';
import type { QuotaRecord } from '@reelroom/shared/node/stores/quota-store.ts';
import { aFaultProxy, type FaultProxy } from '@reelroom/shared/testing/fault-proxy.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';
import { makeTask } from './testing.ts';

/** Two servers over one database, and a network to the first that loses answers. */
let servers: [TestServer, TestServer];
let wire: FaultProxy;
let person: Awaited<ReturnType<TestServer['person']>>;
let project: string;
let takeId: string;
let shotId: string;
beforeAll(async () => {
	const settings = { SKETCH_UNITS: '1', DEFAULT_PLAN: 'pro', COMFYUI_URLS: 'http://127.0.0.1:9' };
	const first = await aServer({ openStudio, settings });
	servers = [first, await aServer({ openStudio, settings, beside: first })];
	wire = await aFaultProxy(first.port);
	person = await first.person();
	const { token } = person;
	const script = 'INT. CABIN - NIGHT\n\nThe lamp burns.\n\nEXT. FOREST - DAY\n\nSnow falls.\n';
	project = (await first.call('post', '/projects', { token, body: { name: 'Once', script } })).json.id;
	await first.call('post', `/projects/${project}/break-down/accept`, { token, body: {} });
	const { json } = await first.call('post', `/projects/${project}/generate`, { token, body: {} });
	const [task] = (json as unknown as { tasks: Task[] }).tasks;
	if (task === undefined) throw new Error('nothing was queued');
	takeId = await makeTask(first, task);
	shotId = task.shotId ?? '';
});
afterAll(async () => {
	await wire?.close();
	for (const server of [...(servers ?? [])].reverse()) await server.close();
});

const ask = (base: string, path: string, body: object | undefined, key: string) =>
	fetch(base + apiPrefix + path, {
		method: 'POST',
		headers: {
			'Idempotency-Key': key,
			Authorization: `Bearer ${person.token}`,
			...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	}).then(async (reply) => ({ status: reply.status, text: await reply.text() }));
const overWire = (path: string, body: object | undefined, key: string) =>
	ask(`http://127.0.0.1:${wire.port}`, path, body, key);
/** Tasks and what was reserved for them. */
async function books() {
	const { db } = servers[0].mongo;
	const days = await db.collection<QuotaRecord>('quotas').find({ accountId: person.id }).toArray();
	return {
		tasks: await db.collection('tasks').countDocuments({ createdBy: person.id }),
		taken: days.reduce((sum, { taken }) => sum + taken.image + taken.video, 0),
		paid: await db.collection<LedgerRecord>('ledger').countDocuments({ accountId: person.id }),
	};
}
const words = { prompt: 'A lighthouse', width: 320, height: 192 };
const calls: [name: string, path: () => string, body: () => object | undefined, tasks: number, costs: number][] = [
	['pictures of a board', () => `/projects/${project}/generate`, () => ({ shotIds: [shotId], count: 2 }), 2, 2],
	['a picture of words', () => '/images/generate', () => ({ ...words, model: 'sketch' }), 1, 1],
	['a clip of words', () => '/videos/generate', () => words, 1, 1],
	['either of them', () => '/generation/generate', () => ({ ...words, type: 'image', model: 'sketch' }), 1, 1],
	['a take once more', () => `/takes/${takeId}/reproduce`, () => undefined, 1, 1],
	['a film', () => `/projects/${project}/render`, () => ({}), 1, 0],
];

describe.each(calls)('asking for %s under one key, when answers get lost', (name, path, body, tasks, costs) => {
	const key = `the-key-of-${name.replaceAll(' ', '-')}`;
	it('is done once and paid once, and answered alike at every server', async () => {
		const before = await books();
		for (let lost = 0; lost < 2; lost++) {
			wire.loseAnswers(1);
			await expect(overWire(path(), body(), key)).rejects.toThrow();
		}
		const third = await overWire(path(), body(), key);
		expect([third.status, third.text]).toEqual([202, expect.stringContaining('"id"')]);
		expect(await ask(servers[1].url, path(), body(), key)).toEqual(third);
		const after = await books();
		expect(after).toEqual({ tasks: before.tasks + tasks, taken: before.taken + costs, paid: before.paid });
	});

	it('is done once when all three come at the same time and two are not answered', async () => {
		const before = await books();
		wire.loseAnswers(2);
		const asked = [1, 2, 3].map(() => overWire(path(), body(), `${key}-2`));
		const answered = (await Promise.allSettled(asked)).flatMap((each) =>
			each.status === 'fulfilled' ? each.value : [],
		);
		expect(answered.map(({ status }) => status)).toEqual([202]);
		expect(await ask(servers[1].url, path(), body(), `${key}-2`)).toEqual(answered[0]);
		const after = await books();
		expect(after).toEqual({ tasks: before.tasks + tasks, taken: before.taken + costs, paid: before.paid });
	});

	it('is refused for anything else', async () => {
		const other = await ask(
			servers[1].url,
			'/images/generate',
			{ ...words, prompt: 'Another one', model: 'sketch' },
			key,
		);
		expect([other.status, other.text]).toEqual([422, expect.stringContaining('idempotency-key-reused')]);
	});
});
