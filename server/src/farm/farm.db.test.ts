import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Farm, FarmNode } from '@reelroom/shared/farm/farm.ts';
import { createFarmStore, farmNodeId } from '@reelroom/shared/node/stores/farm-store.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let admin: Awaited<ReturnType<TestServer['person']>>;
beforeAll(async () => {
	server = await aServer({
		openStudio,
		settings: { COMFYUI_URLS: 'http://gpu-1:8188', COMFYUI_HOSTS: 'localhost,10.1.0.0/16' },
	});
	// The first account from this machine.
	admin = await server.person();
});
afterAll(() => server?.close());

const ask = async (method: string, path: string, body?: unknown) => {
	const { status, json } = await server.call(method, path, { token: admin.token, body });
	return { status, json: json as unknown as FarmNode & Farm & { code: string } };
};

test('the servers of the settings are there, and are switched off but not removed', async () => {
	const { json } = await ask('get', '/farm');
	const [node] = json.nodes;
	expect(json.nodes).toHaveLength(1);
	expect(node).toMatchObject({ url: 'http://gpu-1:8188', source: 'setting', enabled: true, report: null });
	expect(json.hosts).toEqual(['localhost', '10.1.0.0/16']);
	expect((await ask('delete', `/farm/nodes/${node?.id}`)).status).toBe(403);
	const off = await ask('patch', `/farm/nodes/${node?.id}`, { revision: 1, enabled: false, tags: ['slow'] });
	expect(off.json).toMatchObject({ enabled: false, tags: ['slow'], revision: 2 });
	// As after a restart.
	await createFarmStore(server.mongo.db).register(['http://gpu-1:8188'], new Date());
	expect((await ask('get', '/farm')).json.nodes[0]).toMatchObject({ enabled: false, tags: ['slow'] });
});

test('a server is added by its address once, if its host is listed; removed, it comes back as new', async () => {
	const add = (url: string) => ask('post', '/farm/nodes', { url, concurrency: 3 });
	const replies = await Promise.all([1, 2, 3, 4].map(() => add('http://localhost:8190/')));
	expect(replies.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400]);
	expect((await add('http://10.1.2.3:8188/comfy/')).json.url).toBe('http://10.1.2.3:8188/comfy');
	expect((await add('http://10.2.2.3:8188')).json.code).toBe('host-not-listed');
	expect((await add('http://169.254.169.254')).json.code).toBe('host-not-listed');
	expect((await add('gpu')).json.code).toBe('invalid-input');
	const id = farmNodeId('http://localhost:8190');
	expect((await ask('delete', `/farm/nodes/${id}`)).status).toBe(204);
	expect((await ask('delete', `/farm/nodes/${id}`)).status).toBe(404);
	expect((await add('http://localhost:8190')).status).toBe(201);
});

test('of two who change a server at once, one is told that it has changed', async () => {
	const { json } = await ask('post', '/farm/nodes', { url: 'http://localhost:8191' });
	const change = (concurrency: number) =>
		ask('patch', `/farm/nodes/${json.id}`, { revision: json.revision, concurrency });
	const replies = await Promise.all([change(1), change(4), change(7)]);
	expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
	expect(replies.find(({ status }) => status === 409)?.json.code).toBe('changed-meanwhile');
});

test('what workers tell of a server is shown; one reports, and another when it is gone', async () => {
	const store = createFarmStore(server.mongo.db);
	const url = 'http://localhost:8191';
	const report = (workerId: string, at: Date, waiting: number) =>
		store.report({
			_id: farmNodeId(url),
			workerId,
			at,
			state: 'up',
			fault: '',
			version: '0.3.64',
			devices: [{ name: 'cuda:0', type: 'cuda', vramBytes: 24e9, freeVramBytes: 20e9 }],
			running: 1,
			waiting,
			models: {
				checkpoints: ['a'],
				diffusionModels: [],
				loras: [],
				vaes: [],
				controlNets: [],
				upscalers: [],
				samplers: [],
			},
			classes: null,
			classCount: 0,
		});
	const now = Date.now();
	expect(await report('worker-0001', new Date(now), 4)).toBe(true);
	expect(await report('worker-0002', new Date(now + 5000), 9)).toBe(false);
	await store.took(farmNodeId(url), 'upscale', { ms: 1200, count: 3 });
	const seen = (await ask('get', '/farm')).json.nodes.find((node) => node.url === url);
	expect(seen?.report).toMatchObject({ state: 'up', waiting: 4, took: [{ workflow: 'upscale', ms: 1200, count: 3 }] });
	expect(await report('worker-0002', new Date(now + 20_000), 9)).toBe(true);
});

test('further node classes are allowed by whoever saw the list that is', async () => {
	const allow = (revision: number, added: string[]) => ask('put', '/farm/classes', { revision, added });
	const replies = await Promise.all([allow(0, ['MyNode']), allow(0, ['Other'])]);
	expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
	expect((await allow(1, ['B', 'A', 'A'])).json).toMatchObject({ added: ['A', 'B'], revision: 2 });
	expect((await allow(1, [])).json.code).toBe('changed-meanwhile');
});
