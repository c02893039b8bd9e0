import * as Y from 'yjs';
import * as sync from 'y-protocols/sync';
import { beforeAll, expect, test } from 'vitest';
import { limits } from '@reelroom/shared/limits.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { aSyncHouse, frame, saved, when, type SyncHouse } from './testing.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

test("an update that names somebody else's client id is refused", async () => {
	const { port, documents } = await house.server();
	const ada = house.client(port, 'forged-01', 'ada-00001');
	await saved(ada);
	scriptOf(ada.doc).insert(0, 'ada');
	await saved(ada);
	const forged = new Y.Doc();
	forged.clientID = ada.doc.clientID;
	scriptOf(forged).insert(0, 'ten letters');
	const mallory = house.socket(port, 'forged-01', 'mallory-1');
	await mallory.opened;
	mallory.socket.send(frame(sync.messageYjsUpdate, Y.encodeStateAsUpdate(forged)));
	expect(await mallory.closed).toBe(4400);
	scriptOf(ada.doc).insert(3, ' types on');
	await saved(ada);
	expect(await documents.read('forged-01', (doc) => scriptOf(doc).toString())).toBe('ada types on');
});

/** The long form: FRAMES=100000. */
const mangledFrames = Number(process.env.FRAMES ?? 2_000);

test(
	`${mangledFrames} mangled frames close their connections and harm nobody`,
	async () => {
		const { port, documents } = await house.server();
		const ada = house.client(port, 'mangled-1', 'ada-00001');
		scriptOf(ada.doc).insert(0, 'INT. ROOM - DAY\n\nWords.\n');
		await saved(ada);
		const other = new Y.Doc();
		scriptOf(other).insert(0, '山');
		const sound = [
			frame(2, Y.encodeStateAsUpdate(other)),
			frame(1, Y.encodeStateAsUpdate(ada.doc)),
			frame(0, Y.encodeStateVector(other)),
			Uint8Array.of(3),
			Uint8Array.of(1, 5, 1, 9, 1, 2, 123, 125),
		];
		const codes = new Map<number, number>();
		let seed = 20260801;
		const random = (below: number) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
		let mallory = house.socket(port, 'mangled-1', 'mallory-1');
		await mallory.opened;
		for (let count = 0; count < mangledFrames; count++) {
			const bytes = Uint8Array.from(sound[random(sound.length)] ?? []);
			for (let change = 0; change <= random(4); change++) bytes[random(bytes.length)] = random(256);
			mallory.socket.send(random(5) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes);
			// The pong comes when the frame has been read; a close says it was refused.
			const pong = new Promise<null>((resolve) => mallory.socket.once('pong', () => resolve(null)));
			mallory.socket.ping();
			const code = await Promise.race([pong, mallory.closed]);
			if (code === null) continue;
			expect([4400, 4503]).toContain(code);
			codes.set(code, (codes.get(code) ?? 0) + 1);
			mallory = house.socket(port, 'mangled-1', 'mallory-1');
			await mallory.opened;
		}
		expect(codes.get(4400)).toBeGreaterThan(mangledFrames / 10);
		scriptOf(ada.doc).insert(0, '安');
		await saved(ada);
		expect(await documents.read('mangled-1', (doc) => scriptOf(doc).toString())).toBe(scriptOf(ada.doc).toString());
		// Whatever was taken in, it can be read again.
		const fresh = await house.server();
		expect(await fresh.documents.read('mangled-1', (doc) => scriptOf(doc).toString())).toBe(
			scriptOf(ada.doc).toString(),
		);
	},
	60_000 + mangledFrames * 20,
);

test('an edit larger than a frame may be is not shown as saved, and is not sent again for ever', async () => {
	const { port, server } = await house.server();
	let connections = 0;
	server.on('upgrade', () => connections++);
	const client = house.client(port, 'large-001', 'ada-00001');
	await saved(client);
	scriptOf(client.doc).insert(0, 'x'.repeat(limits.syncFrameBytes));
	await when(client, () => client.closedFor !== null);
	expect(client.closedFor).toBe(1009);
	expect(client.saveState).not.toBe('saved');
	expect(await house.journalled('large-001')).toBe('');
	const other = house.client(port, 'large-001', 'yu-000001');
	await saved(other);
	expect(connections).toBe(2);
});

test('an update that claims a flood of client ids is refused', async () => {
	const { port, documents } = await house.server();
	const doc = new Y.Doc();
	for (let clientId = 1; clientId <= 101; clientId++) {
		doc.clientID = clientId;
		scriptOf(doc).insert(0, 'x');
	}
	const { socket, opened, closed } = house.socket(port, 'crowd-001', 'eve-00001');
	await opened;
	socket.send(frame(sync.messageYjsUpdate, Y.encodeStateAsUpdate(doc)));
	expect(await closed).toBe(4400);
	expect(await documents.read('crowd-001', (held) => scriptOf(held).toString())).toBe('');
});
