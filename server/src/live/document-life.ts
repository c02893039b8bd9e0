import * as Y from 'yjs';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { closeCodes } from '@reelroom/shared/live/protocol.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { serverOwner } from '@reelroom/shared/live/owner.ts';
import { applyBeforeAside, withoutAside } from './aside.ts';
import { ClientOwners } from './client-owners.ts';
import { DocumentFollowing } from './document-following.ts';
import { DocumentIntake, type Offer } from './document-intake.ts';
import { DocumentJournal, type DocumentJournalDeps } from './document-journal.ts';
import { DocumentPeers } from './document-peers.ts';
import { DocumentPresence, type Word } from './document-presence.ts';
import { DocumentRest } from './document-rest.ts';
import { DocumentWatching } from './document-watching.ts';
import { DocumentWriting } from './document-writing.ts';
import type { FrozenDocument } from './documents-port.ts';
import type { JournalPulse } from './journal-pulse.ts';
import { LargeEdit, largeEditBytes, LargeEdits } from './large-edits.ts';
import { OwnIds } from './own-ids.ts';
import { PackedDocument, worthPackingBytes } from './pack-document.ts';
import type { Peer } from './peer.ts';
import { Reconciling } from './reconciling.ts';
import { StoredForm } from './stored-form.ts';
import { TypingQueue, typingOrigin } from './typing-queue.ts';
import type { Watchers } from './watcher.ts';

export type LifeDeps = DocumentJournalDeps & {
	log: Log;
	newId: () => string;
	pulse: JournalPulse;
	watchers: Watchers;
	onPresence?: (projectId: string, clientId: number, word: Word) => void;
	onEnd: (life: DocumentLife) => void;
};

const journalOrigin = Symbol('journal');
/** Of what was kept aside until a row brought what it follows on. */
const heldOrigin = Symbol('journal and held');
/** Whether a transaction brought what is in the journal already. */
const isStored = (origin: unknown): boolean =>
	origin === journalOrigin || (origin instanceof LargeEdit && origin.peer === null);

/** One live document in memory, from its load to its unload. */
export class DocumentLife {
	readonly projectId: string;
	readonly peers = new DocumentPeers();
	readonly presence: DocumentPresence;
	readonly large: LargeEdits;
	ended = false;
	private readonly owners = new ClientOwners();
	private readonly deps: LifeDeps;
	private readonly journal: DocumentJournal;
	private readonly held = new Y.Doc();
	private readonly typing = new TypingQueue(this.held);
	private readonly ownIds = new OwnIds((clientId, owner) => this.bindOwn(clientId, owner));
	private readonly writing: DocumentWriting;
	private readonly intake: DocumentIntake;
	private readonly packing = new PackedDocument();
	/** What was stored of it, which is there before it is. */
	readonly stored = new StoredForm();
	/** Takes in what other servers, or an earlier life, have journalled. */
	readonly following: DocumentFollowing;
	private readonly watching: DocumentWatching;
	private readonly reconciling: Reconciling;
	private readonly rest: DocumentRest;

	constructor(projectId: string, deps: LifeDeps) {
		this.projectId = projectId;
		this.deps = deps;
		this.presence = new DocumentPresence(this.peers.here, (clientId, word) =>
			deps.onPresence?.(projectId, clientId, word),
		);
		this.journal = new DocumentJournal(projectId, deps, (update, owners) => this.takeStored(update, owners));
		const { held, journal, owners, typing, presence } = this;
		const shared = { owners, typing, ended: () => this.ended, broke: (error: unknown) => this.broke(error) };
		this.large = new LargeEdits({
			...deps,
			...shared,
			projectId,
			doc: () => this.doc,
			took: (peer, change) => this.took(peer, change),
			tookStored: (update, isNews) => this.tookStored(update, isNews),
		});
		this.writing = new DocumentWriting({
			...shared,
			isHalf: () => this.large.isTaking,
			projectId,
			log: deps.log,
			pulse: deps.pulse,
			doc: held,
			journal,
			settle: () => this.settle(),
			isAwaited: () => this.intake.isHolding,
			relay: (update) => this.peers.relay(update),
			written: () => this.written(),
			end: (code, reason) => this.end(code, reason),
		});
		this.intake = new DocumentIntake({
			...shared,
			large: this.large,
			doc: () => this.doc,
			settle: () => this.settle(),
			presence,
			isHere: (clientId) => this.peers.write(clientId),
			isFull: (moreBytes) => this.isFull(moreBytes),
			typed: (peer, update) => {
				this.peers.relay(update, peer);
				this.watching.typed(peer.accountId);
				this.reconciling.typed();
			},
			taken: (peer) => this.taken(peer),
			writeOwners: () => this.writing.soon(true),
			catchUpSoon: () => this.following.catchUpSoon(),
			compactSoon: () => this.compactSoon(),
		});
		this.watching = new DocumentWatching({ projectId, watchers: deps.watchers, owners, peers: this.peers });
		this.following = new DocumentFollowing({
			projectId,
			log: deps.log,
			journal,
			ended: shared.ended,
			caughtUp: () => this.intake.retry(),
		});
		this.reconciling = new Reconciling({
			projectId,
			log: deps.log,
			isHalf: () => this.large.isTaking,
			settle: () => this.settle(),
			reconcile: () => void (this.ended || reconcileScenes(this.doc, deps.newId)),
		});
		this.rest = new DocumentRest({
			projectId,
			log: deps.log,
			isUsed: () => this.ended || this.peers.here.size > 0,
			unload: () => this.unloadIfIdle(),
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

	/** Whether the document says nothing else than that form. */
	get isAsStored(): boolean {
		this.settle();
		return this.packing.isStored;
	}

	async load(): Promise<void> {
		const { stored } = this;
		try {
			await this.journal.catchUp({
				found: (snapshot) => stored.found(snapshot),
				taken: ({ packed }, isAll) => {
					stored.taken(this.held);
					if (isAll && packed !== undefined) this.packing.know(packed);
				},
			});
		} finally {
			stored.end();
		}
		this.doc.on('update', this.onUpdate);
		this.held.on('afterTransaction', this.watching.transaction);
		scriptOf(this.doc).observe((_event, { origin }) => {
			if (!isStored(origin)) this.reconciling.soon();
		});
		// Nobody else may speak for the reconciler.
		this.bindOwn(this.doc.clientID, serverOwner());
		this.touch();
	}

	/** Makes sure that another edit still fits into what the database takes, or throws `too-large`. */
	async makeRoom(): Promise<void> {
		if (!this.isFull()) return;
		await this.durable();
		await this.journal.compact();
		if (this.isFull()) throw new Problem('too-large', 'This project holds as much as a project can');
	}

	join(peer: Peer): void {
		try {
			// What was written and is not applied yet is told, too.
			this.settle();
		} catch {
			return peer.close(closeCodes.goingAway, 'The document is read again');
		}
		this.peers.here.add(peer);
		this.touch();
		const { acknowledgements } = this.writing;
		acknowledgements.join(peer);
		if (this.writing.isSettled) acknowledgements.take()();
		else this.writing.soon();
	}

	leave(peer: Peer): void {
		this.writing.acknowledgements.leave(peer);
		const isLast = this.peers.leave(peer);
		if (!peer.isOffering) this.intake.leave(peer);
		if (isLast) this.tellLeft();
		this.presence.leave(peer);
		this.touch();
	}

	/** Whether somebody who leaves may leave edits behind that have not been judged yet. */
	mayOffer(): boolean {
		return !this.ended && this.peers.mayOffer;
	}

	/** Nothing that this peer left behind is to be judged any more. */
	forget(peer: Peer): void {
		this.peers.forget(peer);
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

	private taken(peer: Peer): void {
		if (this.peers.here.has(peer)) this.acknowledge(peer);
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
		this.reconciling.now();
	}

	/** Takes in what is stored: what was kept aside for want of it comes in behind it, and is in no journal yet. */
	private takeStored(update: Uint8Array, owners: [clientId: number, owner: string][]): void | Promise<void> {
		const whole = (): void => {
			applyBeforeAside(this.doc, update, { update: journalOrigin, aside: heldOrigin });
			this.owners.learn(owners);
		};
		if (update.length < largeEditBytes) return whole();
		return this.large.takeStored(update).then((isTaken) => {
			if (!isTaken) whole();
			else this.owners.learn(owners);
		});
	}

	private took(peer: Peer, change: Uint8Array | null): void {
		if (change !== null) {
			this.peers.relay(change, peer);
			this.writing.add(change);
		}
		this.taken(peer);
		this.writing.soon();
		this.intake.retrySoon();
	}

	private tookStored(update: Uint8Array, isNews: boolean): void {
		if (isNews) this.peers.relay(update);
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
		this.reconciling.end();
		this.rest.end();
		this.held.off('update', this.onUpdate);
		this.writing.end();
		for (const peer of [...this.peers.here]) peer.close(code, reason);
		this.peers.here.clear();
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

	/** Leaves the memory some time after nobody has used it any more. */
	touch(): void {
		this.rest.touch();
	}

	/** False when somebody has come, or edited, meanwhile. */
	private async unloadIfIdle(): Promise<boolean> {
		await this.large.whole();
		this.reconcile();
		await this.durable();
		if (this.journal.rowsSinceSnapshot > 0) await this.journal.compact();
		if (this.peers.here.size > 0 || !this.writing.isSettled || this.writing.isWaitedFor) return false;
		this.end(closeCodes.goingAway, 'Unloaded');
		return true;
	}

	private settle(): void {
		try {
			for (const row of this.typing.settle()) this.writing.add(row);
		} catch (error) {
			this.broke(error);
			throw error;
		}
	}

	private tellLeft(): void {
		try {
			this.settle();
		} catch {
			return; // It has ended by that, and is read again.
		}
		this.watching.left();
	}

	private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
		this.packing.forget();
		if (origin instanceof LargeEdit) return void origin.changes.push(update);
		if (origin === typingOrigin && !this.typing.isUnwritten) return;
		if (origin === journalOrigin || origin === heldOrigin || this.peers.here.has(origin as Peer))
			this.peers.relay(update, origin);
		else if (origin !== typingOrigin) this.writing.tellLater(update);
		if (origin === journalOrigin) return;
		this.writing.add(update);
		this.touch();
	};

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

	private compactSoon(): void {
		this.journal
			.compact()
			.catch((error: unknown) =>
				this.deps.log.warn({ err: error, projectId: this.projectId }, 'could not compact a journal'),
			);
	}
}
