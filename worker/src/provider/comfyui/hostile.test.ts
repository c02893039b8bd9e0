import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { aComfyServer, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { aTask } from '../../testing.ts';
import { noFiles, type ProviderMedia } from '../provider.ts';
import { ComfyError, createComfyClient } from './client.ts';
import { createComfyProvider } from './comfyui.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A ComfyUI that answers as it should, but for some of its paths. */
let comfy: FakeComfy;
let server: Server;
let url: string;
const answers = new Map<string, Answer>();
const closers: (() => unknown)[] = [];
beforeEach(async () => {
	comfy = await aComfyServer();
	server = createServer((asked, reply) => {
		const path = (asked.url ?? '/').split('?')[0] ?? '';
		const own = answers.get([...answers.keys()].find((begin) => path.startsWith(begin)) ?? '');
		if (own !== undefined) return own(asked, reply);
		const { method, headers } = asked;
		const on = request(comfy.url + (asked.url ?? '/'), {
			method,
			headers: { ...headers, host: `127.0.0.1:${comfy.port}` },
		});
		on.on('response', (answer) => answer.pipe(reply.writeHead(answer.statusCode ?? 500, answer.headers)));
		asked.pipe(on);
	});
	server.on('upgrade', ({ url: path, rawHeaders }, socket, head) => {
		if (answers.has('/ws')) return;
		const on = connect(comfy.port, '127.0.0.1');
		for (const end of [on, socket]) end.on('error', () => [on, socket].forEach((each) => each.destroy()));
		const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? `${name}: ${rawHeaders[index + 1]}` : []));
		on.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
		on.write(head);
		socket.pipe(on).pipe(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
	answers.clear();
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
	await comfy.close();
});

const picture = { width: 64, height: 64, channels: 3, background: '#446' } as const;
const endless: Answer = (_, reply) => {
	const part = Buffer.alloc(1024 * 1024, ' ');
	reply.writeHead(200, { 'Content-Type': 'application/json' });
	const more = (): void => {
		while (!reply.destroyed && reply.write(part));
	};
	reply.on('drain', more);
	more();
};
const says =
	(body: string | Buffer, type = 'application/json'): Answer =>
	(_, reply) =>
		void reply.writeHead(200, { 'Content-Type': type }).end(body);
/** Answers so many bytes a second, without an end. */
const drips: Answer = (_, reply) => {
	reply.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': '1000000' });
	const timer = setInterval(() => void reply.write('.'), 50);
	reply.on('close', () => clearInterval(timer));
};
function draw(timeoutMs = 1_000): Promise<ProviderMedia> {
	const provider = createComfyProvider({
		urls: [url],
		log: createLog('test', 'silent'),
		workflows: readyWorkflows(),
		pollMs: 50,
		patienceMs: 300,
		timeoutMs,
	});
	closers.push(() => provider.close());
	const { work } = aTask();
	if (work.kind !== 'image') throw new Error('no picture');
	const asked = { ...work.request, workflow: 'sd15-text-to-image', steps: 2, widthPx: 128, heightPx: 72 };
	return provider.make(asked, { signal: new AbortController().signal, onProgress: async () => {}, readFile: noFiles });
}

test.each(['/object_info', '/prompt'])(
	'an answer of %s that has no end is given up, and nothing of it is kept',
	async (path) => {
		const before = process.memoryUsage().rss;
		answers.set(path, endless);
		await expect(draw()).rejects.toMatchObject({ code: 'provider-unavailable' });
		expect(process.memoryUsage().rss - before).toBeLessThan(700 * 1024 * 1024);
	},
);

test.each([
	['nothing', ''],
	['no JSON', '<html>'],
	['a number', '7'],
	['a list', '[[[]]]'],
	['null', 'null'],
	['brackets without an end', '['.repeat(300_000)],
	['brackets in each other', '['.repeat(300_000) + ']'.repeat(300_000)],
	['what objects inherit', '{"__proto__":{"queue_running":[]},"constructor":1}'],
	['a number of a million digits', `{"queue_running":[[${'9'.repeat(1_000_000)},"x"]],"queue_pending":[]}`],
])('%s where an answer belongs is a fault of the server', async (_, body) => {
	for (const path of ['/history', '/queue', '/object_info', '/system_stats', '/prompt', '/upload'])
		answers.set(path, says(body));
	const client = createComfyClient({ url, timeoutMs: 2_000 });
	const faults = await Promise.allSettled([
		client.queue(),
		client.history('some-prompt'),
		client.classes(),
		client.submit({}, 'some-prompt', 'some-client'),
		client.upload(new Uint8Array(1), 'a.png'),
	]);
	for (const fault of faults) if (fault.status === 'rejected') expect(fault.reason).toBeInstanceOf(ComfyError);
	expect(faults.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(2);
});

test('a file that comes a few bytes a second is given up, one that comes slowly but steadily is taken', async () => {
	const client = createComfyClient({ url, timeoutMs: 300 });
	const file = { filename: 'a.png', subfolder: '', type: 'output' } as const;
	const how = { maxBytes: 10_000_000, signal: new AbortController().signal };
	answers.set('/view', drips);
	await expect(client.view(file, how)).rejects.toBeInstanceOf(ComfyError);
	const part = Buffer.alloc(32 * 1024);
	answers.set('/view', (_, reply) => {
		let parts = 0;
		const timer = setInterval(() => {
			if (parts++ < 12) return void reply.write(part);
			clearInterval(timer);
			reply.end();
		}, 100);
	});
	expect((await client.view(file, how)).byteLength).toBe(12 * part.length);
	answers.set('/view', endless);
	await expect(client.view(file, how)).rejects.toBeInstanceOf(ComfyError);
});

test.each([
	[
		'more pixels than are taken',
		async () =>
			sharp({ create: { ...picture, width: 9_000, height: 9_000 } })
				.png()
				.toBuffer(),
	],
	[
		'half of a picture',
		async () =>
			(
				await sharp({ create: { ...picture, width: 900 } })
					.png()
					.toBuffer()
			).subarray(0, 300),
	],
	['no picture', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
	['a script', async () => Buffer.from('#!/bin/sh\nexit\n')],
	['nothing at all', async () => Buffer.alloc(0)],
])('%s is no take', async (_, bytes) => {
	answers.set('/view', says(await bytes(), 'image/png'));
	await expect(draw()).rejects.toThrow();
});

test('a picture that is wider than can be kept is made as wide as can be', async () => {
	const wide = await sharp({ create: { ...picture, width: 20_000, height: 100 } })
		.png()
		.toBuffer();
	answers.set('/view', says(wide, 'image/png'));
	const made = await draw();
	expect([made.mediaType, made.widthPx <= 16_383, made.heightPx]).toEqual(['image/webp', true, 82]);
});

test('a server that leads elsewhere is not followed', async () => {
	let asked = 0;
	const other = createServer((_, reply) => void (asked++, reply.end('{}')));
	await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
	closers.push(() => new Promise((resolve) => other.close(resolve)));
	const to = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
	for (const path of ['/view', '/queue', '/object_info'])
		answers.set(path, (_, reply) => void reply.writeHead(302, { Location: to }).end());
	await expect(draw()).rejects.toMatchObject({ code: 'provider-unavailable' });
	expect(asked).toBe(0);
});

test('what nobody understands is told over the socket all the while: the picture is made all the same', async () => {
	answers.set('/ws', () => {});
	const sockets = new WebSocketServer({ server });
	closers.push(() => sockets.close());
	sockets.on('connection', (socket) => {
		socket.on('error', () => {});
		const nonsense = [
			...['', '{', '[]', '{"type":"progress_state"}', '{"type":"__proto__","data":{}}', '{"type":"status","data":7}'],
			...['['.repeat(100_000), `{"type":"executing","data":{"node":${'9'.repeat(10_000)}}}`],
			...[Buffer.alloc(3), Buffer.alloc(8), Buffer.from([0, 0, 0, 4, 255, 255, 255, 255, 1]), Buffer.alloc(100_000, 1)],
			Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]), Buffer.alloc(50, 7)]),
		];
		const timer = setInterval(() => nonsense.forEach((each) => socket.send(each)), 5);
		socket.on('close', () => clearInterval(timer));
	});
	expect((await draw(3_000)).mediaType).toBe('image/webp');
});
