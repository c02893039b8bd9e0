import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { mediaOf, type GenerationKind, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { aComfyServer, type ComfyOptions, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { lookAtStreams, runFfmpeg } from '../../cut/ffmpeg.ts';
import { createTakeClip } from '../../media/take-clip.ts';
import { aTask } from '../../testing.ts';
import { lookInto } from '../clip.testing.ts';
import { providerContract, referencesFor } from '../provider.contract.ts';
import { createComfyProvider } from './comfyui.ts';

const closers: (() => unknown)[] = [];
let workDir: string;
beforeAll(async () => void (workDir = await mkdtemp(join(tmpdir(), 'reelroom-comfy-'))));
afterAll(() => rm(workDir, { recursive: true, force: true }));
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function aServer(options: ComfyOptions = {}): Promise<FakeComfy> {
	const server = await aComfyServer(options);
	closers.push(() => server.close());
	return server;
}
function aProvider({ url }: FakeComfy, workflows = readyWorkflows()) {
	const provider = createComfyProvider({
		urls: [url],
		log: createLog('test', 'silent'),
		workflows,
		takeClip: createTakeClip({
			ffmpegPath: async () => (await findFfmpeg()).path,
			run: runFfmpeg,
			look: lookAtStreams,
			workDir,
		}),
		pollMs: 100,
		patienceMs: 300,
	});
	closers.push(() => provider.close());
	return provider;
}
function aRequest(kind: GenerationKind, about: Partial<GenerationRequest> = {}): GenerationRequest {
	const { work } = aTask();
	if (work.kind === 'render') throw new Error('no picture');
	const length = mediaOf(kind) === 'video' ? { durationFrames: 50, fps: 24 } : {};
	return { ...work.request, kind, steps: 4, widthPx: 128, heightPx: 64, ...length, ...about };
}
async function make(
	server: FakeComfy,
	kind: GenerationKind,
	about: Partial<GenerationRequest> = {},
	workflows = readyWorkflows(),
) {
	const { references, readFile } = await referencesFor(kind);
	const request = { ...aRequest(kind, about), references };
	const context = { signal: new AbortController().signal, onProgress: async () => {}, readFile };
	return { made: await aProvider(server, workflows).make(request, context), references };
}
type Node = { class_type: string; inputs: Record<string, unknown> };
const nodesOf = (server: FakeComfy, type: string): Node[] =>
	Object.values((server.received.at(-1)?.graph ?? {}) as Record<string, Node>).filter(
		(node) => node.class_type === type,
	);

providerContract('comfyui', async (kind) => ({ provider: aProvider(await aServer()), request: aRequest(kind) }), {
	kinds: ['image-to-image', 'inpaint', 'text-to-video', 'image-to-video', 'first-last-frame-to-video'],
});

test('a picture is uploaded under a name of ours, once, and bound where the graph loads it', async () => {
	const server = await aServer();
	const { references } = await make(server, 'image-to-video', { workflow: 'wan22-image-to-video' });
	const name = `reelroom-${references[0]?.sha256.slice(0, 40)}.png`;
	expect(nodesOf(server, 'LoadImage').map(({ inputs }) => inputs['image'])).toEqual([name]);
	const kept = server.files.get(`input/${name}`) ?? Buffer.alloc(0);
	expect(createHash('sha256').update(kept).digest('hex')).toBe(references[0]?.sha256);
	await make(server, 'image-to-video', { workflow: 'wan22-image-to-video', seed: 8 });
	expect([...server.files.keys()].filter((path) => path.startsWith('input/reelroom-'))).toEqual([`input/${name}`]);
});

test('first and last frame go to their own places, and length and rate are fitted to what the node takes', async () => {
	const server = await aServer();
	const { references } = await make(server, 'first-last-frame-to-video');
	const [first, last] = references.map(({ sha256 }) => `reelroom-${sha256.slice(0, 40)}.png`);
	expect(nodesOf(server, 'LoadImage').map(({ inputs }) => inputs['image'])).toEqual([first, last]);
	// 50 frames are not 4n + 1.
	expect(nodesOf(server, 'WanFirstLastFrameToVideo')[0]?.inputs['length']).toBe(49);
	expect(nodesOf(server, 'CreateVideo')[0]?.inputs['fps']).toBe(24);
	await make(server, 'text-to-video', { workflow: 'ltx-text-to-video' });
	expect(nodesOf(server, 'EmptyLTXVLatentVideo')[0]?.inputs['length']).toBe(49);
});

test('how far a picture may go from the one it begins with is the sampler’s denoise', async () => {
	const server = await aServer();
	await make(server, 'image-to-image', { strength: 0.35 });
	expect(nodesOf(server, 'KSampler')[0]?.inputs['denoise']).toBe(0.35);
});

test('a picture that leads by ControlNet goes to the preprocessor, and is kept to the more the less it may be gone from', async () => {
	const server = await aServer();
	for (const workflow of ['sd15-controlnet-pose', 'sdxl-controlnet-depth']) {
		const { references } = await make(server, 'image-to-image', { workflow, strength: 0.35 });
		const name = `reelroom-${references[0]?.sha256.slice(0, 40)}.png`;
		expect(nodesOf(server, 'LoadImage').at(-1)?.inputs['image']).toBe(name);
		expect(nodesOf(server, 'ControlNetApplyAdvanced').at(-1)?.inputs['strength']).toBe(0.85);
		// Drawn from noise alone: less would leave noise in it.
		expect(nodesOf(server, 'KSampler').at(-1)?.inputs['denoise']).toBe(1);
	}
});

test('a picture is made larger by the model that does it', async () => {
	const server = await aServer();
	const { made } = await make(server, 'upscale');
	expect(made.mediaType).toBe('image/webp');
	expect(nodesOf(server, 'ImageUpscaleWithModel')).toHaveLength(1);
});

test('where the server gives another name than it was asked for, that one is used', async () => {
	const server = await aServer();
	const { references } = await referencesFor('upscale');
	const name = `reelroom-${references[0]?.sha256.slice(0, 40)}`;
	server.files.set(`input/${name}.png`, Buffer.from('of somebody else'));
	await make(server, 'upscale');
	expect(nodesOf(server, 'LoadImage')[0]?.inputs['image']).toBe(`${name} (1).png`);
});

test('animated pictures are taken as clips, a still is not', async () => {
	const pages = await Promise.all(
		['#000', '#fff'].map((background) =>
			sharp({ create: { width: 32, height: 32, channels: 3, background } })
				.png()
				.toBuffer(),
		),
	);
	const moving = await sharp(pages, { join: { animated: true } })
		.webp({ delay: [100, 100] })
		.toBuffer();
	const server = await aServer({ written: { webp: moving } });
	const saving = (type: string, inputs: Record<string, string | number>) =>
		readyWorkflows()
			.filter(({ name }) => name === 'ltx-text-to-video')
			.map((workflow) => {
				const decoded = Object.entries(workflow.graph).find(([, node]) => node.class_type === 'VAEDecode')?.[0] ?? '';
				const graph = Object.fromEntries(
					Object.entries(workflow.graph).filter(([, node]) => !/^(CreateVideo|SaveVideo)$/.test(node.class_type)),
				);
				graph['99'] = { class_type: type, inputs: { images: [decoded, 0], filename_prefix: 'clip', ...inputs } };
				const { fps: _fps, ...bindings } = workflow.bindings;
				return { ...workflow, graph, bindings };
			});
	const animated = { fps: 6, lossless: true, quality: 80, method: 'default' };
	const { made } = await make(server, 'text-to-video', {}, saving('SaveAnimatedWEBP', animated as never));
	expect(made.mediaType).toBe('video/mp4');
	expect((await lookInto(made)).frames).toHaveLength(2);
	await expect(make(server, 'text-to-video', {}, saving('SaveImage', {}))).rejects.toMatchObject({
		code: 'provider-failed',
		message: 'The workflow ended without a clip',
	});
});

test('what is no picture is never sent on', async () => {
	const server = await aServer();
	const request = { ...aRequest('upscale'), references: [{ role: 'reference' as const, sha256: 'a'.repeat(64) }] };
	const bytes = new TextEncoder().encode('<svg/>');
	const context = { signal: new AbortController().signal, onProgress: async () => {}, readFile: async () => bytes };
	await expect(aProvider(server).make(request, context)).rejects.toMatchObject({ code: 'provider-refused' });
	expect(server.received).toEqual([]);
	expect([...server.files.keys()].filter((path) => path.startsWith('input/reelroom-'))).toEqual([]);
});

test('without a way to take clips in, only pictures are offered', async () => {
	const server = await aServer();
	const provider = createComfyProvider({
		urls: [server.url],
		log: createLog('test', 'silent'),
		workflows: readyWorkflows(),
	});
	closers.push(() => provider.close());
	expect(provider.kinds.map(mediaOf)).not.toContain('video');
});
