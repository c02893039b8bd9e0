import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MongoClient } from 'mongodb';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import * as sync from 'y-protocols/sync';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { limits } from '@reelroom/shared/limits.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { createJournalStore, type JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import { createSnapshotStore, type SnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import { readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import type { Role } from '@reelroom/shared/workspace/access.ts';
import { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { attachSync } from './connection.ts';
import { createDocuments } from './documents.ts';

let journal: JournalStore;
let snapshots: SnapshotStore;
const log = createLog('test', 'silent');
const newId = () => crypto.randomUUID();
const closers: (() => unknown)[] = [];

beforeAll(async () => {
	const database = await aDatabase();
	const client = await MongoClient.connect(database.uri, { promoteBuffers: true });
	journal = createJournalStore(client.db());
	snapshots = createSnapshotStore(client.db());
	await journal.ensureIndexes();
	return () => client.close();
});

afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});

async function aServer(options: { journal?: JournalStore } = {}) {
	const roles = new Map<string, Role | null>();
	const documents = createDocuments({ journal: options.journal ?? journal, snapshots, log, newId, retryMs: [1, 1] });
	await documents.ready;
	const server = createServer();
	const attached = attachSync({
		server,
		documents,
		log,
		allowedOrigin: () => true,
		verifyTicket: async (ticket) => {
			const [accountId = '', projectId = ''] = ticket.split('|');
			return accountId === '' ? null : { accountId, name: accountId, projectId };
		},
		roleOf: async (accountId) => (roles.has(accountId) ? (roles.get(accountId) ?? null) : 'editor'),
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync`;
	const close = async () => {
		await attached.close();
		await documents.close();
		server.close();
	};
	closers.push(close);
	return { documents, url, roles, attached, server };
}

function aClient(url: string, projectId: string, accountId: string): LiveDocument {
	const client = new LiveDocument({
		url,
		projectId,
		user: { id: accountId, name: accountId },
		getTicket: async () => `${accountId}|${projectId}`,
		WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
	});
	closers.push(() => client.destroy());
	return client;
}

/** Resolves when the condition holds, looking again at each event of the client. */
function when(client: LiveDocument, holds: () => boolean): Promise<void> {
	return new Promise((resolve) => {
		const look = () => {
			if (!holds()) return;
			off();
			client.doc.off('update', look);
			resolve();
		};
		const off = client.onChange(look);
		client.doc.on('update', look);
		look();
	});
}

const saved = (client: LiveDocument) => when(client, () => client.saveState === 'saved');

async function journalled(projectId: string): Promise<string> {
	const doc = new Y.Doc();
	const rows = await journal.rows(projectId);
	const snapshot = await snapshots.read(projectId);
	if (snapshot !== null) Y.applyUpdate(doc, snapshot.update);
	for (const row of rows) Y.applyUpdate(doc, row.update);
	return scriptOf(doc).toString();
}

function frame(step: number, bytes: Uint8Array): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, 0);
	encoding.writeVarUint(encoder, step);
	encoding.writeVarUint8Array(encoder, bytes);
	return encoding.toUint8Array(encoder);
}

/** A bare socket; resolves with the code it is closed with. */
function aSocket(url: string, projectId: string, accountId: string) {
	const socket = new WebSocket(`${url}/${projectId}?ticket=${accountId}|${projectId}`);
	const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
	const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
	closers.push(() => socket.terminate());
	return { socket, opened, closed };
}

test('two people typing English and Chinese at once end with the same text', async () => {
	const { url, documents } = await aServer();
	const [ada, yu] = [aClient(url, 'converge-1', 'ada-00001'), aClient(url, 'converge-1', 'yu-000001')];
	await Promise.all([saved(ada), saved(yu)]);
	for (const letter of 'INT. ROOM - DAY\n\n') scriptOf(ada.doc).insert(scriptOf(ada.doc).length, letter);
	for (const letter of '愚公移山，叩石垦壤。') scriptOf(yu.doc).insert(scriptOf(yu.doc).length, letter);
	await Promise.all([saved(ada), saved(yu)]);
	const text = await documents.read('converge-1', (doc) => scriptOf(doc).toString());
	await Promise.all([ada, yu].map((client) => when(client, () => scriptOf(client.doc).toString() === text)));
	expect(text).toContain('愚公移山，叩石垦壤。');
	await when(yu, () => readBoard(yu.doc).scenes.length > 0);
});

test('what was shown as saved is there after the server was killed', async () => {
	const first = await aServer();
	const ada = aClient(first.url, 'killed-01', 'ada-00001');
	await saved(ada);
	for (let round = 0; round < 10; round++) {
		scriptOf(ada.doc).insert(0, `${round}行\n`);
		if (round % 3 === 2) scriptOf(ada.doc).delete(0, 1);
		expect(ada.saveState).toBe('saving');
		await saved(ada);
		expect(await journalled('killed-01')).toBe(scriptOf(ada.doc).toString());
	}
	// The first server is simply never asked again.
	const second = await aServer();
	expect(await second.documents.read('killed-01', (doc) => scriptOf(doc).toString())).toBe(
		scriptOf(ada.doc).toString(),
	);
});

test('a deletion is shown as saved only when it is in the journal', async () => {
	let release = () => {};
	let held: Promise<void> | null = null;
	const slow: JournalStore = {
		...journal,
		append: async (row) => {
			await held;
			return journal.append(row);
		},
	};
	const { url } = await aServer({ journal: slow });
	const ada = aClient(url, 'durable-1', 'ada-00001');
	scriptOf(ada.doc).insert(0, 'abc');
	await saved(ada);
	held = new Promise((resolve) => (release = resolve));
	scriptOf(ada.doc).delete(0, 1);
	const yu = aClient(url, 'durable-1', 'yu-000001');
	await when(yu, () => scriptOf(yu.doc).toString() === 'bc');
	expect([ada.saveState, ada.pendingChanges, await journalled('durable-1')]).toEqual(['saving', 1, 'abc']);
	release();
	await saved(ada);
	expect(await journalled('durable-1')).toBe('bc');
});

test('when the reply to a write is lost, the edit is in the journal once', async () => {
	let lose = false;
	const rowsOf = async () => (await journal.rows('lost-0001')).length;
	const losing: JournalStore = {
		...journal,
		append: async (row) => {
			const appended = await journal.append(row);
			if (!lose) return appended;
			lose = false;
			throw new Error('The reply was lost');
		},
	};
	const { documents } = await aServer({ journal: losing });
	lose = true;
	await documents.edit('lost-0001', 'ada-00001', (doc) => scriptOf(doc).insert(0, 'once'));
	expect([lose, await journalled('lost-0001'), await rowsOf()]).toEqual([false, 'once', 1]);
});

test('while the journal cannot be written nobody is told Saved, and what was typed is sent again', async () => {
	let failures = 0;
	const failing: JournalStore = {
		...journal,
		append: (row) => (failures-- > 0 ? Promise.reject(new Error('No primary')) : journal.append(row)),
	};
	const { url, documents } = await aServer({ journal: failing });
	const ada = aClient(url, 'failing-1', 'ada-00001');
	await saved(ada);
	// One write with all its attempts fails for good.
	failures = 3;
	const states: string[] = [];
	ada.onChange(() => states.push(ada.saveState));
	const refused = expect(
		documents.edit('failing-1', 'yu-000001', (doc) => scriptOf(doc).insert(0, 'yu')),
	).rejects.toMatchObject({ code: 'unavailable' });
	scriptOf(ada.doc).insert(0, 'ada');
	await refused;
	await when(ada, () => ada.saveState === 'offline');
	expect(states).not.toContain('saved');
	await saved(ada);
	expect(await journalled('failing-1')).toContain('ada');
});

test("an edit of the server is durable when it resolves, and two servers see each other's edits", async () => {
	const [one, two] = [await aServer(), await aServer()];
	const yu = aClient(two.url, 'servers-1', 'yu-000001');
	await saved(yu);
	await one.documents.edit('servers-1', 'ada-00001', (doc) => scriptOf(doc).insert(0, 'one '));
	expect(await journalled('servers-1')).toBe('one ');
	await when(yu, () => scriptOf(yu.doc).toString() === 'one ');
	scriptOf(yu.doc).insert(4, 'two');
	await saved(yu);
	await one.documents.edit('servers-1', 'ada-00001', (doc) => scriptOf(doc).insert(0, '>'));
	await when(yu, () => scriptOf(yu.doc).toString() === '>one two');
});

test('a reader sees everything, and their edits are refused', async () => {
	const { url, roles, documents } = await aServer();
	roles.set('viewer-01', 'viewer');
	await documents.edit('reader-01', 'ada-00001', (doc) => scriptOf(doc).insert(0, 'words'));
	const viewer = aClient(url, 'reader-01', 'viewer-01');
	await when(viewer, () => scriptOf(viewer.doc).toString() === 'words');
	await saved(viewer);
	scriptOf(viewer.doc).insert(0, 'not ');
	await when(viewer, () => !viewer.canEdit);
	expect(viewer.saveState).not.toBe('saved');
	expect(await documents.read('reader-01', (doc) => scriptOf(doc).toString())).toBe('words');
});

test("an update that names somebody else's client id is refused", async () => {
	const { url, documents } = await aServer();
	const ada = aClient(url, 'forged-01', 'ada-00001');
	await saved(ada);
	scriptOf(ada.doc).insert(0, 'ada');
	await saved(ada);
	const forged = new Y.Doc();
	forged.clientID = ada.doc.clientID;
	scriptOf(forged).insert(0, 'ten letters');
	const mallory = aSocket(url, 'forged-01', 'mallory-1');
	await mallory.opened;
	mallory.socket.send(frame(sync.messageYjsUpdate, Y.encodeStateAsUpdate(forged)));
	expect(await mallory.closed).toBe(4400);
	scriptOf(ada.doc).insert(3, ' types on');
	await saved(ada);
	expect(await documents.read('forged-01', (doc) => scriptOf(doc).toString())).toBe('ada types on');
});

test('two thousand mangled frames close their connections and harm nobody', async () => {
	const { url, documents } = await aServer();
	const ada = aClient(url, 'mangled-1', 'ada-00001');
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
	let mallory = aSocket(url, 'mangled-1', 'mallory-1');
	await mallory.opened;
	for (let count = 0; count < 2000; count++) {
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
		mallory = aSocket(url, 'mangled-1', 'mallory-1');
		await mallory.opened;
	}
	expect(codes.get(4400)).toBeGreaterThan(200);
	scriptOf(ada.doc).insert(0, '安');
	await saved(ada);
	expect(await documents.read('mangled-1', (doc) => scriptOf(doc).toString())).toBe(scriptOf(ada.doc).toString());
	// Whatever was taken in, it can be read again.
	const fresh = await aServer();
	expect(await fresh.documents.read('mangled-1', (doc) => scriptOf(doc).toString())).toBe(scriptOf(ada.doc).toString());
});

test('a document that is full refuses edits, loses nothing, and takes them again when something was deleted', async () => {
	const { documents, url } = await aServer();
	const client = aClient(url, 'full-0001', 'ada-00001');
	await saved(client);
	const block = 'x'.repeat(1_000_000);
	for (let count = 0; count < 8; count++)
		await documents.edit('full-0001', 'yu-000001', (doc) => scriptOf(doc).insert(0, block));
	await when(client, () => scriptOf(client.doc).length === 8_000_000);
	scriptOf(client.doc).insert(0, 'y'.repeat(500_000));
	await when(client, () => !client.canEdit);
	expect(client.refusal).toMatchObject({ code: 'too-large' });
	expect(client.saveState).not.toBe('saved');
	expect(await journalled('full-0001')).toHaveLength(8_000_000);
	const other = aClient(url, 'full-0001', 'yu-000001');
	await saved(other);
	scriptOf(other.doc).delete(0, 4_000_000);
	await saved(other);
	await documents.edit('full-0001', 'yu-000001', (doc) => scriptOf(doc).insert(0, block));
	// Room is found by folding the rows, which tells the next edit.
	await documents.edit('full-0001', 'yu-000001', (doc) => scriptOf(doc).insert(0, block));
	expect(await journalled('full-0001')).toHaveLength(6_000_000);
});

test('an edit larger than a frame may be is not shown as saved, and is not sent again for ever', async () => {
	const { url, server } = await aServer();
	let connections = 0;
	server.on('upgrade', () => connections++);
	const client = aClient(url, 'large-001', 'ada-00001');
	await saved(client);
	scriptOf(client.doc).insert(0, 'x'.repeat(limits.syncFrameBytes));
	await when(client, () => client.closedFor !== null);
	expect(client.closedFor).toBe(1009);
	expect(client.saveState).not.toBe('saved');
	expect(await journalled('large-001')).toBe('');
	const other = aClient(url, 'large-001', 'yu-000001');
	await saved(other);
	expect(connections).toBe(2);
});

test('an update that claims a flood of client ids is refused', async () => {
	const { url, documents } = await aServer();
	const doc = new Y.Doc();
	for (let clientId = 1; clientId <= 101; clientId++) {
		doc.clientID = clientId;
		scriptOf(doc).insert(0, 'x');
	}
	const { socket, opened, closed } = aSocket(url, 'crowd-001', 'eve-00001');
	await opened;
	socket.send(frame(sync.messageYjsUpdate, Y.encodeStateAsUpdate(doc)));
	expect(await closed).toBe(4400);
	expect(await documents.read('crowd-001', (held) => scriptOf(held).toString())).toBe('');
});

test('a document asked for by many at once is loaded once', async () => {
	let reads = 0;
	const counting: JournalStore = { ...journal, rows: (projectId) => (reads++, journal.rows(projectId)) };
	const { documents } = await aServer({ journal: counting });
	await Promise.all(Array.from({ length: 20 }, () => documents.read('loaded-01', () => null)));
	expect(reads).toBe(1);
});

test('compaction keeps every edit and removes the rows', async () => {
	const first = await aServer();
	for (let count = 0; count < 20; count++)
		await first.documents.edit('compact-1', 'ada-00001', (doc) => scriptOf(doc).insert(0, `${count} `));
	const text = await first.documents.read('compact-1', (doc) => scriptOf(doc).toString());
	await first.documents.close();
	expect(await journal.rows('compact-1')).toEqual([]);
	const second = await aServer();
	expect(await second.documents.read('compact-1', (doc) => scriptOf(doc).toString())).toBe(text);
});

test('a deleted project closes its connections for good', async () => {
	const { url, documents } = await aServer();
	const ada = aClient(url, 'removed-1', 'ada-00001');
	await saved(ada);
	await documents.remove('removed-1');
	await when(ada, () => ada.closedFor === 4404);
	expect(await journal.rows('removed-1')).toEqual([]);
});

test('somebody whose role has ended is cut off for good, one whose role changed comes back with it', async () => {
	const { url, documents, roles } = await aServer();
	const [ada, yu] = [aClient(url, 'revoked-1', 'ada-00001'), aClient(url, 'revoked-1', 'yu-000001')];
	await Promise.all([saved(ada), saved(yu)]);
	roles.set('ada-00001', null);
	roles.set('yu-000001', 'viewer');
	documents.revoke('ada-00001', ['revoked-1']);
	documents.revoke('yu-000001', ['revoked-1']);
	await when(ada, () => ada.closedFor === 4403);
	await when(yu, () => yu.saveState !== 'saved');
	await saved(yu);
	scriptOf(yu.doc).insert(0, 'no');
	await when(yu, () => !yu.canEdit);
	const back = aClient(url, 'revoked-1', 'ada-00001');
	await when(back, () => back.closedFor === 4404);
});

test("others see who is there under their account's name, whatever they claim, and see them come back", async () => {
	const { url } = await aServer();
	const ada = aClient(url, 'presence1', 'ada-00001');
	await saved(ada);
	ada.awareness.setLocalStateField('user', { id: 'yu-000001', name: 'Yu', colour: 'red' });
	const seen = (client: LiveDocument) => client.awareness.getStates().get(ada.doc.clientID);
	const yu = aClient(url, 'presence1', 'yu-000001');
	const sees = (holds: () => boolean) =>
		new Promise<void>((resolve) => {
			const look = () => holds() && resolve();
			yu.awareness.on('change', look);
			look();
		});
	await sees(() => seen(yu)?.['user']?.colour === 'red');
	expect(seen(yu)).toEqual({ user: { id: 'ada-00001', name: 'ada-00001', colour: 'red' } });
	const gone = sees(() => seen(yu) === undefined);
	await ada.destroy();
	await gone;
});
