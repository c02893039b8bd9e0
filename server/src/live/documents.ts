import { closeCodes } from '@reelroom/shared/live/protocol.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import type { SnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { PresenceStore } from '@reelroom/shared/node/stores/presence-store.ts';
import { createPresenceRelay } from './presence-relay.ts';
import { defaultRetryMs } from './document-journal.ts';
import { DocumentLife } from './document-life.ts';
import { createEditThreads } from './edit-threads.ts';
import { JournalPulse } from './journal-pulse.ts';
import type { Documents, FreezeDocument } from './documents-port.ts';
import { Turns } from './turns.ts';
import { Watchers, type Watcher } from './watcher.ts';

export type LiveDocuments = Documents & {
	/** The document for a connection; it stays loaded while a peer has joined it. */
	open(projectId: string): Promise<DocumentLife>;
	/** The packed form of a document that is being opened, as it is stored, for whoever has nothing of it; null when there is none, or the document is there. */
	storedAhead(projectId: string): Promise<Uint8Array | null>;
	freeze: FreezeDocument;
	/** Tells of edits made here, until the answer is called. */
	watch(watcher: Watcher): () => void;
	/** Resolves when edits of other servers are followed. */
	ready: Promise<void>;
	/** Closes the document of a project that another server has deleted, and deletes what this one may have written since. */
	forget(projectId: string): Promise<void>;
	/** Makes everything durable and lets connections come back elsewhere. */
	close(): Promise<void>;
};

/** Holds the live documents of this server: loaded once, every update journalled before it is called durable. */
export function createDocuments(deps: {
	journal: JournalStore;
	snapshots: SnapshotStore;
	log: Log;
	newId: () => string;
	retryMs?: readonly number[];
	/** By which presence crosses servers; without it each keeps to itself. */
	crossing?: { presences: PresenceStore; bus: Bus };
}): LiveDocuments {
	const { journal, snapshots, log, newId, retryMs = defaultRetryMs } = deps;
	const serverId = newId();
	const lives = new Map<string, DocumentLife>();
	const pulse = new JournalPulse();
	const turns = new Turns();
	const threads = createEditThreads();
	const watchers = new Watchers(log);
	const loading = new Map<string, Promise<DocumentLife>>();
	const reading = new Map<string, DocumentLife>();
	const removed = new Set<string>();
	let rows = 0;
	let closed = false;

	function open(projectId: string): Promise<DocumentLife> {
		if (closed) return Promise.reject(new Problem('unavailable'));
		if (removed.has(projectId)) return Promise.reject(new Problem('not-found'));
		let life = loading.get(projectId);
		if (life === undefined) {
			life = load(projectId);
			loading.set(projectId, life);
			// A failed load must not be remembered.
			life.catch(() => loading.delete(projectId));
		}
		return life;
	}

	async function load(projectId: string): Promise<DocumentLife> {
		const life = new DocumentLife(projectId, {
			journal,
			snapshots,
			log,
			watchers,
			serverId,
			newId,
			rowId: () => `${serverId}-${(++rows).toString(36)}`,
			retryMs,
			pulse,
			turns,
			threads,
			onPresence: (...told) => relay?.told(...told),
			onEnd: () => {
				loading.delete(projectId);
				lives.delete(projectId);
			},
		});
		reading.set(projectId, life);
		try {
			await life.load();
		} finally {
			reading.delete(projectId);
		}
		lives.set(projectId, life);
		void relay?.opened(projectId, life.presence);
		return life;
	}

	async function each(act: (life: DocumentLife) => unknown, ofProjects?: readonly string[]): Promise<void> {
		const chosen = ofProjects === undefined ? [...loading.values()] : ofProjects.flatMap((id) => loading.get(id) ?? []);
		await Promise.all(
			chosen.map(async (promise) => {
				try {
					await act(await promise);
				} catch (error) {
					log.warn({ err: error }, 'a live document could not be reached');
				}
			}),
		);
	}

	/** What is typed while a project is deleted must not stay behind: the rows go once none is on its way. */
	async function remove(projectId: string): Promise<void> {
		removed.add(projectId);
		await each((life) => life.endQuietly(closeCodes.gone, 'The project is deleted'), [projectId]);
		await journal.deleteAll(projectId);
		await snapshots.remove(projectId);
	}

	const relay =
		deps.crossing &&
		createPresenceRelay({
			store: deps.crossing.presences,
			bus: deps.crossing.bus,
			serverId,
			open: () => [...lives].map(([projectId, { presence }]) => [projectId, presence] as const),
			onError: (error) => log.warn({ err: error }, 'presence could not cross'),
		});
	const following = journal.follow(serverId, {
		row(row) {
			void each((life) => life.ended || life.following.takeRow(row), [row.projectId]);
		},
		reopened: () => void each((life) => life.ended || life.following.catchUp()),
		failed: (error) => log.warn({ err: error }, 'following the journal again'),
	});

	return {
		open,
		storedAhead: async (projectId) => reading.get(projectId)?.stored.ahead ?? null,
		watch: (watcher) => watchers.add(watcher),
		ready: following.ready,
		async read(projectId, read) {
			const life = await open(projectId);
			await life.large.whole();
			life.reconcile();
			life.touch();
			return read(life.doc);
		},
		async edit(projectId, origin, edit) {
			const life = await open(projectId);
			await life.makeRoom();
			await life.large.whole();
			life.reconcile();
			life.touch();
			const result = life.editFor(origin, () => edit(life.doc));
			await life.durable();
			return result;
		},
		async freeze(projectId, read) {
			const life = await open(projectId);
			// What was saved on another server a moment ago belongs to it.
			await life.following.catchUp();
			await life.large.whole();
			life.reconcile();
			life.touch();
			const frozen = life.freeze(read);
			await life.durable();
			return frozen;
		},
		revoke(accountId, projectIds) {
			void each((life) => {
				for (const peer of [...life.peers.here]) if (peer.accountId === accountId) peer.revoked();
			}, projectIds);
		},
		remove,
		forget: remove,
		async close() {
			if (closed) return;
			closed = true;
			await relay?.close();
			await each((life) => life.unload(closeCodes.goingAway, 'The server is going away'));
			await following.close();
			await threads.close();
		},
	};
}
