import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { createRoomTeller } from './tell-rooms.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});

/** A server that puts whoever connects in one room, and clients of both ways that note what they are told. */
async function aRoom(...ways: ('websocket' | 'polling')[]) {
	const server = createServer();
	const told = new Server(server);
	told.on('connection', (socket) => void socket.join('room'));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	closers.push(() => told.close());
	const { port } = server.address() as AddressInfo;
	const heard: unknown[][] = [];
	const clients: Socket[] = [];
	for (const way of ways) {
		const own: unknown[] = [];
		heard.push(own);
		const client = io(`http://127.0.0.1:${port}`, { transports: [way], reconnection: false });
		closers.push(() => client.disconnect());
		client.onAny((name: string, about: unknown) => void own.push(name, about));
		await new Promise<void>((resolve) => client.once('connect', resolve));
		clients.push(client);
	}
	return { io: told, tell: createRoomTeller(told), heard, clients };
}

it('whoever is in a room hears all that is told, in its order, whatever its size and way: words, bytes and what Socket.IO says itself', async () => {
	const { io: told, tell, heard } = await aRoom('websocket', 'polling', 'websocket');
	const bytes = Buffer.from([1, 2, 3]);
	const long = '雨 '.repeat(40_000);
	for (let number = 0; number < 50; number++) {
		tell('room', 'said', { number });
		if (number === 20) {
			tell('room', 'seen', { bytes, stage: 'ink' });
			tell('room', 'long', { long });
		}
		// Between two turns of the event loop.
		if (number % 7 === 0) await new Promise(setImmediate);
	}
	await new Promise(setImmediate);
	told.to('room').emit('last', {});
	for (const own of heard) {
		await expect.poll(() => own.at(-2), { timeout: 10_000 }).toBe('last');
		const numbers = own.flatMap((each) => (each as { number?: number }).number ?? []);
		expect(numbers).toEqual(Array.from({ length: 50 }, (_, number) => number));
		const at = own.indexOf('seen');
		expect(own[at - 1]).toEqual({ number: 20 });
		const seen = own[at + 1] as { bytes: Uint8Array; stage: string };
		expect([[...new Uint8Array(seen.bytes)], seen.stage]).toEqual([[1, 2, 3], 'ink']);
		expect(own[at + 3]).toEqual({ long });
	}
});

it('whoever has left, and whoever is in no room, hears nothing', async () => {
	const { io: told, tell, heard } = await aRoom('websocket', 'websocket');
	const [first] = [...told.sockets.sockets.values()];
	await first?.leave('room');
	tell('another', 'said', { number: 1 });
	tell('room', 'said', { number: 2 });
	await expect.poll(() => heard.flat(), { timeout: 10_000 }).toEqual(['said', { number: 2 }]);
});
