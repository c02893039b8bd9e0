import * as Y from 'yjs';
import type { Peer } from './peer.ts';

/** Who is to be told what is durable of a document: those who sent something, of their own, and those who came, of all. */
export class Acknowledgements {
	private readonly doc: Y.Doc;
	private readonly frames = new WeakMap<Peer, number>();
	private readonly joined = new Set<Peer>();
	private owed = new Set<Peer>();

	constructor(doc: Y.Doc) {
		this.doc = doc;
	}

	/** How many wait for a word. */
	get waiting(): number {
		return this.owed.size;
	}

	join(peer: Peer): void {
		this.joined.add(peer);
		this.owed.add(peer);
	}

	leave(peer: Peer): void {
		this.joined.delete(peer);
		this.owed.delete(peer);
	}

	/** The peer has sent something. */
	owe(peer: Peer): void {
		this.owed.add(peer);
	}

	/** Says again how many frames of a peer are durable. */
	remind(peer: Peer): void {
		peer.durable(new Map(), this.frames.get(peer) ?? 0);
	}

	/** Takes down what is in the document now; to be told, by the answer, when all of that is durable. */
	take(): () => void {
		const told: { peer: Peer; frames: number; clocks: Map<number, number> }[] = [];
		for (const peer of this.owed) {
			const clocks = new Map(this.joined.delete(peer) ? Y.decodeStateVector(Y.encodeStateVector(this.doc)) : []);
			for (const id of peer.ids) clocks.set(id, Y.getState(this.doc.store, id));
			told.push({ peer, frames: peer.received, clocks });
		}
		this.owed = new Set();
		return () => {
			for (const { peer, frames, clocks } of told) {
				this.frames.set(peer, frames);
				peer.durable(clocks, frames);
				peer.caughtUp();
			}
		};
	}
}
