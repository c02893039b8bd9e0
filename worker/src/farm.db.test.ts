import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo, type Mongo } from '@reelroom/shared/node/mongo.ts';
import { createFarmStore, farmNodeId, type FarmStore } from '@reelroom/shared/node/stores/farm-store.ts';
import { aComfyServer, type ComfyOptions, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import { createFarmLink } from './provider/comfyui/farm-link.ts';
import { createComfyPool, type ComfyPool } from './provider/comfyui/pool.ts';

const closers: (() => unknown)[] = [];
let mongo: Mongo;
let store: FarmStore;
const log = createLog('test', 'silent');

beforeEach(async () => {
	mongo = await connectMongo((await aDatabase()).uri);
	closers.push(() => mongo.close());
	store = createFarmStore(mongo.db);
	await store.ready();
});
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function aServer(options: ComfyOptions = {}): Promise<FakeComfy> {
	const server = await aComfyServer(options);
	closers.push(() => server.close());
	return server;
}
/** A worker's part of the farm; `end` is what its end does. */
async function aLink(workerId: string, urls: readonly string[], fixedClasses = new Set<string>()) {
	const pool = createComfyPool({ log });
	const link = await createFarmLink({ store, pool, urls, fixedClasses, workerId, log, readMs: 50, tellMs: 50 });
	const end = async () => {
		await link.close();
		await pool.close();
	};
	closers.push(end);
	return { pool, end };
}
const urlsOf = (pool: ComfyPool): string[] => pool.nodes().map(({ settings }) => settings.url);
const add = (url: string) =>
	store.add({
		_id: farmNodeId(url),
		url,
		source: 'page',
		enabled: true,
		draining: false,
		concurrency: 3,
		tags: ['fast'],
		revision: 1,
		removedAt: null,
		addedBy: 'mei-000001',
		addedAt: new Date(),
	});

test('servers that are added, changed, switched off and removed reach the pool of a running worker, and hold after its restart', async () => {
	const [first, second] = [await aServer(), await aServer()];
	const { pool, end } = await aLink('worker-0001', [first.url]);
	expect(urlsOf(pool)).toEqual([first.url]);
	await add(second.url);
	await expect.poll(() => urlsOf(pool).sort()).toEqual([first.url, second.url].sort());
	expect(pool.find(second.url)?.settings).toMatchObject({ concurrency: 3, tags: ['fast'] });
	await store.edit(farmNodeId(first.url), 1, { enabled: false });
	await store.edit(farmNodeId(second.url), 1, { draining: true, concurrency: 5 });
	await expect.poll(() => urlsOf(pool)).toEqual([second.url]);
	await end();
	const again = await aLink('worker-0002', [first.url]);
	expect(urlsOf(again.pool)).toEqual([second.url]);
	expect(again.pool.find(second.url)?.settings).toMatchObject({ concurrency: 5, draining: true });
	await store.remove(farmNodeId(second.url), new Date());
	await expect.poll(() => urlsOf(again.pool)).toEqual([]);
});

test('what a server is and has is told once for all workers, with its node classes as they are', async () => {
	const server = await aServer();
	await aLink('worker-0001', [server.url]);
	await aLink('worker-0002', [server.url]);
	await expect.poll(async () => (await store.reports())[0]?.state).toBe('up');
	const [report, ...others] = await store.reports();
	expect(others).toEqual([]);
	expect(report).toMatchObject({ version: '0.3.64', running: 0, waiting: 0, fault: '' });
	const classes = await store.classes(report?.classes ?? '');
	expect(Object.keys(classes ?? {})).toHaveLength(report?.classCount ?? -1);
	expect(classes?.['KSampler']?.input.required['seed']?.[1]).toMatchObject({ max: 18446744073709551615n });
	await server.close();
	await expect.poll(async () => (await store.reports())[0]?.state, { timeout: 10_000 }).toBe('left');
	expect((await store.reports())[0]?.fault).toMatch(/did not answer/);
});

test('how long workflows take is known again after a restart, and which nodes may run follows the page', async () => {
	const server = await aServer();
	await store.register([server.url], new Date());
	await store.report({
		_id: farmNodeId(server.url),
		workerId: 'worker-0000',
		at: new Date(0),
		state: 'up',
		fault: '',
		version: null,
		devices: [],
		running: 0,
		waiting: 0,
		models: { checkpoints: [], diffusionModels: [], loras: [], vaes: [], controlNets: [], upscalers: [], samplers: [] },
		classes: null,
		classCount: 0,
	});
	await store.took(farmNodeId(server.url), 'upscale', { ms: 700, count: 9 });
	const { pool } = await aLink('worker-0001', [server.url]);
	const graph = {
		1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 1 } },
		2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'a' } },
		3: { class_type: 'RigSteps', inputs: { image: ['1', 0], steps: 2, seconds: 0.1 } },
	} as const;
	const choose = () =>
		pool.choose({
			workflow: 'upscale',
			tags: [],
			fill: () => structuredClone(graph) as never,
			signal: AbortSignal.timeout(10_000),
		});
	await expect(choose()).rejects.toMatchObject({
		code: 'workflow-refused',
		message: expect.stringMatching(/RigSteps/) as string,
	});
	expect(await store.allow(['RigSteps'], 0)).toBe(true);
	await expect
		.poll(() =>
			choose().then(
				({ node, given }) => pool.done(node, given, 'well')?.count,
				() => 0,
			),
		)
		.toBe(10);
});
