import * as Y from 'yjs';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { closeCodes } from '@reelroom/shared/live/protocol.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { JournalRow } from '@reelroom/shared/node/stores/journal-store.ts';
import { isServerOwner, serverOwner } from '@reelroom/shared/live/owner.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { BadUpdate, checkUpdate, withoutClients } from './check-update.ts';
import { ClientOwners } from './client-owners.ts';
import { DocumentJournal, type DocumentJournalDeps } from './document-journal.ts';
import { DocumentPresence, type Word } from './document-presence.ts';
import type { FrozenDocument } from './documents-port.ts';
import { updateFrame } from './frames.ts';
import type { JournalPulse } from './journal-pulse.ts';
import { mergeUpdates } from './merge-updates.ts';
import { OwnIds } from './own-ids.ts';
import type { Peer } from './peer.ts';
import { TypingQueue, typingOrigin } from './typing-queue.ts';
import type { Watchers } from './watcher.ts';

export type LifeDeps = DocumentJournalDeps & {
	log: Log;
	pulse: JournalPulse;
	watchers: Watchers;
	onPresence?: (projectId: string, clientId: number, word: Word) => void;
	onEnd: (life: DocumentLife) => void;
};

type Waiter = { resolve: () => void; reject: (error: unknown) => void };

const journalOrigin = Symbol('journal');
/** Of rows that may bring in what was held back. */
const heldOrigin = Symbol('journal and held');
const unloadAfterMs = 30_000;
/** Somebody else's edits in an answer are waited for this long; then whoever brings them may speak for them. */
export const vouchAfterMs = 3_000;
/** Behind this the journal is behind, and whoever floods it waits. */
const mostPendingBytes = 2 * 1024 * 1024;

/** One live document in memory, from its load to its unload. */
export class DocumentLife {
	readonly projectId: string;
	readonly peers = new Set<Peer>();
	readonly presence: DocumentPresence;
	ended = false;
	private readonly owners = new ClientOwners();
	private readonly deps: LifeDeps;
	private readonly journal: DocumentJournal;
	private readonly held = new Y.Doc();
	private readonly typing = new TypingQueue(this.held);
	private readonly ownIds = new OwnIds((clientId, owner) => this.bindOwn(clientId, owner));
	/** Who typed what is not applied yet. */
	private readonly typists = new Set<string>();
	private pending: Uint8Array[] = [];
	private pendingBytes = 0;
	/** Edits of this server that nobody was told of yet: should it die, nobody else could send them again. */
	private untold: Uint8Array[] = [];
	private readonly holding = new Set<Peer>();
	private waiters: Waiter[] = [];
	private readonly acknowledgements = new Acknowledgements(this.held);
	private flushing: Promise<void> | null = null;
	private reconcileTimer: NodeJS.Timeout | undefined;
	private unloadTimer: NodeJS.Timeout | undefined;

	constructor(projectId: string, deps: LifeDeps) {
		this.projectId = projectId;
		this.deps = deps;
		this.presence = new DocumentPresence(this.peers, (clientId, word) => deps.onPresence?.(projectId, clientId, word));
		this.journal = new DocumentJournal(projectId, deps, (update, owners) => {
			// What was held back for want of this comes in with it, and is in no journal yet.
			const { pendingStructs, pendingDs } = this.doc.store;
			const isAll = pendingStructs === null && pendingDs === null;
			Y.applyUpdate(this.doc, update, isAll ? journalOrigin : heldOrigin);
			this.owners.learn(owners);
		});
	}

	/** The document with all that was taken. */
	get doc(): Y.Doc {
		this.settle();
		return this.held;
	}

	/** How many are to be told what is durable. */
	get heard(): number {
		return this.acknowledgements.waiting;
	}

	/** Whether so much waits for the journal that senders should wait too. */
	get isBehind(): boolean {
		return this.pendingBytes + this.typing.bytes > mostPendingBytes;
	}

	async load(): Promise<void> {
		await this.journal.catchUp();
		this.doc.on('update', this.onUpdate);
		this.held.on('afterTransaction', this.onTransaction);
		scriptOf(this.doc).observe((_event, transaction) => {
			if (transaction.origin !== journalOrigin) this.reconcileSoon();
		});
		// Nobody else may speak for the reconciler.
		this.bindOwn(this.doc.clientID, serverOwner());
		this.touch();
	}

	/** Takes in what other servers, or an earlier life, have journalled. */
	async catchUp(): Promise<void> {
		await this.journal.catchUp();
		this.retryHeld();
	}

	/** Takes in a row of the journal; own ones and repeats change nothing. */
	takeRow(row: JournalRow): void {
		const isGap = this.journal.isGapBefore(row);
		this.journal.takeRow(row);
		if (isGap) this.catchUpSoon();
		this.retryHeld();
	}

	/** Makes sure that another edit still fits into what the database takes, or throws `too-large`. */
	async makeRoom(): Promise<void> {
		if (!this.isFull()) return;
		await this.durable();
		await this.journal.compact();
		if (this.isFull()) throw new Problem('too-large', 'This project holds as much as a project can');
	}

	join(peer: Peer): void {
		this.peers.add(peer);
		this.touch();
		this.acknowledgements.join(peer);
		if (this.isSettled()) this.acknowledgements.take()();
		else this.flushSoon();
	}

	leave(peer: Peer): void {
		const wasHere = this.peers.delete(peer);
		this.acknowledgements.leave(peer);
		this.holding.delete(peer);
		if (wasHere && this.peers.size === 0) this.tellLeft();
		this.presence.leave(peer);
		this.touch();
	}

	/**
	 * Takes a peer's edit, or throws when it is malformed, speaks for somebody else, or does not fit any more. False when it must
	 * wait and be offered again: until the journal says whose its ids are, and, for the answer of a client that comes back, until
	 * those whose edits it heard before a server died have sent them themselves. What is its own is taken meanwhile.
	 */
	receive(peer: Peer, update: Uint8Array, answer?: { waitedMs: number; attempt: number }): boolean {
		if (this.takeTyping(peer, update)) return true;
		const { clients, newClients, foreign } = checkUpdate(this.doc, update, this.owners.all, peer.accountId);
		if (foreign.size > 0 && answer === undefined) throw new BadUpdate('The update speaks for somebody else');
		if (clients.size + foreign.size > 0 && this.isFull(update.length)) {
			// Much of it may be what was deleted since, and the next edit finds room again.
			this.compactSoon();
			throw new Problem('too-large', 'This project holds as much as a project can');
		}
		for (const clientId of newClients) this.bind(clientId, peer.accountId);
		if (this.owners.want(clients).length > 0) {
			this.flushSoon(true);
			return this.hold(peer);
		}
		for (const clientId of clients) peer.ids.add(clientId);
		if (foreign.size > 0 && answer !== undefined && !this.isVouchedFor(foreign, answer.waitedMs)) {
			// Once for what it is, once more when its own ids have been written; what comes after changes nothing of it.
			if (answer.attempt <= 1) {
				this.catchUpSoon();
				this.apply(peer, withoutClients(update, foreign));
			}
			return this.hold(peer);
		}
		this.apply(peer, update);
		this.acknowledge(peer);
		return true;
	}

	private apply(peer: Peer, update: Uint8Array): void {
		try {
			Y.applyUpdate(this.doc, update, peer);
		} catch (error) {
			this.broke(error);
			throw error;
		}
		// What others wait for may be there now.
		if (this.holding.size > 0) queueMicrotask(() => this.retryHeld());
	}

	private hold(peer: Peer): false {
		this.holding.add(peer);
		return false;
	}

	private retryHeld(): void {
		const peers = [...this.holding];
		this.holding.clear();
		for (const peer of peers) if (!this.ended) peer.retry();
	}

	/** Whether edits may be taken from somebody else than their writer, who has not come back; throws when the writer is here and has none such. */
	private isVouchedFor(clientIds: ReadonlySet<number>, waitedMs: number): boolean {
		if (waitedMs < vouchAfterMs * 0.95) return false;
		for (const clientId of clientIds)
			if (this.presence.words.has(clientId) || isServerOwner(this.owners.all.get(clientId) ?? ''))
				throw new Problem('unavailable', 'These edits are not known');
		return true;
	}

	/** Counts a frame that brought nothing new. */
	acknowledge(peer: Peer): void {
		peer.received++;
		this.acknowledgements.owe(peer);
		this.flushSoon();
	}

	/** Answers whether the client id is, or now becomes, this account's. */
	bind(clientId: number, accountId: string): boolean {
		return this.owners.bind(clientId, accountId);
	}

	private bindOwn(clientId: number, owner: string): boolean {
		if (!this.bind(clientId, owner)) return false;
		this.owners.want([clientId]);
		return true;
	}

	/** Tells a peer again what is durable; also shows that the connection lives. */
	remind(peer: Peer): void {
		this.acknowledgements.remind(peer);
	}

	/** Edits the document in one transaction, as the account that asked for it. */
	editFor<T>(accountId: string, edit: () => T): T {
		const { doc } = this;
		const own = doc.clientID;
		doc.clientID = this.ownIds.of(accountId);
		try {
			return doc.transact(edit, accountId);
		} finally {
			doc.clientID = own;
		}
	}

	/** The document as it is, with whose its client ids are. */
	freeze<T>(read: (doc: Y.Doc) => T): FrozenDocument<T> {
		const owners = [...this.owners.all].filter(([clientId]) => Y.getState(this.doc.store, clientId) > 0);
		return { update: Y.encodeStateAsUpdate(this.doc), owners, seen: read(this.doc) };
	}

	reconcile(): void {
		clearTimeout(this.reconcileTimer);
		this.reconcileTimer = undefined;
		if (!this.ended) reconcileScenes(this.doc, this.deps.newId);
	}

	/** Resolves when nothing in the document is this server's alone. */
	async told(): Promise<void> {
		if (this.untold.length > 0) await this.durable();
	}

	/** Resolves when everything the document holds now is in the journal. */
	durable(): Promise<void> {
		if (this.ended) return Promise.reject(new Problem('unavailable'));
		this.settle();
		if (this.isSettled()) return Promise.resolve();
		return new Promise((resolve, reject) => {
			this.waiters.push({ resolve, reject });
			this.flushSoon(true);
		});
	}

	/** Drops the document from memory; connections come back and send again what was not acknowledged. */
	end(code: number, reason: string): void {
		if (this.ended) return;
		this.ended = true;
		for (const timer of [this.reconcileTimer, this.unloadTimer]) clearTimeout(timer);
		this.deps.pulse.remove(this);
		this.held.off('update', this.onUpdate);
		for (const waiter of this.waiters.splice(0)) waiter.reject(new Problem('unavailable'));
		for (const peer of [...this.peers]) peer.close(code, reason);
		this.peers.clear();
		this.deps.onEnd(this);
		this.held.destroy();
	}

	/** Makes everything durable, writes a snapshot and ends. */
	async unload(code: number, reason: string): Promise<void> {
		if (this.ended) return;
		await this.durable();
		await this.journal.compact();
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
			if (this.journal.rowsSinceSnapshot > 0) await this.journal.compact();
			// Somebody may have come, or edited, meanwhile.
			if (this.peers.size === 0 && this.isSettled() && this.waiters.length === 0)
				this.end(closeCodes.goingAway, 'Unloaded');
			else this.touch();
		} catch (error) {
			this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not unload a document');
			this.touch();
		}
	}

	private isSettled(): boolean {
		return this.pending.length === 0 && this.flushing === null && this.typing.bytes === 0;
	}

	/** Takes an edit that is nothing but typing: judged, handed on, and applied with others before anybody looks. False when it is more, or cannot be taken yet. */
	takeTyping(peer: Peer, update: Uint8Array): boolean {
		const typed = this.typing.read(update);
		if (typed === null) return false;
		const { client } = typed;
		if (client !== null) {
			if (this.isFull(update.length)) return false;
			if (!this.bind(client, peer.accountId)) throw new BadUpdate('The update speaks for somebody else');
			// Not before the journal says whose the id is.
			if (this.owners.want([client]).length > 0) return false;
			peer.ids.add(client);
		}
		this.relay(update, peer);
		this.typists.add(peer.accountId);
		this.typing.add(update, typed);
		if (this.typing.isLong) this.settle();
		this.acknowledge(peer);
		if (this.holding.size > 0) queueMicrotask(() => this.retryHeld());
		return true;
	}

	private settle(): void {
		try {
			this.typing.settle();
		} catch (error) {
			this.broke(error);
			throw error;
		}
	}

	private relay(update: Uint8Array, from?: unknown): void {
		if (this.peers.size === 0 || (this.peers.size === 1 && this.peers.has(from as Peer))) return;
		const frame = updateFrame(update);
		for (const peer of this.peers) if (peer !== from) peer.update(frame);
	}

	private readonly onTransaction = (done: Y.Transaction): void => {
		const { origin } = done;
		const by =
			origin === typingOrigin
				? [...this.typists]
				: [typeof origin === 'string' ? origin : this.peers.has(origin as Peer) ? (origin as Peer).accountId : null];
		if (origin === typingOrigin) this.typists.clear();
		for (const accountId of by)
			if (accountId !== null) this.deps.watchers.edited(this.projectId, done, accountId, this.owners.all);
	};

	private tellLeft(): void {
		try {
			this.settle();
		} catch {
			return; // It has ended by that, and is read again.
		}
		this.deps.watchers.left(this.projectId);
	}

	private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
		if (origin === journalOrigin || origin === heldOrigin || this.peers.has(origin as Peer)) this.relay(update, origin);
		else if (origin !== typingOrigin) this.untold.push(update);
		if (origin === journalOrigin) return;
		this.pending.push(update);
		this.pendingBytes += update.length;
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

	private flushSoon(isUrgent = false): void {
		if (!this.ended && this.flushing === null) this.deps.pulse.add(this, isUrgent);
	}

	/** Writes what has gathered. */
	beat(): void {
		if (this.ended || this.flushing !== null) return;
		this.flushing = this.flush().finally(() => {
			this.flushing = null;
			if (this.pending.length > 0 || this.waiters.length > 0 || this.acknowledgements.waiting > 0) this.flushSoon();
		});
	}

	/** Appends what is pending as one row, then tells those who sent it that it is durable. */
	private async flush(): Promise<void> {
		try {
			this.typing.settle();
		} catch (error) {
			return this.broke(error);
		}
		const updates = this.pending.splice(0);
		const bytes = this.pendingBytes;
		const owners = this.owners.takeWanted();
		const untold = this.untold.length;
		const waiters = this.waiters.splice(0);
		// Own edits up to here are in `updates` or durable before, and those of other servers come from the journal.
		const tell = this.acknowledgements.take();
		const hasRow = updates.length > 0 || (owners.length > 0 && this.holding.size > 0);
		try {
			if (hasRow) await this.journal.append(mergeUpdates(updates), owners, () => this.ended);
		} catch (error) {
			for (const waiter of waiters) waiter.reject(new Problem('unavailable', undefined, { cause: error }));
			this.deps.log.error({ err: error, projectId: this.projectId }, 'could not append to the journal');
			this.end(closeCodes.goingAway, 'Changes cannot be kept now');
			return;
		}
		if (hasRow) this.owners.learn(owners);
		else this.owners.want(owners.map(([clientId]) => clientId));
		this.pendingBytes -= bytes;
		for (const waiter of waiters) waiter.resolve();
		if (this.ended) return;
		for (const update of this.untold.splice(0, untold)) this.relay(update);
		tell();
		this.retryHeld();
		if (this.journal.isLong) this.compactSoon();
	}

	/** The document may be half changed: what is durable is intact, so everybody starts again from that. */
	private broke(error: unknown): void {
		this.deps.log.error({ err: error, projectId: this.projectId }, 'an update broke a document');
		this.end(closeCodes.goingAway, 'The document is read again');
	}

	private isFull(moreBytes = 0): boolean {
		return this.journal.sizeBytes + this.pendingBytes + this.typing.bytes + moreBytes > limits.documentBytes;
	}

	private catchUpSoon(): void {
		this.catchUp().catch((error: unknown) =>
			this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not read a journal again'),
		);
	}

	private compactSoon(): void {
		this.journal
			.compact()
			.catch((error: unknown) =>
				this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not compact a journal'),
			);
	}
}
