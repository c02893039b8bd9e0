import type { Peer } from './peer.ts';

/** A client's last word of presence. */
export type Word = { clock: number; state: string };
/** State of a client that has left. */
export const gone = 'null';

/** Of so many clients it is known that they have left. */
const mostLeft = 10_000;
const leftMs = 30_000;

/** Who is where in one document: clients of this server and those of others. */
export class DocumentPresence {
	readonly words = new Map<number, Word>();
	private readonly peers: ReadonlySet<Peer>;
	/** Told what clients of this server say. */
	private readonly onTold: (clientId: number, word: Word) => void;
	/** The server of each client that is not ours. */
	private readonly elsewhere = new Map<number, string>();
	/** Clients that left a server which lives, with until when that counts. */
	private readonly left = new Map<number, number>();

	constructor(peers: ReadonlySet<Peer>, onTold: (clientId: number, word: Word) => void) {
		this.peers = peers;
		this.onTold = onTold;
	}

	/** What the clients of this server said last. */
	get own(): [clientId: number, word: Word][] {
		return [...this.words].filter(([clientId]) => !this.elsewhere.has(clientId));
	}

	/** Takes a word of a client of this server. */
	tell(from: Peer, clientId: number, word: Word): void {
		this.elsewhere.delete(clientId);
		this.left.delete(clientId);
		this.say(clientId, word, from);
		this.onTold(clientId, word);
	}

	leave(peer: Peer): void {
		const { clientId } = peer;
		const said = clientId === null ? undefined : this.words.get(clientId);
		if (clientId === null || said === undefined || this.elsewhere.has(clientId)) return;
		// The same clock, which awareness takes for a leave: a higher one would hide whoever comes back.
		this.tell(peer, clientId, { clock: said.clock, state: gone });
		this.hasLeftUntil(clientId, Infinity);
	}

	/**
	 * Whether a client has left a server that lives: that server has all it ever sent, and nobody else can have heard more of it. What is told of another
	 * server may be late by what that one did last before it died, and counts for a while only.
	 */
	hasLeft(clientId: number): boolean {
		return (this.left.get(clientId) ?? 0) > performance.now();
	}

	private hasLeftUntil(clientId: number, until: number): void {
		this.left.delete(clientId);
		this.left.set(clientId, until);
		const [oldest] = this.left.keys();
		if (this.left.size > mostLeft && oldest !== undefined) this.left.delete(oldest);
	}

	/** Takes a word of a client of another server; whoever is here speaks for themselves. */
	hear(serverId: string, clientId: number, word: Word): void {
		if (word.state !== gone) this.left.delete(clientId);
		else if (this.elsewhere.get(clientId) === serverId) this.hasLeftUntil(clientId, performance.now() + leftMs);
		this.hearOf(serverId, clientId, word);
	}

	private hearOf(serverId: string, clientId: number, word: Word): void {
		for (const peer of this.peers) if (peer.clientId === clientId) return;
		const known = this.words.get(clientId);
		if (word.state === gone ? known === undefined : known !== undefined && known.clock > word.clock) return;
		if (word.state === gone) this.elsewhere.delete(clientId);
		else this.elsewhere.set(clientId, serverId);
		this.say(clientId, word);
	}

	/** The clients of that server have left with it. */
	forget(serverId: string): void {
		for (const [clientId, at] of [...this.elsewhere])
			if (at === serverId)
				this.hearOf(serverId, clientId, { clock: this.words.get(clientId)?.clock ?? 0, state: gone });
	}

	private say(clientId: number, word: Word, from?: Peer): void {
		if (word.state === gone) this.words.delete(clientId);
		else this.words.set(clientId, word);
		for (const peer of this.peers) if (peer !== from) peer.presence(clientId, word.clock, word.state);
	}
}
