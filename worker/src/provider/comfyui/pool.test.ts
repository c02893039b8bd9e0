import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { everyModel } from '@reelroom/shared/testing/comfyui/nodes.ts';
import { aComfyServer, type ComfyOptions, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { aFaultProxy } from '@reelroom/shared/testing/fault-proxy.ts';
import { createNodeSocket } from './node-socket.ts';
import { createComfyPool, type Choice, type ComfyPool, type PoolOptions } from './pool.ts';
import { createWaitTimes } from './wait-times.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function aServer(options: ComfyOptions = {}): Promise<FakeComfy> {
	const server = await aComfyServer(options);
	closers.push(() => server.close());
	return server;
}
function aPool(urls: readonly string[], more: Partial<PoolOptions> = {}): ComfyPool {
	const pool = createComfyPool({ urls, log: createLog('test', 'silent'), patienceMs: 300, ...more });
	closers.push(() => pool.close());
	return pool;
}
const workflow = readyWorkflows().find(({ name }) => name === 'sd15-text-to-image');
const aChoice = (about: Partial<Choice> = {}): Choice => ({
	workflow: 'sd15-text-to-image',
	tags: [],
	fill: () => workflow?.graph ?? {},
	signal: AbortSignal.timeout(20_000),
	...about,
});
const settings = (url: string, about: object = {}) => ({
	id: url,
	url,
	concurrency: 1,
	draining: false,
	tags: [],
	...about,
});

test('a node is given no more than its share; whoever waits gets the first one that is free', async () => {
	const [first, second] = [await aServer(), await aServer()];
	const pool = aPool([]);
	await pool.setNodes([settings(first.url), settings(second.url, { concurrency: 2 })]);
	const given = [await pool.choose(aChoice()), await pool.choose(aChoice()), await pool.choose(aChoice())];
	const at = (url: string) => given.filter(({ node }) => node.settings.url === url).length;
	expect([at(first.url), at(second.url)]).toEqual([1, 2]);
	let fourth: string | null = null;
	const waiting = pool.choose(aChoice()).then(({ node }) => (fourth = node.settings.url));
	await wait(50);
	expect(fourth).toBeNull();
	const [done] = given.filter(({ node }) => node.settings.url === first.url);
	if (done === undefined) throw new Error('none');
	const began = performance.now();
	pool.done(done.node, done.given, 'well');
	expect(await waiting).toBe(first.url);
	expect(performance.now() - began).toBeLessThan(100);
});

test('work goes where it ends soonest: a fast server with one waiting is sooner than a slow one that is free', async () => {
	const [fast, slow] = [await aServer(), await aServer()];
	const pool = aPool([]);
	await pool.setNodes([settings(slow.url, { concurrency: 9 }), settings(fast.url, { concurrency: 9 })]);
	pool.recall(fast.url, { 'sd15-text-to-image': { ms: 1000, count: 5 }, upscale: { ms: 40_000, count: 3 } });
	pool.recall(slow.url, { 'sd15-text-to-image': { ms: 5500, count: 5 }, upscale: { ms: 9000, count: 3 } });
	const went: string[] = [];
	for (let count = 0; count < 6; count++) went.push((await pool.choose(aChoice())).node.settings.url);
	expect(went).toEqual([fast.url, fast.url, fast.url, fast.url, fast.url, slow.url]);
	// The same servers, but what is slow for one workflow is fast for another.
	expect((await pool.choose(aChoice({ workflow: 'upscale' }))).node.settings.url).toBe(slow.url);
});

test('what takes longer than it should is thought to end any moment, and what is unknown is taken from where it is known', () => {
	let at = 0;
	const times = createWaitTimes(() => at);
	const busy = (given: { workflow: string; at: number }[]) => ({
		settings: { id: 'a' },
		given: new Set(given),
		running: 0,
		waiting: 0,
	});
	expect(times.endsIn(busy([]), 'x')).toBe(20_000);
	times.took('b', 'x', 2000);
	expect(times.endsIn(busy([]), 'x')).toBe(2000);
	times.took('a', 'x', 1000);
	expect(times.endsIn(busy([{ workflow: 'x', at: 0 }]), 'x')).toBe(2000);
	at = 400;
	expect(times.endsIn(busy([{ workflow: 'x', at: 0 }]), 'x')).toBe(1600);
	at = 90_000;
	expect(times.endsIn(busy([{ workflow: 'x', at: 0 }]), 'x')).toBe(1050);
	// Those that others sent there wait as well.
	expect(times.endsIn({ ...busy([]), running: 1, waiting: 2 }, 'x')).toBe(4000);
	expect(times.took('a', 'x', 2000)).toEqual({ ms: 1300, count: 2 });
});

test('a server that answers but fails its work is left after three faults, tried with one prompt, and used again once that went well', async () => {
	const [broken, sound] = [await aServer(), await aServer()];
	const pool = aPool([], { faultsUntilLeft: 3 });
	await pool.setNodes([settings(broken.url, { concurrency: 9 }), settings(sound.url, { concurrency: 9 })]);
	const at = () => pool.describe().find(({ url }) => url === broken.url)?.state;
	const only = { except: new Set(pool.nodes().filter(({ settings: { url } }) => url === sound.url)) };
	for (let count = 0; count < 3; count++) {
		const { node, given } = await pool.choose(aChoice(only));
		expect(node.settings.url).toBe(broken.url);
		pool.done(node, given, 'fault', new Error('The prompt was answered with 500'));
		await pool.look(0);
	}
	expect(at()).toBe('left');
	expect(pool.describe().find(({ url }) => url === broken.url)?.fault).toMatch(/500/);
	const others = [await pool.choose(aChoice()), await pool.choose(aChoice())];
	expect(others.map(({ node }) => node.settings.url)).toEqual([sound.url, sound.url]);
	await expect.poll(async () => (await pool.look(0), at()), { timeout: 5000 }).toBe('trying');
	const trial = await pool.choose(aChoice(only));
	expect(trial.node.settings.url).toBe(broken.url);
	// One is tried, not many.
	expect((await pool.choose(aChoice())).node.settings.url).toBe(sound.url);
	pool.done(trial.node, trial.given, 'well');
	expect(at()).toBe('up');
});

test('a server that does not answer keeps nobody from those that do', async () => {
	const sound = await aServer();
	const proxy = await aFaultProxy(sound.port);
	closers.push(() => proxy.close());
	const pool = aPool([], { timeoutMs: 5000 });
	await pool.setNodes([settings(`http://127.0.0.1:${proxy.port}`), settings(sound.url)]);
	proxy.freeze();
	const began = performance.now();
	expect((await pool.choose(aChoice())).node.settings.url).toBe(sound.url);
	expect(performance.now() - began).toBeLessThan(2500);
});

test('a drained server is given nothing new, one that is switched off loses what it has, and one with other tags is passed over', async () => {
	const [first, second] = [await aServer(), await aServer()];
	const pool = aPool([]);
	await pool.setNodes([settings(first.url), settings(second.url, { concurrency: 9, tags: ['fast'] })]);
	const one = await pool.choose(aChoice());
	expect((await pool.choose(aChoice({ tags: ['fast'] }))).node.settings.url).toBe(second.url);
	await expect(pool.choose(aChoice({ tags: ['none'] }))).rejects.toMatchObject({ code: 'provider-unavailable' });
	await pool.setNodes([
		settings(first.url, { draining: true, concurrency: 9 }),
		settings(second.url, { concurrency: 9 }),
	]);
	for (let count = 0; count < 3; count++) expect((await pool.choose(aChoice())).node.settings.url).toBe(second.url);
	expect(one.node.off.signal.aborted).toBe(false);
	await pool.setNodes([settings(second.url)]);
	expect(pool.find(first.url)).toBeUndefined();
	await expect.poll(() => first.sockets()).toBe(0);
});

test('servers that tell the same share one list of node classes', async () => {
	const same = [await aServer(), await aServer(), await aServer({ models: { ...everyModel, loras: [] } })];
	const pool = aPool(same.map(({ url }) => url));
	await pool.look();
	const lists = new Set(pool.nodes().map(({ classes }) => classes));
	expect(lists.size).toBe(2);
	await pool.look(0);
	expect(new Set(pool.nodes().map(({ classes }) => classes))).toEqual(lists);
});

test('a socket that the server has deregistered is opened anew as soon as something must have been told and was not', async () => {
	const server = await aServer();
	const queue: number[] = [];
	const heard: string[] = [];
	const socket = createNodeSocket({
		url: server.url,
		clientId: 'ours',
		deafMs: 200,
		onQueue: (remaining) => queue.push(remaining),
	});
	closers.push(() => socket.close());
	await socket.greeted();
	socket.follow('p', { message: ({ type }) => void heard.push(type), picture: () => {} });
	// An older socket of the same id that the server notices the end of only now.
	const older = createNodeSocket({ url: server.url, clientId: 'ours' });
	await older.greeted();
	await older.close();
	const post = (id: string) =>
		fetch(`${server.url}/prompt`, {
			method: 'POST',
			body: JSON.stringify({
				prompt_id: id,
				client_id: 'ours',
				prompt: {
					1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 1 } },
					2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
				},
			}),
		});
	await post('p');
	await expect.poll(async () => (await fetch(`${server.url}/history/p`)).json()).toHaveProperty('p');
	expect(heard).toEqual([]);
	socket.expect();
	await expect.poll(() => queue.length).toBeGreaterThan(1);
	await post('p');
	await expect.poll(() => heard).toContain('executing');
	expect(server.sockets()).toBe(1);
});
