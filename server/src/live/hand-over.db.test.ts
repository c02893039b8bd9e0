import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { beforeAll, expect, test } from 'vitest';
import type { JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import { readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import { aSyncHouse, frame, saved, textOf, when, type SyncHouse } from './testing.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

/** A journal that stops writing, as that of a server does which is about to be killed. */
function aStoppingJournal() {
	let isStopped = false;
	const store: JournalStore = {
		...house.journal,
		append: (row) => (isStopped ? new Promise(() => {}) : house.journal.append(row)),
	};
	return { store, stop: () => void (isStopped = true) };
}

/** Two people who heard each other's edits from a server that dies before any of them is in the journal, and a server to come back to. */
async function aDeath(projectId: string) {
	const dying = aStoppingJournal();
	const [first, second] = [await house.server({ journal: dying.store }), await house.server()];
	const [adaWire, yuWire] = [await house.proxy(first.port), await house.proxy(first.port)];
	const ada = house.client(adaWire.port, projectId, 'ada-00001');
	const yu = house.client(yuWire.port, projectId, 'yu-000001');
	await Promise.all([saved(ada), saved(yu)]);
	scriptOf(ada.doc).insert(0, 'ada ');
	await when(yu, () => textOf(yu) === 'ada ');
	scriptOf(yu.doc).insert(4, '愚公 ');
	await when(ada, () => textOf(ada) === 'ada 愚公 ');
	await Promise.all([saved(ada), saved(yu)]);
	dying.stop();
	scriptOf(ada.doc).insert(7, 'one ');
	await when(yu, () => textOf(yu).includes('one'));
	scriptOf(yu.doc).insert(11, '二 ');
	await when(ada, () => textOf(ada).includes('二'));
	scriptOf(ada.doc).delete(11, 1);
	scriptOf(ada.doc).insert(11, 'three');
	await when(yu, () => textOf(yu).includes('three'));
	const move = (wire: typeof adaWire) => {
		wire.to(second.port);
		wire.cut();
	};
	return { first, second, ada, yu, adaWire, yuWire, move };
}

test('people who heard each other before their server died come back to another one, and nothing of it is lost', async () => {
	const { ada, yu, adaWire, yuWire, move } = await aDeath('handover-1');
	move(yuWire);
	move(adaWire);
	await when(yu, () => yu.saveState === 'offline');
	await Promise.all([saved(ada), saved(yu)]);
	expect([textOf(ada), textOf(yu)]).toEqual(Array(2).fill('ada 愚公 one three '));
	expect(await house.journalled('handover-1')).toBe('ada 愚公 one three ');
	expect([ada.closedFor, yu.closedFor]).toEqual([null, null]);
	scriptOf(ada.doc).insert(0, '>');
	await when(yu, () => textOf(yu).startsWith('>'));
	await saved(ada);
});

test('what only one of them can still bring is kept when the other does not come back', async () => {
	const { ada, yu, yuWire, move } = await aDeath('handover-2');
	const last = textOf(ada);
	await ada.destroy();
	move(yuWire);
	await when(yu, () => yu.saveState === 'offline');
	await saved(yu);
	expect(textOf(yu)).toBe(last);
	expect(await house.journalled('handover-2')).toBe(last);
});

test('whoever comes back first does not become the owner of what others wrote', async () => {
	const dying = aStoppingJournal();
	const [first, second] = [await house.server({ journal: dying.store }), await house.server()];
	const adaWire = await house.proxy(first.port);
	const ada = house.client(adaWire.port, 'handover-3', 'ada-00001');
	const yu = house.client(first.port, 'handover-3', 'yu-000001');
	await Promise.all([saved(ada), saved(yu)]);
	dying.stop();
	scriptOf(ada.doc).insert(0, 'first words');
	let heard = 0;
	yu.doc.on('update', () => heard++);
	// What she writes first is told to nobody before the journal says that it is hers.
	const other = house.client(first.port, 'handover-3', 'third-001');
	await when(other, () => other.awareness.getStates().size > 2);
	expect([heard, textOf(other)]).toEqual([0, '']);
	adaWire.to(second.port);
	adaWire.cut();
	await when(ada, () => ada.saveState === 'offline');
	await saved(ada);
	expect(await house.journalled('handover-3')).toBe('first words');
});

test('nobody can answer for somebody who is here', async () => {
	const server = await house.server();
	const ada = house.client(server.port, 'handover-4', 'ada-00001');
	await saved(ada);
	scriptOf(ada.doc).insert(0, 'ada');
	await saved(ada);
	const forged = new Y.Doc();
	Y.applyUpdate(forged, Y.encodeStateAsUpdate(ada.doc));
	forged.clientID = ada.doc.clientID;
	scriptOf(forged).insert(3, ' never said this');
	const mallory = new WebSocket(`ws://127.0.0.1:${server.port}/sync/handover-4?ticket=mallory-1|handover-4`);
	house.onClose(() => mallory.terminate());
	const closed = new Promise<number>((resolve) => mallory.once('close', resolve));
	await new Promise((resolve) => mallory.once('open', resolve));
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, 0);
	sync.writeSyncStep2(encoder, forged);
	mallory.send(encoding.toUint8Array(encoder));
	expect(await closed).toBe(4503);
	scriptOf(ada.doc).insert(3, ' types on');
	await saved(ada);
	expect(await house.journalled('handover-4')).toBe('ada types on');
});

test('nobody can answer for somebody who is only away for a moment', async () => {
	const server = await house.server();
	const wire = await house.proxy(server.port);
	const ada = house.client(server.port, 'handover-8', 'ada-00001');
	const yu = house.client(wire.port, 'handover-8', 'yu-000001');
	await Promise.all([saved(ada), saved(yu)]);
	scriptOf(yu.doc).insert(0, 'yu ');
	await Promise.all([saved(yu), when(ada, () => textOf(ada) === 'yu ')]);
	wire.to(null);
	wire.cut();
	await when(yu, () => yu.saveState === 'offline');
	scriptOf(yu.doc).insert(3, 'the truth');
	const forged = new Y.Doc();
	Y.applyUpdate(forged, Y.encodeStateAsUpdate(ada.doc));
	forged.clientID = yu.doc.clientID;
	scriptOf(forged).insert(3, 'a long lie here');
	const mallory = house.socket(server.port, 'handover-8', 'mallory-1');
	await mallory.opened;
	mallory.socket.send(frame(sync.messageYjsSyncStep2, Y.encodeStateAsUpdate(forged)));
	expect(await mallory.closed).toBe(4503);
	wire.to(server.port);
	await Promise.all([saved(yu), when(ada, () => textOf(ada) === 'yu the truth')]);
	expect(await house.journalled('handover-8')).toBe('yu the truth');
});

test('scenes that a server made are told only once they are in the journal', async () => {
	const dying = aStoppingJournal();
	const server = await house.server({ journal: dying.store });
	const ada = house.client(server.port, 'handover-5', 'ada-00001');
	scriptOf(ada.doc).insert(0, 'INT. ROOM - DAY\n\nWords.\n');
	await saved(ada);
	const yu = house.client(server.port, 'handover-5', 'yu-000001');
	await Promise.all([ada, yu].map((client) => when(client, () => readBoard(client.doc).scenes.length === 1)));
	dying.stop();
	scriptOf(ada.doc).insert(0, 'INT. HALL - DAY\n\nMore.\n\n');
	await when(yu, () => textOf(yu).includes('HALL'));
	expect(await server.documents.read('handover-5', (doc) => readBoard(doc).scenes.length)).toBe(2);
	scriptOf(ada.doc).insert(0, '>');
	await when(yu, () => textOf(yu).startsWith('>'));
	const late = house.client(server.port, 'handover-5', 'late-00001');
	await when(late, () => late.awareness.getStates().size > 2);
	expect([ada, yu, late].map((client) => readBoard(client.doc).scenes.length)).toEqual([1, 1, 0]);
});

test('a server whose journal was folded by another one goes on taking edits', async () => {
	const [one, two] = [await house.server(), await house.server()];
	const yu = house.client(two.port, 'handover-6', 'yu-000001');
	await saved(yu);
	const block = 'x'.repeat(1_000_000);
	const add = (length: number) =>
		one.documents.edit('handover-6', 'ada-00001', (doc) => void scriptOf(doc).insert(0, block.slice(0, length)));
	for (let count = 0; count < 8; count++) await add(1_000_000);
	await add(380_000);
	await one.documents.edit('handover-6', 'ada-00001', (doc) => void scriptOf(doc).delete(1, 8_379_999));
	await when(yu, () => textOf(yu).length === 1);
	const three = await house.server();
	await three.documents.read('handover-6', () => null);
	await Promise.all([one.documents.close(), three.documents.close()]);
	await two.documents.edit('handover-6', 'ada-00001', (doc) => void scriptOf(doc).insert(0, block));
	await when(yu, () => textOf(yu).length === 1_000_001);
});

test('two who heard each other, and a third who does not come back, are taken at their first return', async () => {
	const dying = aStoppingJournal();
	const [first, second] = [await house.server({ journal: dying.store }), await house.server()];
	const wires = [await house.proxy(first.port), await house.proxy(first.port)] as const;
	const ada = house.client(wires[0].port, 'handover-7', 'ada-00001');
	const yu = house.client(wires[1].port, 'handover-7', 'yu-000001');
	const third = house.client(first.port, 'handover-7', 'third-001');
	const three = [ada, yu, third];
	await Promise.all(three.map(saved));
	for (const each of three) {
		scriptOf(each.doc).insert(0, '>');
		await Promise.all(three.map(saved));
	}
	dying.stop();
	// Each writes behind what the one before wrote.
	for (const [word, each] of [
		['one ', ada],
		['two ', yu],
		['three ', third],
		['four', yu],
	] as const) {
		scriptOf(each.doc).insert(textOf(each).length, word);
		await Promise.all(three.map((other) => when(other, () => textOf(other).endsWith(word))));
	}
	await third.destroy();
	let connections = 0;
	second.server.on('upgrade', () => connections++);
	for (const wire of wires) {
		wire.to(second.port);
		wire.cut();
	}
	await Promise.all([ada, yu].map((client) => when(client, () => client.saveState === 'offline')));
	await Promise.all([ada, yu].map(saved));
	expect(await house.journalled('handover-7')).toBe('>>>one two three four');
	expect(connections).toBe(2);
});
