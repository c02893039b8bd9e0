import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import coreClasses from '../../defaults/comfyui/core-classes.json' with { type: 'json' };
import { readRecording, recordingNames } from './recordings.ts';
import { replay } from './replay.testing.ts';
import { aComfyServer, type ComfyOptions } from './server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function aServer(options: ComfyOptions = {}) {
	const server = await aComfyServer(options);
	closers.push(() => server.close());
	return server;
}
const aPrompt = (prefix = 'a') => ({
	1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 1 } },
	2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: prefix } },
});
const post = (url: string, path: string, body: unknown) =>
	fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
async function aListener(url: string, clientId: string) {
	const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?clientId=${clientId}`);
	closers.push(() => socket.terminate());
	const frames: { type: string; data: Record<string, unknown> }[] = [];
	socket.on('message', (bytes: Buffer, isBinary) => {
		if (!isBinary) frames.push(JSON.parse(String(bytes)) as (typeof frames)[number]);
	});
	await once(socket, 'open');
	return { socket, frames, types: () => frames.map(({ type }) => type) };
}

// All of them but the one that is a list of names.
for (const scene of recordingNames().filter((name) => !name.startsWith('01c')))
	test(`answers and tells what a real server was recorded to in ${scene}`, async () => {
		expect((await replay(scene)).slice(0, 3)).toEqual([]);
	});

test('the node classes that may always run are ones that a real server without extensions has', () => {
	const { names } = readRecording('01c_object_info_names') as unknown as { names: string[] };
	const ofExtensions = coreClasses.filter((name) => !names.includes(name));
	// It comes with the server, but has to be put in its place.
	expect(ofExtensions).toEqual(['SaveImageWebsocket']);
});

test('a second socket of one client takes over, and hears nothing more once the first has closed', async () => {
	const server = await aServer();
	const first = await aListener(server.url, 'a');
	const second = await aListener(server.url, 'a');
	await expect.poll(() => second.types()).toEqual(['status']);
	first.socket.close();
	await expect.poll(() => server.sockets()).toBe(1);
	await post(server.url, '/prompt', { prompt: aPrompt(), client_id: 'a', prompt_id: 'deaf' });
	await expect.poll(async () => (await fetch(`${server.url}/history/deaf`)).json()).toHaveProperty('deaf');
	expect(second.types()).toEqual(['status']);
});

test('faults: an answer that is lost, an end without a word, results told twice, a restart that forgets all', async () => {
	const server = await aServer();
	const listener = await aListener(server.url, 'a');
	server.loseAnswers();
	await expect(post(server.url, '/prompt', { prompt: aPrompt(), client_id: 'a', prompt_id: 'lost' })).rejects.toThrow();
	await expect.poll(async () => (await fetch(`${server.url}/history/lost`)).json()).toHaveProperty('lost');

	server.finishSilently();
	const told = listener.frames.length;
	await post(server.url, '/prompt', { prompt: aPrompt('b'), client_id: 'a', prompt_id: 'silent' });
	await expect.poll(async () => (await fetch(`${server.url}/history/silent`)).json()).toHaveProperty('silent');
	expect(listener.types().slice(told)).not.toContain('executing');

	server.repeat();
	await post(server.url, '/prompt', { prompt: aPrompt('c'), client_id: 'a', prompt_id: 'twice' });
	await expect
		.poll(
			() =>
				listener.frames.filter(
					({ type, data }) => type === 'executing' && data['node'] === null && data['prompt_id'] === 'twice',
				).length,
		)
		.toBe(2);

	server.restart();
	await once(listener.socket, 'close');
	expect(await (await fetch(`${server.url}/history`)).json()).toEqual({});
	expect(server.received.map(({ id }) => id)).toEqual(['lost', 'silent', 'twice']);
});

test('a hung execution stands still, is seen as running, and goes on when it is let', async () => {
	const server = await aServer();
	server.hang();
	await post(server.url, '/prompt', { prompt: aPrompt(), client_id: 'a', prompt_id: 'hung' });
	await expect.poll(() => server.running()).toBe('hung');
	await post(server.url, '/prompt', { prompt: aPrompt(), client_id: 'a', prompt_id: 'next' });
	expect(server.waiting()).toEqual(['next']);
	server.thaw();
	await expect.poll(async () => (await fetch(`${server.url}/history/next`)).json()).toHaveProperty('next');
});
