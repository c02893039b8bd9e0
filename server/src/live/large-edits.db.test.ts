import * as decoding from 'lib0/decoding';
import type { WebSocket } from 'ws';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { beforeAll, expect, test } from 'vitest';
import { readDurable } from '@reelroom/shared/live/durable.ts';
import { closeCodes, syncMessages } from '@reelroom/shared/live/protocol.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import type { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { largeEditBytes } from './large-edits.ts';
import {
	aSyncHouse,
	frame,
	largestFrames,
	saved,
	textOf,
	updateOf,
	when,
	writeBackwards,
	type SyncHouse,
} from './testing.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

/** How many of its frames a connection is told to be kept, at any time. */
function keptFrames(socket: WebSocket): { frames: number } {
	const kept = { frames: 0 };
	socket.on('message', (message: Buffer) => {
		const decoder = decoding.createDecoder(message);
		if (decoding.readVarUint(decoder) === syncMessages.durable) kept.frames = readDurable(decoder).frames;
	});
	return kept;
}

/** How long somebody else waits until each letter is shown as saved, and another one has it, at the 95th percentile, until `enough` says so. */
async function lagMs(
	writer: LiveDocument,
	reader: LiveDocument,
	enough: (letters: number) => boolean,
): Promise<number> {
	const lags: number[] = [];
	while (!enough(lags.length)) {
		const began = performance.now();
		scriptOf(writer.doc).insert(0, 'y');
		await Promise.all([saved(writer), when(reader, () => textOf(reader).length === textOf(writer).length)]);
		lags.push(performance.now() - began);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	lags.sort((a, b) => a - b);
	return lags[Math.floor(lags.length * 0.95)] ?? 0;
}

test('who types in another document while several people send frames of a megabyte waits little longer than without them', async () => {
	const { port } = await house.server();
	const [ada, yu] = [house.client(port, 'quiet', 'ada'), house.client(port, 'quiet', 'yu')];
	await Promise.all([saved(ada), saved(yu)]);
	const frames = largestFrames(4);
	const without = await lagMs(ada, yu, (letters) => letters >= 150);
	const heavy = await Promise.all(
		['mallory-1', 'mallory-2', 'mallory-3'].map(async (who) => {
			const { socket, opened } = house.socket(port, `heavy-${who}`, who);
			await opened;
			return socket;
		}),
	);
	// What is kept first is taken at once, and the next ones as the share of the time of their account allows.
	const kept = heavy.map((socket) => keptFrames(socket));
	for (const socket of heavy) for (const each of frames) socket.send(each);
	const meanwhile = await lagMs(ada, yu, () => kept.every(({ frames }) => frames >= 2));
	expect(meanwhile / without).toBeLessThan(20);
}, 120_000);

test('nobody sees half of a large edit, which is shown as saved when all of it is, and what is typed behind it comes behind it', async () => {
	const { port } = await house.server();
	const [ada, yu] = [house.client(port, 'large-1', 'ada'), house.client(port, 'large-1', 'yu')];
	scriptOf(ada.doc).insert(0, 'a word to be replaced');
	await Promise.all([saved(ada), when(yu, () => textOf(yu).length > 0)]);
	const lengths = new Set<number>([textOf(yu).length]);
	yu.doc.on('update', () => lengths.add(textOf(yu).length));
	ada.doc.transact(() => {
		writeBackwards(ada.doc, 30_000);
		scriptOf(ada.doc).delete(30_000, 'a word'.length);
	});
	const whole = textOf(ada);
	scriptOf(ada.doc).insert(0, '>');
	expect(ada.saveState).toBe('saving');
	await saved(ada);
	expect(await house.journalled('large-1')).toBe(`>${whole}`);
	await when(yu, () => textOf(yu) === textOf(ada));
	expect([...lengths]).toEqual([21, whole.length, whole.length + 1]);
});

test('a large edit whose writer leaves at once is taken to its end', async () => {
	const { port, documents } = await house.server();
	const yu = house.client(port, 'large-2', 'yu');
	await saved(yu);
	const doc = new Y.Doc();
	const update = updateOf(doc, () => writeBackwards(doc, 30_000));
	const { socket, opened, closed } = house.socket(port, 'large-2', 'ada');
	await opened;
	socket.send(frame(sync.messageYjsUpdate, update));
	socket.close();
	await closed;
	scriptOf(yu.doc).insert(0, 'yu');
	await when(yu, () => textOf(yu).length === 30_002);
	await (await documents.open('large-2')).durable();
	expect((await house.journalled('large-2')).length).toBe(30_002);
});

test('who comes while a large edit is taken, and whoever asks for the text, gets all of it', async () => {
	const { port, documents } = await house.server();
	const yu = house.client(port, 'large-3', 'yu');
	await saved(yu);
	const doc = new Y.Doc();
	const update = updateOf(doc, () => writeBackwards(doc, 60_000));
	const { socket, opened } = house.socket(port, 'large-3', 'ada');
	await opened;
	socket.send(frame(sync.messageYjsUpdate, update));
	const life = await documents.open('large-3');
	while (!life.large.isTaking) await new Promise((resolve) => setImmediate(resolve));
	const late = house.client(port, 'large-3', 'late');
	const lengths = new Set<number>();
	late.doc.on('update', () => lengths.add(textOf(late).length));
	expect(await documents.read('large-3', (read) => scriptOf(read).length)).toBe(60_000);
	await when(late, () => textOf(late).length === 60_000);
	expect([...lengths]).toEqual([60_000]);
});

test.each([
	['broken in its middle', (update: Uint8Array) => update.fill(0xff, 20_000, 40_000)],
	['cut off', (update: Uint8Array) => update.subarray(0, -10)],
])('a large edit that is %s ends its connection and changes nothing', async (name, spoil) => {
	const { port } = await house.server();
	const room = `large-${name.length}`;
	const yu = house.client(port, room, 'yu');
	scriptOf(yu.doc).insert(0, 'yu');
	await saved(yu);
	const doc = new Y.Doc();
	const update = updateOf(doc, () => writeBackwards(doc, 30_000));
	const { socket, opened, closed } = house.socket(port, room, 'mallory');
	await opened;
	socket.send(frame(sync.messageYjsUpdate, spoil(update)));
	expect(await closed).toBe(closeCodes.badMessage);
	scriptOf(yu.doc).insert(0, '>');
	await saved(yu);
	expect(await house.journalled(room)).toBe('>yu');
});

test('a large edit that follows on edits nobody has is dropped with words, as a small one is', async () => {
	const { port } = await house.server();
	const yu = house.client(port, 'large-4', 'yu');
	await saved(yu);
	const doc = new Y.Doc();
	scriptOf(doc).insert(0, 'nobody has this');
	const update = updateOf(doc, () => writeBackwards(doc, 40_000, 'ten letter'));
	expect(update.length).toBeGreaterThan(largeEditBytes);
	const { socket, opened, closed } = house.socket(port, 'large-4', 'ada');
	await opened;
	socket.send(frame(sync.messageYjsUpdate, update));
	expect(await closed).toBe(closeCodes.tooMany);
	scriptOf(yu.doc).insert(0, 'yu');
	await saved(yu);
	expect(await house.journalled('large-4')).toBe('yu');
});
