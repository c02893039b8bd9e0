import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import { messageYjsUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import { afterAll, afterEach } from 'vitest';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo } from '@reelroom/shared/node/mongo.ts';
import { createJournalStore, type JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import { createSnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { syncMessages } from '@reelroom/shared/live/protocol.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { aFaultProxy } from '@reelroom/shared/testing/fault-proxy.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import type { Role } from '@reelroom/shared/workspace/access.ts';
import { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { attachSync, type SyncDeps } from './connection.ts';
import { createDocuments } from './documents.ts';

export type SyncHouse = Awaited<ReturnType<typeof aSyncHouse>>;

/** Opens servers of live documents over one database, and clients of them; all is closed after each test. */
export async function aSyncHouse() {
	const database = await aDatabase();
	const mongo = await connectMongo(database.uri);
	const { db } = mongo;
	const journal = createJournalStore(db);
	const snapshots = createSnapshotStore(db);
	await journal.ensureIndexes();
	const log = createLog('test', 'silent');
	const newId = () => crypto.randomUUID();
	const closers: (() => unknown)[] = [];
	afterEach(async () => {
		for (const close of closers.splice(0).reverse()) await close();
	});
	afterAll(() => mongo.close());

	return {
		db,
		journal,
		snapshots,
		log,
		newId,
		onClose: (close: () => unknown) => void closers.push(close),
		/** A server whose journal may be made to stop or fail. */
		async server(
			options: {
				journal?: JournalStore;
				crossing?: Parameters<typeof createDocuments>[0]['crossing'];
				pingMs?: number;
				rights?: Pick<SyncDeps, 'signInStands' | 'followRights'>;
			} = {},
		) {
			const roles = new Map<string, Role | null>();
			const documents = createDocuments({
				journal: options.journal ?? journal,
				...(options.crossing === undefined ? {} : { crossing: options.crossing }),
				snapshots,
				log,
				newId,
				retryMs: [1, 1],
			});
			await documents.ready;
			const server = createServer();
			const attached = attachSync({
				server,
				documents,
				log,
				...(options.pingMs === undefined ? {} : { pingMs: options.pingMs }),
				allowedOrigin: () => true,
				verifyTicket: async (ticket) => {
					const [accountId = '', projectId = ''] = ticket.split('|');
					return accountId === '' ? null : { accountId, name: accountId, projectId, signInId: accountId };
				},
				signInStands: async () => true,
				...options.rights,
				roleOf: async (accountId) => (roles.has(accountId) ? (roles.get(accountId) ?? null) : 'editor'),
			});
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			const { port } = server.address() as AddressInfo;
			closers.push(async () => {
				await attached.close();
				await documents.close();
				server.close();
			});
			return { documents, roles, port, server };
		},
		async proxy(port: number) {
			const proxy = await aFaultProxy(port);
			closers.push(() => proxy.close());
			return proxy;
		},
		client(port: number, projectId: string, accountId: string): LiveDocument {
			const made = new LiveDocument({
				url: `ws://127.0.0.1:${port}/sync`,
				projectId,
				user: { id: accountId, name: accountId },
				getTicket: async () => `${accountId}|${projectId}`,
				WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
			});
			closers.push(() => made.destroy());
			return made;
		},
		/** A bare socket; `closed` resolves with the code it is closed with. */
		socket(port: number, projectId: string, accountId: string) {
			const socket = new WebSocket(`ws://127.0.0.1:${port}/sync/${projectId}?ticket=${accountId}|${projectId}`);
			const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
			const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
			closers.push(() => socket.terminate());
			return { socket, opened, closed };
		},
		/** The script as the journal has it. */
		async journalled(projectId: string): Promise<string> {
			const doc = new Y.Doc();
			const rows = await journal.rows(projectId);
			const snapshot = await snapshots.read(projectId);
			if (snapshot !== null) Y.applyUpdate(doc, snapshot.update);
			for (const row of rows) Y.applyUpdate(doc, row.update);
			return textOf({ doc });
		},
	};
}

/** A frame of the sync protocol: `step` 0 asks, 1 answers, 2 is an update. */
export function frame(step: number, bytes: Uint8Array): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, syncMessages.sync);
	encoding.writeVarUint(encoder, step);
	encoding.writeVarUint8Array(encoder, bytes);
	return encoding.toUint8Array(encoder);
}

/** A letter at a time from the front, so that each is a piece of its own. */
export function writeBackwards(doc: Y.Doc, letters: number, letter = 'x'): void {
	doc.transact(() => {
		for (let count = 0; count < letters; count++) scriptOf(doc).insert(0, letter);
	});
}

/** The update of what is done to a document. */
export function updateOf(doc: Y.Doc, change: () => void): Uint8Array {
	const before = Y.encodeStateVector(doc);
	change();
	return Y.encodeStateAsUpdate(doc, before);
}

/** Frames just below the largest that is let in, one behind the other; of 80,000 pieces each. */
export function largestFrames(count: number): Uint8Array[] {
	const doc = new Y.Doc();
	// As long as most are: it stands in every piece.
	doc.clientID = 4_000_000_001;
	return Array.from({ length: count }, () => {
		const made = frame(
			messageYjsUpdate,
			updateOf(doc, () => writeBackwards(doc, 80_000)),
		);
		if (made.length < limits.syncFrameBytes * 0.8 || made.length > limits.syncFrameBytes)
			throw new Error(`A frame of ${made.length} bytes is none of the largest.`);
		return made;
	});
}

/** The script of what holds a document. */
export const textOf = ({ doc }: { doc: Y.Doc }): string => scriptOf(doc).toString();

/** Resolves when the condition holds, looking again at each event of the client. */
export function when(client: LiveDocument, holds: () => boolean): Promise<void> {
	return new Promise((resolve) => {
		const look = () => {
			if (!holds()) return;
			off();
			client.doc.off('update', look);
			client.awareness.off('change', look);
			resolve();
		};
		const off = client.onChange(look);
		client.doc.on('update', look);
		client.awareness.on('change', look);
		look();
	});
}

/** Resolves when the client shows Saved. */
export const saved = (client: LiveDocument): Promise<void> => when(client, () => client.saveState === 'saved');
