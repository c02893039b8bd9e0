import { randomBytes } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import * as decoding from 'lib0/decoding';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { packedParameter, syncMessages } from '@reelroom/shared/live/protocol.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { aSyncHouse, frame, saved, textOf, when } from './testing.ts';

const house = await aSyncHouse();

/** Writes letters at places all over the script, which no two of them share. */
function writeAllOver(doc: Y.Doc, letters: number): void {
	for (let index = 0; index < letters; index++)
		scriptOf(doc).insert((index * 7919) % (scriptOf(doc).length + 1), String.fromCharCode(97 + (index % 26)));
}

/** The first answer to the question of one who has nothing. */
async function firstAnswer(
	port: number,
	projectId: string,
	isModern: boolean,
): Promise<{ kind: number; bytes: number }> {
	const { socket, opened } = house.socket(
		port,
		projectId,
		isModern ? `reader|${projectId}&${packedParameter}=1&x=` : 'reader',
	);
	await opened;
	return new Promise((resolve) => {
		socket.on('message', (message: Buffer) => {
			const decoder = decoding.createDecoder(message);
			const kind = decoding.readVarUint(decoder);
			const isAnswer =
				kind === syncMessages.packed ||
				(kind === syncMessages.sync && decoding.readVarUint(decoder) === sync.messageYjsSyncStep2);
			if (isAnswer) resolve({ kind, bytes: message.length });
		});
		socket.send(frame(sync.messageYjsSyncStep1, Uint8Array.of(0)));
	});
}

test('who has nothing of a long document gets it in a third of the bytes, and who does not know that form gets it as ever', async () => {
	const server = await house.server();
	const writer = house.client(server.port, 'long', 'writer');
	await saved(writer);
	writeAllOver(writer.doc, 3_000);
	await saved(writer);
	const plain = await firstAnswer(server.port, 'long', false);
	const packed = await firstAnswer(server.port, 'long', true);
	expect([plain.kind, packed.kind]).toEqual([syncMessages.sync, syncMessages.packed]);
	expect(packed.bytes).toBeLessThan(plain.bytes * 0.4);
	const reader = house.client(server.port, 'long', 'reader');
	await saved(reader);
	expect(textOf(reader)).toBe(textOf(writer));
});

test('what is written while a document is packed and sent arrives too', async () => {
	const server = await house.server();
	const writer = house.client(server.port, 'busy', 'writer');
	await saved(writer);
	writeAllOver(writer.doc, 2_000);
	await saved(writer);
	const readers = [1, 2, 3, 4].map((number) => {
		const reader = house.client(server.port, 'busy', `reader ${number}`);
		const isOpening = () => reader.saveState !== 'saved';
		// A letter at each step of the opening.
		reader.onChange(() => isOpening() && writeAllOver(writer.doc, 1));
		return reader;
	});
	await Promise.all(readers.map(saved));
	await saved(writer);
	await Promise.all(readers.map((reader) => when(reader, () => textOf(reader) === textOf(writer))));
});

test('the packed form that is stored with a document opens it after a restart, and none that is older than its last edit is sent', async () => {
	const first = await house.server();
	const writer = house.client(first.port, 'stored', 'writer');
	await saved(writer);
	writeAllOver(writer.doc, 2_000);
	await saved(writer);
	await first.documents.close();
	expect((await house.snapshots.read('stored'))?.packed?.length).toBeGreaterThan(1_000);

	const second = await house.server();
	const [ada, yu] = [house.client(second.port, 'stored', 'ada'), house.client(second.port, 'stored', 'yu')];
	await Promise.all([saved(ada), saved(yu)]);
	expect([textOf(ada), textOf(yu)]).toEqual([textOf(writer), textOf(writer)]);
	writeAllOver(ada.doc, 1);
	await saved(ada);
	const late = house.client(second.port, 'stored', 'late');
	await saved(late);
	expect(textOf(late)).toBe(textOf(ada));
	expect(textOf(late)).not.toBe(textOf(writer));
});

test('a full document that does not shrink is folded all the same, and packed for those who ask', async () => {
	const first = await house.server();
	const writer = house.client(first.port, 'dense', 'writer');
	await saved(writer);
	for (let index = 0; index < 10; index++)
		writer.doc.getMap('noise').set(`${index}`, new Uint8Array(randomBytes(820_000)));
	await saved(writer);
	// One edit of the server may take it above its limit.
	await first.documents.edit('dense', 'writer', (doc) =>
		doc.getMap('noise').set('more', new Uint8Array(randomBytes(900_000))),
	);
	await first.documents.close();
	expect(await house.journal.rows('dense')).toEqual([]);
	const second = await house.server();
	const late = house.client(second.port, 'dense', 'late');
	await saved(late);
	expect(late.doc.getMap('noise').size).toBe(11);
});

/** The kinds of what one who has nothing of a document is sent, in their order, until it has the text and is told what is saved. */
async function opening(port: number, projectId: string, text: string): Promise<string[]> {
	const { socket, opened } = house.socket(port, projectId, `reader|${projectId}&${packedParameter}=1&x=`);
	const doc = new Y.Doc();
	const kinds: string[] = [];
	let isTold = false;
	const done = new Promise<void>((resolve) =>
		socket.on('message', (message: Buffer) => {
			const decoder = decoding.createDecoder(message);
			const kind = decoding.readVarUint(decoder);
			if (kind === syncMessages.packed) {
				kinds.push('packed');
				Y.applyUpdateV2(doc, inflateRawSync(decoding.readVarUint8Array(decoder)));
			} else if (kind === syncMessages.sync) {
				const step = decoding.readVarUint(decoder);
				kinds.push(step === sync.messageYjsSyncStep1 ? 'question' : 'answer');
				if (step !== sync.messageYjsSyncStep1) Y.applyUpdate(doc, decoding.readVarUint8Array(decoder));
				else socket.send(frame(sync.messageYjsSyncStep2, Uint8Array.of(0, 0)));
			} else if (kind === syncMessages.durable) isTold = true;
			if (isTold && textOf({ doc }) === text) resolve();
		}),
	);
	await opened;
	socket.send(frame(sync.messageYjsSyncStep1, Uint8Array.of(0)));
	await done;
	return kinds;
}

test('who opens a document first is sent what is stored of it before the server has built it, and then only what came since', async () => {
	const first = await house.server();
	const writer = house.client(first.port, 'ahead', 'writer');
	await saved(writer);
	writeAllOver(writer.doc, 5_000);
	await saved(writer);
	// Nothing is left to be reconciled while it is folded.
	await first.documents.read('ahead', () => null);
	await first.documents.close();
	const [second, third] = [await house.server(), await house.server()];
	expect(await house.journal.rows('ahead')).toEqual([]);
	expect(await opening(second.port, 'ahead', textOf(writer))).toEqual(['packed', 'question']);
	// In no snapshot yet.
	await second.documents.edit('ahead', 'yu', (doc) => scriptOf(doc).insert(0, 'before the rest '));
	const text = `before the rest ${textOf(writer)}`;
	expect(await opening(third.port, 'ahead', text)).toEqual(['packed', 'question', 'answer']);
	expect(await opening(third.port, 'ahead', text)).toEqual(['question', 'packed']);
});
