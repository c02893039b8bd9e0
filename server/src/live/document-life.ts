import * as Y from 'yjs';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { closeCodes } from '@reelroom/shared/live/protocol.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { JournalRow } from '@reelroom/shared/node/stores/journal-store.ts';
import { serverOwner } from '@reelroom/shared/live/owner.ts';
import { applyBeforeAside, withoutAside } from './aside.ts';
import { ClientOwners } from './client-owners.ts';
import { DocumentIntake, type Offer } from './document-intake.ts';
import { DocumentJournal, type DocumentJournalDeps } from './document-journal.ts';
import { DocumentPresence, type Word } from './document-presence.ts';
import { DocumentWriting } from './document-writing.ts';
import type { FrozenDocument } from './documents-port.ts';
import { updateFrame } from './frames.ts';
import type { EditThreads } from './edit-threads.ts';
import type { JournalPulse } from './journal-pulse.ts';
import { LargeEdit, LargeEdits } from './large-edits.ts';
import { OwnIds } from './own-ids.ts';
import { PackedDocument, worthPackingBytes } from './pack-document.ts';
import type { Peer } from './peer.ts';
import { TypingQueue, typingOrigin } from './typing-queue.ts';
import type { Turns } from './turns.ts';
import type { Watchers } from './watcher.ts';

export type LifeDeps = DocumentJournalDeps & {
	log: Log;
	pulse: JournalPulse;
	turns: Turns;
	threads: EditThreads;
	watchers: Watchers;
	onPresence?: (projectId: string, clientId: number, word: Word) => void;
	onEnd: (life: DocumentLife) => void;
};

const journalOrigin = Symbol('journal');
/** Of what was kept aside until a row brought what it follows on. */
const heldOrigin = Symbol('journal and held');
const unloadAfterMs = 30_000;
const mostOffering = 50;

/** One live document in memory, from its load to its unload. */
export class DocumentLife {
	readonly projectId: string;
	readonly peers = new Set<Peer>();
	/** Those who have left while their edits were judged. */
	private readonly offering = new Set<Peer>();
	readonly presence: DocumentPresence;
	readonly large: LargeEdits;
	ended = false;
	private readonly owners = new ClientOwners();
	private readonly deps: LifeDeps;
	private readonly journal: DocumentJournal;
	private readonly held = new Y.Doc();
	private readonly typing = new TypingQueue(this.held);
	private readonly ownIds = new OwnIds((clientId, owner) => this.bindOwn(clientId, owner));
	/** Who typed what is not applied yet. */
	private readonly typists = new Set<string>();
	private readonly writing: DocumentWriting;
	private readonly intake: DocumentIntake;
	private readonly packing = new PackedDocument();
	private catchingUp: Promise<void> | null = null;
	private isToCatchUp = false;
	private reconcileTimer: NodeJS.Timeout | undefined;
	private unloadTimer: NodeJS.Timeout | undefined;

	constructor(projectId: string, deps: LifeDeps) {
		this.projectId = projectId;
		this.deps = deps;
		this.presence = new DocumentPresence(this.peers, (clientId, word) => deps.onPresence?.(projectId, clientId, word));
		this.journal = new DocumentJournal(projectId, deps, (update, owners) => {
			// What was kept aside for want of this comes in behind it, and is in no journal yet.
			applyBeforeAside(this.doc, update, { update: journalOrigin, aside: heldOrigin });
			this.owners.learn(owners);
		});
		const { held, journal, owners, typing, presence } = this;
		const shared = { owners, typing, ended: () => this.ended, broke: (error: unknown) => this.broke(error) };
		this.large = new LargeEdits({
			...deps,
			...shared,
			doc: () => this.doc,
			took: (edit, change) => this.took(edit, change),
		});
		this.writing = new DocumentWriting({
			...shared,
			isHalf: () => this.large.isTaking,
			projectId,
			log: deps.log,
			pulse: deps.pulse,
			doc: held,
			journal,
			isAwaited: () => this.intake.isHolding,
			relay: (update) => this.relay(update),
			written: () => this.written(),
			end: (code, reason) => this.end(code, reason),
		});
		this.intake = new DocumentIntake({
			...shared,
			large: this.large,
			doc: () => this.doc,
			settle: () => this.settle(),
			presence,
			isHere: (clientId) => [...this.peers].some((peer) => peer.ids.has(clientId)),
			isFull: (moreBytes) => this.isFull(moreBytes),
			typed: (peer, update) => {
				this.relay(update, peer);
				this.typists.add(peer.accountId);
			},
			taken: (peer) => void (this.peers.has(peer) && this.acknowledge(peer)),
			writeOwners: () => this.writing.soon(true),
			catchUpSoon: () => this.catchUpSoon(),
			compactSoon: () => this.compactSoon(),
		});
	}

	/** The document with all that was taken. */
	get doc(): Y.Doc {
		this.settle();
		return this.held;
	}

	/** Whether so much waits for the journal that senders should wait too. */
	get isBehind(): boolean {
		return this.writing.isBehind;
	}

	async load(): Promise<void> {
		const packed = await this.journal.catchUp();
		if (packed !== null) this.packing.know(packed);
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
		this.intake.retry();
	}

	/** Takes in a row of the journal; own ones and repeats change nothing. */
	takeRow(row: JournalRow): void {
		const isGap = this.journal.isGapBefore(row);
		this.journal.takeRow(row);
		if (isGap) this.catchUpSoon();
		this.intake.retry();
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
		const { acknowledgements } = this.writing;
		acknowledgements.join(peer);
		if (this.writing.isSettled) acknowledgements.take()();
		else this.writing.soon();
	}

	leave(peer: Peer): void {
		const wasHere = this.peers.delete(peer);
		this.writing.acknowledgements.leave(peer);
		if (peer.isOffering) this.offering.add(peer);
		else this.intake.leave(peer);
		if (wasHere && this.peers.size === 0) this.tellLeft();
		this.presence.leave(peer);
		this.touch();
	}

	/** Whether somebody who leaves may leave edits behind that have not been judged yet. */
	mayOffer(): boolean {
		return !this.ended && this.offering.size < mostOffering;
	}

	/** Nothing that this peer left behind is to be judged any more. */
	forget(peer: Peer): void {
		this.offering.delete(peer);
		this.intake.leave(peer);
	}

	/** Takes a peer's edit, or throws when it cannot be one. False when it must wait and be offered again. */
	receive(peer: Peer, update: Uint8Array, offer: Offer): boolean | Promise<void> {
		return this.intake.receive(peer, update, offer);
	}

	/** Takes an edit that is nothing but typing; false when it is more, or cannot be taken yet. */
	takeTyping(peer: Peer, update: Uint8Array): boolean {
		return this.intake.takeTyping(peer, update);
	}

	/** Counts a frame that brought nothing new. */
	acknowledge(peer: Peer): void {
		peer.received++;
		this.writing.acknowledgements.owe(peer);
		this.writing.soon();
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
		this.writing.acknowledgements.remind(peer);
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
		return { update: withoutAside(this.doc, () => Y.encodeStateAsUpdate(this.doc)), owners, seen: read(this.doc) };
	}

	/** The document in its packed form, for whoever has nothing of it; null when it is too small for that. */
	async packed(): Promise<Uint8Array | null> {
		const { doc } = this;
		return this.journal.sizeBytes + this.writing.bytes < worthPackingBytes ? null : this.packing.of(doc);
	}

	reconcile(): void {
		clearTimeout(this.reconcileTimer);
		this.reconcileTimer = undefined;
		if (!this.ended) reconcileScenes(this.doc, this.deps.newId);
	}

	private took({ peer }: LargeEdit, change: Uint8Array | null): void {
		if (change !== null) {
			this.relay(change, peer);
			this.writing.add(change);
		}
		if (this.peers.has(peer)) this.acknowledge(peer);
		this.writing.soon();
		this.intake.retrySoon();
	}

	/** Resolves when nothing in the document is this server's alone. */
	told(): Promise<void> {
		return this.writing.told();
	}

	/** Resolves when everything the document holds now is in the journal. */
	async durable(): Promise<void> {
		if (this.ended) throw new Problem('unavailable');
		this.settle();
		await this.writing.durable();
	}

	/** Drops the document from memory; connections come back and send again what was not acknowledged. */
	end(code: number, reason: string): void {
		if (this.ended) return;
		this.ended = true;
		for (const timer of [this.reconcileTimer, this.unloadTimer]) clearTimeout(timer);
		this.held.off('update', this.onUpdate);
		this.writing.end();
		for (const peer of [...this.peers]) peer.close(code, reason);
		this.peers.clear();
		this.deps.onEnd(this);
		this.held.destroy();
	}

	/** Ends, and resolves when nothing of it is on its way to the database any more. */
	async endQuietly(code: number, reason: string): Promise<void> {
		this.end(code, reason);
		await Promise.all([this.writing.quiet(), this.journal.quiet()]);
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
			await this.large.whole();
			this.reconcile();
			await this.durable();
			if (this.journal.rowsSinceSnapshot > 0) await this.journal.compact();
			// Somebody may have come, or edited, meanwhile.
			if (this.peers.size === 0 && this.writing.isSettled && !this.writing.isWaitedFor)
				this.end(closeCodes.goingAway, 'Unloaded');
			else this.touch();
		} catch (error) {
			this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not unload a document');
			this.touch();
		}
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
		const isPeer = this.peers.has(origin as Peer) || this.offering.has(origin as Peer);
		const from = isPeer || origin instanceof LargeEdit ? (origin as Peer | LargeEdit).accountId : null;
		const by = origin === typingOrigin ? [...this.typists] : [typeof origin === 'string' ? origin : from];
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
		this.packing.forget();
		if (origin instanceof LargeEdit) return void origin.changes.push(update);
		if (origin === journalOrigin || origin === heldOrigin || this.peers.has(origin as Peer)) this.relay(update, origin);
		else if (origin !== typingOrigin) this.writing.tellLater(update);
		if (origin === journalOrigin) return;
		this.writing.add(update);
		this.touch();
	};

	private reconcileSoon(): void {
		clearTimeout(this.reconcileTimer);
		this.reconcileTimer = setTimeout(() => {
			if (this.large.isTaking) return this.reconcileSoon();
			try {
				this.reconcile();
			} catch (error) {
				// One document that cannot be read must not end the process that holds all the others.
				this.deps.log.error({ err: error, projectId: this.projectId }, 'could not reconcile a document');
			}
		}, limits.reconcileAfterMs);
	}

	private written(): void {
		this.intake.retry();
		if (this.journal.isLong) this.compactSoon();
	}

	/** The document may be half changed: what is durable is intact, so everybody starts again from that. */
	private broke(error: unknown): void {
		this.deps.log.error({ err: error, projectId: this.projectId }, 'an update broke a document');
		this.end(closeCodes.goingAway, 'The document is read again');
	}

	private isFull(moreBytes = 0): boolean {
		return this.journal.sizeBytes + this.writing.bytes + moreBytes > limits.documentBytes;
	}

	/** Reads the journal from now on; while that is being done already, once more when it is done. */
	private catchUpSoon(): void {
		if (this.catchingUp !== null) return void (this.isToCatchUp = true);
		this.isToCatchUp = false;
		this.catchingUp = this.catchUp()
			.catch((error: unknown) =>
				this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not read a journal again'),
			)
			.finally(() => {
				this.catchingUp = null;
				if (this.isToCatchUp && !this.ended) this.catchUpSoon();
			});
	}

	private compactSoon(): void {
		this.journal
			.compact()
			.catch((error: unknown) =>
				this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not compact a journal'),
			);
	}
}
