import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { readDurable } from '@reelroom/shared/live/durable.ts';
import { closeCodes, syncMessages, syncPath } from '@reelroom/shared/live/protocol.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { aServer, type TestServer } from '../testing.ts';
import { frame } from './testing.ts';

let server: TestServer;
let token = '';
let projectId = '';
beforeAll(async () => {
	server = await aServer();
	({ token } = await server.person());
	projectId = (
		await server.call('post', '/projects', {
			token,
			body: { name: 'A film', script: `INT. A - DAY\n\n${'x'.repeat(500_000)}` },
		})
	).json.id;
});
afterAll(() => server?.close());

const address = () => `ws://127.0.0.1:${server.port}`;

/** A bare socket to the live document; `closed` resolves with the code of its end. */
async function aSocket() {
	const { json } = await server.call('post', `/projects/${projectId}/ticket`, { token });
	const socket = new WebSocket(`${address()}${syncPath}/${projectId}?ticket=${json.ticket}`);
	socket.on('error', () => {});
	const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
	// The server speaks first: its question shows that the connection was let in.
	await new Promise((resolve) => socket.once('message', resolve));
	return { socket, closed };
}

/** The longest that anybody else waits for an answer until `end` has come. */
async function longestWaitMs(end: Promise<unknown>): Promise<number> {
	let over = false;
	void end.then(() => (over = true));
	let longest = 0;
	do {
		const began = performance.now();
		expect((await server.call('get', '/health')).status).toBe(200);
		longest = Math.max(longest, performance.now() - began);
	} while (!over);
	return longest;
}

test('thousands of edits at once hold nobody up, are slowed down rather than cut off, and are all kept', async () => {
	const { socket, closed } = await aSocket();
	const doc = new Y.Doc();
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	for (let count = 0; count < 15_000; count++) scriptOf(doc).insert(count, 'x');
	const kept = new Promise<void>((resolve) =>
		socket.on('message', (message: Buffer) => {
			const decoder = decoding.createDecoder(message);
			if (decoding.readVarUint(decoder) !== syncMessages.durable) return;
			if (readDurable(decoder).frames === updates.length) resolve();
		}),
	);
	for (const update of updates) socket.send(frame(sync.messageYjsUpdate, update));
	expect(await longestWaitMs(Promise.race([kept, closed]))).toBeLessThan(1000);
	expect(socket.readyState).toBe(WebSocket.OPEN);
	const script = await server.call('get', `/projects/${projectId}/script.fountain`, { token });
	expect(script.text).toContain('x'.repeat(15_000));
	socket.close();
});

test('a flood of words of presence is cut off', async () => {
	const { socket, closed } = await aSocket();
	for (let count = 0; count < 15_000; count++) socket.send(Uint8Array.of(syncMessages.queryAwareness));
	expect(await longestWaitMs(closed)).toBeLessThan(1000);
	expect(await closed).toBe(closeCodes.tooMany);
});

test('a frame that is too large ends its connection and no other', async () => {
	const [large, other] = [await aSocket(), await aSocket()];
	large.socket.send(new Uint8Array(limits.syncFrameBytes + 1));
	expect(await large.closed).toBe(1009);
	const answered = new Promise((resolve) => other.socket.once('message', resolve));
	other.socket.send(frame(sync.messageYjsSyncStep1, Y.encodeStateVector(new Y.Doc())));
	await answered;
	other.socket.close();
});

test('who asks for the document again and again and reads nothing has little piled up for them, and is answered once they read', async () => {
	const { socket } = await aSocket();
	socket.pause();
	const ask = frame(sync.messageYjsSyncStep1, Y.encodeStateVector(new Y.Doc()));
	for (let count = 0; count < 1_000; count++) socket.send(ask);
	const other = await aSocket();
	let bytes = 0;
	const answered = new Promise<void>((resolve) =>
		socket.on('message', (message: Buffer) => {
			bytes += message.length;
			if (message[0] === syncMessages.sync && message[1] === sync.messageYjsSyncStep2) resolve();
		}),
	);
	const read = new Promise((resolve) => socket.once('pong', resolve));
	socket.resume();
	socket.ping();
	await Promise.all([answered, read]);
	expect(bytes).toBeLessThan(limits.syncBacklogBytes);
	expect([socket.readyState, other.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
	for (const each of [socket, other.socket]) each.close();
});

test.each(['/nowhere', '//sync/x', '/syncs', '/live-not', 'http://['])(
	'an upgrade of %s, which nobody serves, is refused and not left open',
	async (path) => {
		const socket = connect(server.port, '127.0.0.1');
		let answer = '';
		socket.on('data', (data) => (answer += String(data)));
		socket.write(
			`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
		);
		await new Promise((resolve) => socket.once('close', resolve));
		expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
	},
);
