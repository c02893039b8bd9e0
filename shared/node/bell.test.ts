import { createSocket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { createRinger, listenBell, type BellAddress } from './bell.ts';
import { createLog } from './log.ts';

const log = createLog('test', 'silent');
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});

/** A worker's bell, and what it heard. */
async function aBell() {
	const heard: string[] = [];
	const bell = await listenBell('127.0.0.1', {
		look: (kind) => void heard.push(kind),
		stop: (id) => void heard.push(id),
	});
	closers.push(bell.close);
	return { heard, address: bell.address };
}
async function aRinger(addresses: () => readonly BellAddress[]) {
	const ringer = await createRinger({ addresses: async () => addresses(), log });
	closers.push(ringer.close);
	return ringer;
}

test('every worker that is known is rung at once, for what waits and for what is to stop', async () => {
	const [first, second] = [await aBell(), await aBell()];
	const ringer = await aRinger(() => [first.address, second.address]);
	ringer.look('video');
	ringer.stop('task-0001');
	for (const { heard } of [first, second]) await expect.poll(() => heard).toEqual(['video', 'task-0001']);
});

test('a worker that came after the server is rung for the first thing that waits then', async () => {
	const addresses: BellAddress[] = [];
	const ringer = await aRinger(() => addresses);
	const late = await aBell();
	addresses.push(late.address);
	// As long as nobody is known, who is there is asked again at each ring, but not more often than one can hear.
	await expect
		.poll(() => {
			ringer.look('image');
			return late.heard.length;
		})
		.toBeGreaterThan(0);
	expect(new Set(late.heard)).toEqual(new Set(['image']));
});

test('who does not know the token, or sends what is no ring, is not heard', async () => {
	const { heard, address } = await aBell();
	const socket = createSocket('udp4');
	closers.push(() => new Promise<void>((closed) => socket.close(() => closed())));
	const messages = ['{', '{}', JSON.stringify({ token: 'guessed', kind: 'image' }), 'x'.repeat(5_000)];
	messages.push(JSON.stringify({ token: address.token, kind: 'book' }));
	for (const message of messages) await new Promise((sent) => socket.send(message, address.port, address.host, sent));
	const ringer = await aRinger(() => [address]);
	ringer.look('render');
	await expect.poll(() => heard).toEqual(['render']);
});
