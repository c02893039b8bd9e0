import * as Y from 'yjs';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { closeCodes } from '@reelroom/shared/live/protocol.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { JournalRow, JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import type { SnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import { checkUpdate } from './check-update.ts';

/** A connection as the document sees it. */
export type Peer = {
	accountId: string;
	/** Its own client id, told by its first word of presence. */
	clientId: number | null;
	/** Frames with edits taken from it so far. */
	received: number;
	/** Another peer's edit. */
	update(update: Uint8Array): void;
	/** Who is where, as an awareness update; null = this client left. */
	presence(clientId: number, clock: number, state: string): void;
	/** What is durable now: the document's state vector, and how many of this peer's frames. */
	durable(vector: Uint8Array, frames: number): void;
	close(code: number, reason: string): void;
	/** Its role may have changed. */
	revoked(): void;
};

export type LifeDeps = { journal: JournalStore; snapshots: SnapshotStore; log: Log; serverId: string; newId: () => string; retryMs: readonly number[]; onEnd: (life: DocumentLife) => void };

type Waiter = { resolve: () => void; reject: (error: unknown) => void };

const journalOrigin = Symbol('journal');
const compactAfterRows = 500;
const unloadAfterMs = 30_000;
/** Waits between attempts to append before giving up. */
export const defaultRetryMs: readonly number[] = [50, 200, 500, 1000, 2000, 4000];

/** One live document in memory, from its load to its unload. */
export class DocumentLife {
	readonly projectId: string;
	readonly doc = new Y.Doc();
	readonly peers = new Set<Peer>();
	/** Last word of presence of each connected client. */
	readonly presence = new Map<number, { clock: number; state: string }>();
	readonly owners = new Map<number, string>();
	ended = false;
	private readonly deps: LifeDeps;
	private seq = 0;
	private rowsSinceSnapshot = 0;
	private pending: Uint8Array[] = [];
	private newOwners: [number, string][] = [];
	private waiters: Waiter[] = [];
	private durableVector: Uint8Array = Y.encodeStateVector(this.doc);
	private readonly acked = new Map<Peer, number>();
	private flushTimer: NodeJS.Timeout | undefined;
	private flushing: Promise<void> | null = null;
	private reconcileTimer: NodeJS.Timeout | undefined;
	private unloadTimer: NodeJS.Timeout | undefined;
	private compacting: Promise<void> | null = null;

	constructor(projectId: string, deps: LifeDeps) {
		this.projectId = projectId;
		this.deps = deps;
	}

	/** Reads rows before the snapshot: a row compacted in between is then in the snapshot. */
	async load(): Promise<void> {
		await this.catchUp();
		this.durableVector = Y.encodeStateVector(this.doc);
		this.doc.on('update', this.onUpdate);
		scriptOf(this.doc).observe((_event, transaction) => {
			if (transaction.origin !== journalOrigin) this.reconcileSoon();
		});
		this.touch();
	}

	/** Takes in what other servers, or an earlier life, have journalled. */
	async catchUp(): Promise<void> {
		const rows = await this.deps.journal.rows(this.projectId);
		const snapshot = await this.deps.snapshots.read(this.projectId);
		if (snapshot !== null) {
			Y.applyUpdate(this.doc, snapshot.update, journalOrigin);
			for (const [clientId, accountId] of snapshot.owners) this.owners.set(clientId, accountId);
			this.seq = Math.max(this.seq, snapshot.seq);
		}
		for (const row of rows) this.takeRow(row);
		this.rowsSinceSnapshot = rows.length;
	}

	/** Takes in a row of the journal; own ones and repeats change nothing. */
	takeRow(row: JournalRow): void {
		Y.applyUpdate(this.doc, row.update, journalOrigin);
		for (const [clientId, accountId] of row.owners) this.owners.set(clientId, accountId);
		this.seq = Math.max(this.seq, row.seq);
	}

	join(peer: Peer): void {
		this.peers.add(peer);
		this.touch();
		peer.durable(this.durableVector, 0);
	}

	leave(peer: Peer): void {
		this.peers.delete(peer);
		this.acked.delete(peer);
		const said = peer.clientId === null ? undefined : this.presence.get(peer.clientId);
		// The same clock, which awareness takes for a leave: a higher one would hide whoever comes back.
		if (peer.clientId !== null && said !== undefined) this.tellPresence(peer, peer.clientId, said.clock, 'null');
		this.touch();
	}

	/** Takes a peer's edit, or throws when it is malformed or speaks for somebody else. */
	receive(peer: Peer, update: Uint8Array): void {
		const newClients = checkUpdate(this.doc, update, this.owners, peer.accountId);
		try {
			Y.applyUpdate(this.doc, update, peer);
		} catch (error) {
			// The document may be half changed: what is durable is intact, so everybody starts again from that.
			this.deps.log.error({ err: error, projectId: this.projectId }, 'an update broke a document');
			this.end(closeCodes.goingAway, 'The document is read again');
			throw error;
		}
		for (const clientId of newClients) this.bind(clientId, peer.accountId);
		peer.received++;
		this.flushSoon();
	}

	/** Counts a frame that brought nothing new. */
	acknowledge(peer: Peer): void {
		peer.received++;
		this.flushSoon();
	}

	/** Answers whether the client id is, or now becomes, this account's. */
	bind(clientId: number, accountId: string): boolean {
		const owner = this.owners.get(clientId);
		if (owner !== undefined) return owner === accountId;
		this.owners.set(clientId, accountId);
		this.newOwners.push([clientId, accountId]);
		return true;
	}

	tellPresence(from: Peer, clientId: number, clock: number, state: string): void {
		if (state === 'null') this.presence.delete(clientId);
		else this.presence.set(clientId, { clock, state });
		for (const peer of this.peers) if (peer !== from) peer.presence(clientId, clock, state);
	}

	/** Tells a peer again what is durable; also shows that the connection lives. */
	remind(peer: Peer): void {
		peer.durable(this.durableVector, this.acked.get(peer) ?? 0);
	}

	reconcile(): void {
		clearTimeout(this.reconcileTimer);
		this.reconcileTimer = undefined;
		if (!this.ended) reconcileScenes(this.doc, this.deps.newId);
	}

	/** Resolves when everything the document holds now is in the journal. */
	durable(): Promise<void> {
		if (this.ended) return Promise.reject(new Problem('unavailable'));
		if (this.pending.length === 0 && this.flushing === null) return Promise.resolve();
		return new Promise((resolve, reject) => {
			this.waiters.push({ resolve, reject });
			this.flushSoon(0);
		});
	}

	/** Drops the document from memory; connections come back and send again what was not acknowledged. */
	end(code: number, reason: string): void {
		if (this.ended) return;
		this.ended = true;
		for (const timer of [this.flushTimer, this.reconcileTimer, this.unloadTimer]) clearTimeout(timer);
		this.doc.off('update', this.onUpdate);
		for (const waiter of this.waiters.splice(0)) waiter.reject(new Problem('unavailable'));
		for (const peer of [...this.peers]) peer.close(code, reason);
		this.peers.clear();
		this.deps.onEnd(this);
		this.doc.destroy();
	}

	/** Makes everything durable, writes a snapshot and ends. */
	async unload(code: number, reason: string): Promise<void> {
		if (this.ended) return;
		await this.durable();
		await this.compact();
		this.end(code, reason);
	}

	touch(): void {
		clearTimeout(this.unloadTimer);
		if (this.ended || this.peers.size > 0) return;
		this.unloadTimer = setTimeout(() => void this.unloadIfIdle(), unloadAfterMs);
		this.unloadTimer.unref();
	}

	private async unloadIfIdle(): Promise<void> {
		try {
			this.reconcile();
			await this.durable();
			if (this.rowsSinceSnapshot > 0) await this.compact();
			// Somebody may have come, or edited, meanwhile.
			if (this.peers.size === 0 && this.pending.length === 0 && this.flushing === null && this.waiters.length === 0) this.end(closeCodes.goingAway, 'Unloaded');
			else this.touch();
		} catch (error) {
			this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not unload a document');
			this.touch();
		}
	}

	private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
		for (const peer of this.peers) if (peer !== origin) peer.update(update);
		if (origin === journalOrigin) return;
		this.pending.push(update);
		this.flushSoon();
		this.touch();
	};

	private reconcileSoon(): void {
		clearTimeout(this.reconcileTimer);
		this.reconcileTimer = setTimeout(() => {
			try {
				this.reconcile();
			} catch (error) {
				// One document that cannot be read must not end the process that holds all the others.
				this.deps.log.error({ err: error, projectId: this.projectId }, 'could not reconcile a document');
			}
		}, limits.reconcileAfterMs);
	}

	private flushSoon(afterMs: number = limits.syncGatherMs): void {
		if (this.ended || this.flushing !== null) return;
		if (this.flushTimer !== undefined && afterMs > 0) return;
		clearTimeout(this.flushTimer);
		this.flushTimer = setTimeout(() => {
			this.flushTimer = undefined;
			this.flushing = this.flush().finally(() => {
				this.flushing = null;
				const unacked = [...this.peers].some((peer) => (this.acked.get(peer) ?? 0) < peer.received);
				if (this.pending.length > 0 || this.waiters.length > 0 || unacked) this.flushSoon();
			});
		}, afterMs);
	}

	/** Appends what is pending as one row, then tells everybody what is durable. */
	private async flush(): Promise<void> {
		const updates = this.pending.splice(0);
		const owners = this.newOwners.splice(0);
		const waiters = this.waiters.splice(0);
		const frames = new Map([...this.peers].map((peer) => [peer, peer.received]));
		// Own edits up to here are in `updates` or durable before, and those of other servers come from the journal.
		const vector = Y.encodeStateVector(this.doc);
		try {
			if (updates.length > 0) await this.append(Y.mergeUpdates(updates), owners);
			else this.newOwners.push(...owners);
		} catch (error) {
			for (const waiter of waiters) waiter.reject(new Problem('unavailable', undefined, { cause: error }));
			this.deps.log.error({ err: error, projectId: this.projectId }, 'could not append to the journal');
			this.end(closeCodes.goingAway, 'Changes cannot be kept now');
			return;
		}
		for (const waiter of waiters) waiter.resolve();
		if (this.ended) return;
		this.durableVector = vector;
		for (const peer of this.peers) {
			const count = frames.get(peer);
			if (count === undefined) continue;
			this.acked.set(peer, count);
			peer.durable(vector, count);
		}
		if (this.rowsSinceSnapshot >= compactAfterRows && this.compacting === null) {
			void this.compact().catch((error: unknown) => this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not compact a journal'));
		}
	}

	private async append(update: Uint8Array, owners: [number, string][]): Promise<void> {
		const { journal, serverId, newId, retryMs } = this.deps;
		const id = newId();
		for (let attempt = 0; ; ) {
			try {
				// An error after sending says nothing about the row: look before sending again.
				if (attempt > 0 && (await journal.has(id))) break;
				const seq = this.seq + 1;
				if (await journal.append({ id, projectId: this.projectId, seq, update, serverId, owners })) {
					this.seq = Math.max(this.seq, seq);
					break;
				}
				// Another server was first: take in its rows, then take the next place.
				const before = this.seq;
				await this.catchUp();
				if (this.seq === before) this.seq++;
			} catch (error) {
				const wait = retryMs[attempt++];
				if (wait === undefined || this.ended) throw error;
				this.deps.log.warn({ err: error, projectId: this.projectId, attempt }, 'appending to the journal again');
				await new Promise((resolve) => setTimeout(resolve, wait));
			}
		}
		this.rowsSinceSnapshot++;
	}

	/** Writes the snapshot first, then deletes exactly the rows that are in it. */
	private compact(): Promise<void> {
		this.compacting ??= this.writeSnapshot().finally(() => {
			this.compacting = null;
		});
		return this.compacting;
	}

	private async writeSnapshot(): Promise<void> {
		const { journal, snapshots } = this.deps;
		for (let attempt = 0; attempt < 3; attempt++) {
			const before = await snapshots.read(this.projectId);
			const rows = await journal.rows(this.projectId);
			if (rows.length === 0) return;
			// Built apart from the document in memory, which may hold edits that are not durable yet.
			const durable = Y.mergeUpdates([...(before === null ? [] : [before.update]), ...rows.map((row) => row.update)]);
			const doc = new Y.Doc();
			Y.applyUpdate(doc, durable);
			const owners = new Map([...(before?.owners ?? []), ...rows.flatMap((row) => row.owners)]);
			const written = await snapshots.write({
				projectId: this.projectId,
				version: (before?.version ?? 0) + 1,
				seq: Math.max(before?.seq ?? 0, rows.at(-1)?.seq ?? 0),
				update: Y.encodeStateAsUpdate(doc),
				owners: [...owners],
			});
			doc.destroy();
			if (!written) continue;
			await journal.deleteRows(this.projectId, rows.map((row) => row.id));
			this.rowsSinceSnapshot = 0;
			return;
		}
	}
}
