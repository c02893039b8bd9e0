import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { beforeAll, expect, test } from 'vitest';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import type { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { aSyncHouse, frame, saved, type SyncHouse } from './testing.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

/** One after the other, as somebody types; answers how long the slowest took from the key to Saved. */
async function slowestSavedMs(writer: LiveDocument, edits: number): Promise<number> {
	let slowest = 0;
	for (let count = 0; count < edits; count++) {
		const began = performance.now();
		scriptOf(writer.doc).insert(0, 'y');
		await saved(writer);
		slowest = Math.max(slowest, performance.now() - began);
	}
	return slowest;
}

/** Far above what a busy machine adds, far below what one account could hold up the others for. */
const mostMs = 2_000;

async function sockets(port: number, projectId: string, accountId: string, count: number) {
	const opened = Array.from({ length: count }, () => house.socket(port, projectId, accountId));
	await Promise.all(opened.map((each) => each.opened));
	return opened.map(({ socket }) => socket);
}

/** A letter at a time from the front, so that each is a piece of its own. */
function writeBackwards(doc: Y.Doc, letters: number): void {
	doc.transact(() => {
		for (let count = 0; count < letters; count++) scriptOf(doc).insert(0, 'x');
	});
}

test('many connections that wait with edits in the name of somebody who types do not keep that person from being saved', async () => {
	const server = await house.server();
	const ada = house.client(server.port, 'costly-1', 'ada-00001');
	scriptOf(ada.doc).insert(0, 'ada');
	await saved(ada);
	const forged = new Y.Doc();
	Y.applyUpdate(forged, Y.encodeStateAsUpdate(ada.doc));
	forged.clientID = ada.doc.clientID;
	const before = Y.encodeStateVector(forged);
	writeBackwards(forged, 55_000);
	const answer = frame(sync.messageYjsSyncStep2, Y.encodeStateAsUpdate(forged, before));
	for (const socket of await sockets(server.port, 'costly-1', 'mallory-1', 30)) socket.send(answer);
	expect(await slowestSavedMs(ada, 50)).toBeLessThan(mostMs);
	expect(await house.journalled('costly-1')).toBe(`${'y'.repeat(50)}ada`);
}, 60_000);

test('a reader who asks for the whole of a long document again and again does not keep its writer from being saved', async () => {
	const server = await house.server();
	server.roles.set('mallory-1', 'viewer');
	const ada = house.client(server.port, 'costly-2', 'ada-00001');
	await saved(ada);
	writeBackwards(ada.doc, 30_000);
	await saved(ada);
	const question = frame(sync.messageYjsSyncStep1, Uint8Array.of(0));
	const asking = await sockets(server.port, 'costly-2', 'mallory-1', 10);
	for (const socket of asking) for (let count = 0; count < 100; count++) socket.send(question);
	expect(await slowestSavedMs(ada, 50)).toBeLessThan(mostMs);
}, 60_000);
