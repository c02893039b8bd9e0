import * as Y from 'yjs';
import { Problem } from '@reelroom/shared/problem.ts';
import { isServerOwner } from '@reelroom/shared/live/owner.ts';
import { BadUpdate, checkUpdate, readBrings, wordsWithout } from './check-update.ts';
import type { ClientOwners } from './client-owners.ts';
import type { DocumentPresence } from './document-presence.ts';
import type { CutEdit } from './edit-job.ts';
import type { LargeEdits } from './large-edits.ts';
import type { Peer } from './peer.ts';
import type { TypingQueue } from './typing-queue.ts';

type IntakeDeps = {
	/** The document with all that was taken. */
	doc(): Y.Doc;
	/** Applies the typing that waits. */
	settle(): void;
	owners: ClientOwners;
	typing: TypingQueue;
	large: LargeEdits;
	presence: Pick<DocumentPresence, 'words' | 'hasLeft'>;
	ended(): boolean;
	/** Whether somebody is connected to this server who writes under that id. */
	isHere(clientId: number): boolean;
	isFull(moreBytes: number): boolean;
	/** Typing of a peer was judged and may be handed on before it is applied. */
	typed(peer: Peer, update: Uint8Array): void;
	/** All of a peer's frame was taken. */
	taken(peer: Peer): void;
	writeOwners(): void;
	catchUpSoon(): void;
	compactSoon(): void;
	broke(error: unknown): void;
};

/** What a peer sends is offered again and again until it is taken. */
export type Offer = {
	/** The answer to the question what a client has, in which it may bring what it heard of others. */
	isAnswer: boolean;
	/** How often it was offered before, and since when. */
	attempt: number;
	waitedMs: number;
	/** What was read of a large one beside the main thread. */
	cut: CutEdit | null;
	/** Told what is spent on it later. */
	spent(ms: number): void;
};

/** Somebody else's edits are waited for this long; then whoever brings them in an answer may speak for those who are gone. */
const vouchAfterMs = 2_000;
/** Somebody who is here, or whose server may have died just now, is waited for this long. */
const unknownAfterMs = 6_000;

/** What was held back is looked at again so long after something came. */
const retryAfterMs = 10;

/** Of what follows on edits that nobody has, so much is kept aside: each more of it costs as much as all that is there. */
const mostAsideBytes = 256 * 1024;

/** The gate of a document: judges what peers send, takes it, or holds it back until it can be judged. */
export class DocumentIntake {
	private readonly deps: IntakeDeps;
	private readonly holding = new Set<Peer>();
	/** Of those whose own words were taken as far as that goes, what then was known of what the others must bring. */
	private readonly halved = new Map<Peer, string>();
	private retryTimer: NodeJS.Timeout | undefined;

	constructor(deps: IntakeDeps) {
		this.deps = deps;
	}

	/** Whether somebody's edits are held back. */
	get isHolding(): boolean {
		return this.holding.size > 0;
	}

	leave(peer: Peer): void {
		this.holding.delete(peer);
		this.halved.delete(peer);
	}

	/**
	 * Takes a peer's edit, or throws when it is malformed, speaks for somebody else who is here, or does not fit any more. False when it
	 * must wait and be offered again: until the journal says whose its ids are, and until what it has of others, if it has any, is known
	 * from them. Nobody is found out as a forger by a server that has not read the journal since. A large edit is being taken until the answer resolves.
	 */
	receive(peer: Peer, update: Uint8Array, offer: Offer): boolean | Promise<void> {
		if (this.takeTyping(peer, update)) return true;
		const { deps } = this;
		const { owners } = deps;
		const { clients, newClients, foreign } = checkUpdate(
			deps.doc(),
			offer.cut?.brings ?? readBrings(update),
			owners.all,
			peer.accountId,
		);
		if (clients.size + foreign.size > 0 && deps.isFull(update.length)) {
			// Much of it may be what was deleted since, and the next edit finds room again.
			deps.compactSoon();
			throw new Problem('too-large', 'This project holds as much as a project can');
		}
		for (const clientId of newClients) owners.bind(clientId, peer.accountId);
		// Also of those that seem to be somebody else's: another server may have written something else, and first.
		if (owners.want([...clients, ...foreign]).length > 0) {
			deps.writeOwners();
			return this.hold(peer);
		}
		for (const clientId of clients) peer.ids.add(clientId);
		const awaited = this.awaited(foreign, offer);
		if (awaited.size > 0) {
			if (offer.attempt <= 1) deps.catchUpSoon();
			if (offer.isAnswer) this.takeOwn(peer, update, foreign, awaited);
			return this.hold(peer);
		}
		this.halved.delete(peer);
		if (offer.cut !== null && deps.large.stands(offer.cut))
			return deps.large.take(peer, offer.cut, (ms) => offer.spent(ms));
		if (!this.apply(peer, update)) throw new Problem('too-many-requests', 'Too much that follows on edits nobody has');
		deps.taken(peer);
		return true;
	}

	/** Takes an edit that is nothing but typing: judged, handed on, and applied with others before anybody looks. False when it is more, or cannot be taken yet. */
	takeTyping(peer: Peer, update: Uint8Array): boolean {
		const { deps } = this;
		const typed = deps.typing.read(update);
		if (typed === null) return false;
		const { client } = typed;
		if (client !== null) {
			if (deps.isFull(update.length)) return false;
			// Not before the journal says whose the id is.
			if (!deps.owners.bind(client, peer.accountId)) return false;
			if (!deps.owners.isWritten(client)) {
				deps.owners.want([client]);
				return false;
			}
			peer.ids.add(client);
		}
		deps.typed(peer, update);
		deps.typing.add(update, typed);
		if (deps.typing.isLong) deps.settle();
		deps.taken(peer);
		this.retrySoon();
		return true;
	}

	/** Lets those whose edits are held back offer them again. */
	retry(): void {
		const peers = [...this.holding];
		this.holding.clear();
		for (const peer of peers) if (!this.deps.ended()) peer.retry();
	}

	/**
	 * Applies an update; what it follows on may still be missing, and the document keeps it aside until that comes. False when too much
	 * would be kept aside: then all of it is dropped, as whoever sent it in good faith offers it again.
	 */
	private apply(peer: Peer, update: Uint8Array): boolean {
		const doc = this.deps.doc();
		const changed = (): void => this.retrySoon();
		doc.on('update', changed);
		try {
			Y.applyUpdate(doc, update, peer);
		} catch (error) {
			this.deps.broke(error);
			throw error;
		} finally {
			doc.off('update', changed);
		}
		const { store } = doc;
		if ((store.pendingStructs?.update.length ?? 0) + (store.pendingDs?.length ?? 0) <= mostAsideBytes) return true;
		store.pendingStructs = null;
		store.pendingDs = null;
		return false;
	}

	/**
	 * Takes what somebody wrote as far as it stands on what is known, as others may wait for just that. Of the rest nothing is kept: were it never
	 * completed, it would stay aside for ever.
	 */
	private takeOwn(peer: Peer, update: Uint8Array, foreign: ReadonlySet<number>, awaited: ReadonlySet<number>): void {
		const { store } = this.deps.doc();
		// Only more of the others, or their being gone, lets more of it stand.
		const known = [awaited.size, ...[...foreign].map((clientId) => Y.getState(store, clientId))].join();
		if (this.halved.get(peer) === known) return;
		this.halved.set(peer, known);
		const isClear = store.pendingStructs === null;
		this.apply(peer, wordsWithout(update, awaited));
		if (isClear) store.pendingStructs = null;
	}

	/** What others wait for may be there now. */
	retrySoon(): void {
		if (!this.isHolding || this.retryTimer !== undefined) return;
		this.retryTimer = setTimeout(() => {
			this.retryTimer = undefined;
			if (!this.deps.ended()) this.retry();
		}, retryAfterMs);
	}

	private hold(peer: Peer): false {
		this.holding.add(peer);
		return false;
	}

	/** Of those who are not the sender, who must bring their own edits themselves; throws when one of them is here and has none such, or has been waited for long enough. */
	private awaited(clientIds: ReadonlySet<number>, { isAnswer, waitedMs }: Offer): ReadonlySet<number> {
		if (clientIds.size === 0 || waitedMs < vouchAfterMs) return clientIds;
		const { presence, owners, isHere } = this.deps;
		if (!isAnswer) {
			// No client sends them as its own edit; but it may have kept what it heard of a server that died, and read it again just now.
			if ([...clientIds].some(isHere)) throw new BadUpdate('The update speaks for somebody else');
			throw new Problem('unavailable', 'These edits are not known');
		}
		const awaited = [...clientIds].filter(
			(clientId) =>
				presence.words.has(clientId) || presence.hasLeft(clientId) || isServerOwner(owners.all.get(clientId) ?? ''),
		);
		if (awaited.length > 0 && waitedMs > unknownAfterMs) throw new Problem('unavailable', 'These edits are not known');
		return new Set(awaited);
	}
}
