import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;
beforeAll(async () => {
	server = await aServer({ openStudio, settings: { COMFYUI_URLS: 'http://127.0.0.1:9' } });
	owner = await server.person();
});
afterAll(() => server?.close());

type Model = { id: string; provider: string; makes: string[]; workflow?: string; names?: Record<string, string> };

test('with a ComfyUI its workflows are offered next to the sketch, by what they make and in both languages', async () => {
	const { json } = await server.call('get', '/models', { token: owner.token });
	const models = json as unknown as Model[];
	const ofWords = models.filter(({ makes }) => makes.includes('text-to-image'));
	expect(ofWords.map(({ id }) => id)).toEqual([
		'sketch',
		'flux-text-to-image',
		'sd15-ip-adapter',
		'sd15-text-to-image',
		'sdxl-lora',
		'sdxl-text-to-image',
		'sdxl-ip-adapter',
	]);
	// It takes the look of a picture of the bible: of words alone it makes nothing.
	expect(ofWords[2]).toMatchObject({ references: 1, guided: true, needsReference: true });
	const plain = { prompt: 'A lighthouse', model: 'sd15-ip-adapter' };
	expect((await server.call('post', '/images/generate', { token: owner.token, body: plain })).status).toBe(400);
	// Where a picture is made from the picture that is there, ControlNet is offered, too.
	const ofPictures = models.filter(({ makes }) => makes.includes('image-to-image'));
	expect(ofPictures.map(({ id }) => id)).toEqual(
		expect.arrayContaining([
			'flux-image-to-image',
			'sd15-controlnet-canny',
			'sd15-controlnet-depth',
			'sdxl-controlnet-pose',
		]),
	);
	expect(ofWords[1]?.names).toEqual({ en: 'ComfyUI · Flux', 'zh-CN': 'ComfyUI · Flux' });
});

test('a task carries the provider and the workflow that were asked for, and a workflow that is not offered is refused', async () => {
	const body = { prompt: 'A lighthouse', model: 'sdxl-text-to-image', num_inference_steps: 12 };
	const reply = await server.call('post', '/images/generate', { token: owner.token, body });
	expect(reply.status).toBe(202);
	const task = await createTaskStore(server.mongo.db).find((reply.json as unknown as { taskId: string }).taskId);
	expect(task?.provider).toBe('comfyui');
	expect(task?.work.request).toMatchObject({ workflow: 'sdxl-text-to-image', steps: 12 });
	const unknown = { ...body, model: 'upscale' };
	expect((await server.call('post', '/images/generate', { token: owner.token, body: unknown })).status).toBe(400);
});
