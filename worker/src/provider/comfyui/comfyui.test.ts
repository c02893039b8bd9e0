import { afterEach, expect, test } from 'vitest';
import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { everyModel } from '@reelroom/shared/testing/comfyui/nodes.ts';
import { aComfyServer, type ComfyOptions, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { aTask } from '../../testing.ts';
import { providerContract } from '../provider.contract.ts';
import { noFiles, type ProviderAttempt, type ProviderProgress, type ProviderReference } from '../provider.ts';
import { createComfyProvider } from './comfyui.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function aServer(options: ComfyOptions = {}): Promise<FakeComfy> {
	const server = await aComfyServer(options);
	closers.push(() => server.close());
	return server;
}
function aProvider(urls: readonly string[], more: Partial<Parameters<typeof createComfyProvider>[0]> = {}) {
	const provider = createComfyProvider({
		urls,
		log: createLog('test', 'silent'),
		workflows: readyWorkflows(),
		pollMs: 100,
		patienceMs: 300,
		...more,
	});
	closers.push(() => provider.close());
	return provider;
}
function aRequest(about: Partial<GenerationRequest> = {}): GenerationRequest {
	const { work } = aTask();
	if (work.kind !== 'image') throw new Error('no picture');
	return { ...work.request, workflow: 'sd15-text-to-image', steps: 4, widthPx: 128, heightPx: 72, ...about };
}
/** An attempt that keeps its reference as a task would. */
function anAttempt(about: Partial<ProviderAttempt> = {}): ProviderAttempt & { kept: ProviderReference[] } {
	const kept: ProviderReference[] = [];
	return {
		reference: null,
		keepReference: async (reference) => void kept.push(reference),
		isTakenOver: () => false,
		kept,
		...about,
	};
}
function aRun(
	about: { attempt?: ProviderAttempt; stop?: AbortController; told?: (progress: ProviderProgress) => void } = {},
) {
	return {
		signal: (about.stop ?? new AbortController()).signal,
		onProgress: async (progress: ProviderProgress) => about.told?.(progress),
		attempt: about.attempt ?? anAttempt(),
		readFile: noFiles,
	};
}
const ids = ({ received }: FakeComfy): string[] => received.map(({ id }) => id);

providerContract('comfyui', async () => {
	const server = await aServer();
	return { provider: aProvider([server.url]), request: aRequest() };
});

test('the words, the seed and the size of a request arrive in the graph, the seed digit for digit', async () => {
	const server = await aServer();
	const seed = Number.MAX_SAFE_INTEGER;
	await aProvider([server.url]).make(aRequest({ seed, negativePrompt: 'people', guidance: 5.5 }), aRun());
	const graph = JSON.parse(JSON.stringify(server.received[0]?.graph)) as Record<
		string,
		{ inputs: Record<string, unknown> }
	>;
	expect(graph['5']?.inputs).toMatchObject({ seed, steps: 4, cfg: 5.5 });
	expect(graph['4']?.inputs).toMatchObject({ width: 128, height: 72 });
	expect(graph['3']?.inputs).toMatchObject({ text: 'people' });
	expect(String(graph['2']?.inputs['text'])).toMatch(
		/^medium shot, Nothing moves, interior of A ROOM, day, graphite pencil storyboard drawing, /,
	);
});

test('the id of a prompt is kept before it is sent, and what was kept is what is sent', async () => {
	const server = await aServer();
	const sentWhenKept: number[] = [];
	const attempt = anAttempt({ keepReference: async () => void sentWhenKept.push(server.received.length) });
	await aProvider([server.url]).make(aRequest(), aRun({ attempt }));
	expect(sentWhenKept).toEqual([0]);
	const second = anAttempt();
	await aProvider([server.url]).make(aRequest({ seed: 8 }), aRun({ attempt: second }));
	expect(second.kept).toMatchObject([{ node: server.url, promptId: ids(server)[1] }]);
});

test('whoever takes a task over finds the prompt that runs, with its previews, and sends no other', async () => {
	const server = await aServer({ paceMs: 4 });
	const stop = new AbortController();
	const first = anAttempt({ isTakenOver: () => true });
	const left = aProvider([server.url]).make(
		aRequest({ steps: 40 }),
		aRun({ attempt: first, stop, told: ({ value }) => value > 1 && stop.abort(new Error('closing')) }),
	);
	await expect(left).rejects.toThrow('closing');
	expect(server.running()).toBe(ids(server)[0]);
	let previews = 0;
	const second = anAttempt({ reference: first.kept[0] ?? null });
	await aProvider([server.url]).make(
		aRequest({ steps: 40 }),
		aRun({ attempt: second, told: ({ preview }) => void (preview && previews++) }),
	);
	expect(ids(server)).toHaveLength(1);
	expect(second.kept).toEqual([]);
	expect(previews).toBeGreaterThan(0);
});

test('a prompt that ended while nobody looked is fetched, not sent again', async () => {
	const server = await aServer();
	const first = anAttempt();
	await aProvider([server.url]).make(aRequest(), aRun({ attempt: first }));
	await aProvider([server.url]).make(aRequest(), aRun({ attempt: anAttempt({ reference: first.kept[0] ?? null }) }));
	expect(ids(server)).toHaveLength(1);
});

test('a cancelled task takes its prompt out of the queue or interrupts it, by its id alone', async () => {
	const server = await aServer();
	server.hang();
	const cancelled = new AbortController();
	const provider = aProvider([server.url]);
	const other = provider.make(aRequest(), aRun());
	await expect.poll(() => server.running()).not.toBeNull();
	const waiting = provider.make(aRequest({ seed: 8 }), aRun({ stop: cancelled }));
	await expect.poll(() => server.waiting()).toHaveLength(1);
	cancelled.abort(new Error('cancelled'));
	await expect(waiting).rejects.toThrow('cancelled');
	expect(server.waiting()).toEqual([]);
	server.thaw();
	// The one that ran was not touched.
	await other;
	const stop = new AbortController();
	const running = provider.make(
		aRequest({ seed: 9, steps: 1000 }),
		aRun({ stop, told: ({ value }) => value > 4 && stop.abort(new Error('cancelled')) }),
	);
	await expect(running).rejects.toThrow('cancelled');
	await expect.poll(() => server.running()).toBeNull();
});

test('a lost answer, a socket that drops, an end without a word, results told twice: one prompt, one picture each', async () => {
	const server = await aServer({ paceMs: 1 });
	const provider = aProvider([server.url]);
	server.loseAnswers();
	await provider.make(aRequest({ seed: 1 }), aRun());
	await provider.make(
		aRequest({ seed: 2, steps: 20 }),
		aRun({ told: ({ value }) => value < 2 && server.dropSockets() }),
	);
	server.finishSilently();
	await provider.make(aRequest({ seed: 3 }), aRun());
	server.repeat();
	server.lagHistory(150);
	await provider.make(aRequest({ seed: 4 }), aRun());
	expect(ids(server)).toHaveLength(4);
	// One socket, however many prompts, and none left behind.
	expect(server.sockets()).toBe(1);
	await provider.close();
	await expect.poll(() => server.sockets()).toBe(0);
});

test('a server that forgets everything is sent the prompt once more, under a new id that is kept first', async () => {
	const server = await aServer({ paceMs: 2 });
	const attempt = anAttempt();
	let restarts = 0;
	await aProvider([server.url]).make(
		aRequest({ steps: 30 }),
		aRun({ attempt, told: () => void (restarts++ === 1 && server.restart()) }),
	);
	expect(ids(server)).toHaveLength(2);
	expect(attempt.kept.map(({ promptId }) => promptId)).toEqual(ids(server));
});

test('a task goes to the node that has what its workflow needs, and moves when that node fails', async () => {
	const empty = await aServer({ models: { ...everyModel, checkpoints: [] } });
	const [first, second] = [await aServer(), await aServer()];
	const provider = aProvider([empty.url, first.url, second.url]);
	await Promise.all([1, 2, 3, 4].map((seed) => provider.make(aRequest({ seed }), aRun())));
	expect([empty, first, second].map((server) => ids(server).length)).toEqual([0, 2, 2]);
	first.hang();
	second.hang();
	const moved = provider.make(aRequest({ seed: 5 }), aRun());
	await expect.poll(() => ids(first).length + ids(second).length).toBe(5);
	const [failing, healthy] = ids(first).length === 3 ? [first, second] : [second, first];
	healthy.thaw();
	failing.fail();
	await moved;
	expect(ids(healthy)).toHaveLength(3);
});

test('what is wrong is told in words: nobody answers, a model is missing, a node may not run, it fails while it runs', async () => {
	const gone = await aServer();
	await gone.close();
	await expect(aProvider([gone.url]).make(aRequest(), aRun())).rejects.toMatchObject({
		code: 'provider-unavailable',
	});
	const server = await aServer({ models: {} });
	await expect(aProvider([server.url]).make(aRequest(), aRun())).rejects.toMatchObject({
		code: 'workflow-refused',
		message: expect.stringContaining('CheckpointLoaderSimple #1, ckpt_name') as string,
	});
	const full = await aServer();
	const strict = aProvider([full.url], { allowed: new Set(['KSampler']) });
	await expect(strict.make(aRequest(), aRun())).rejects.toMatchObject({ code: 'workflow-refused' });
	await expect(aProvider([full.url]).make(aRequest({ workflow: 'no-such' }), aRun())).rejects.toMatchObject({
		code: 'workflow-refused',
	});
	const failing = readyWorkflows().filter(({ name }) => name === 'sd15-text-to-image');
	for (const { graph } of failing) Object.assign(graph['7']?.inputs ?? {}, { filename_prefix: '../out' });
	await expect(aProvider([full.url], { workflows: failing }).make(aRequest(), aRun())).rejects.toMatchObject({
		code: 'provider-failed',
		message: expect.stringContaining('SaveImage: **** ERROR: Saving image outside') as string,
	});
	expect(ids(server)).toEqual([]);
});

test('each node tells what it is and has', async () => {
	const server = await aServer();
	const { pool } = aProvider([server.url]);
	await pool.look();
	const [node] = pool.describe();
	expect(node).toMatchObject({ state: 'up', version: '0.3.64', running: 0, waiting: 0, fault: '' });
	expect(node?.models).toMatchObject({ vaes: everyModel['vae'], loras: everyModel['loras'] });
	expect(node?.models.samplers).toContain('euler');
	expect(node?.devices).toHaveLength(1);
});
