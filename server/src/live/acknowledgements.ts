import * as Y from 'yjs';
import type { Peer } from './peer.ts';
import type { Known } from './typed-update.ts';

/** Who is to be told what is durable of a document: those who sent something, of their own, and those who came, of all. */
export class Acknowledgements {
	private readonly doc: Y.Doc;
	private readonly known: Pick<Known, 'clockOf'>;
	private readonly frames = new WeakMap<Peer, number>();
	private readonly joined = new Set<Peer>();
	private readonly owed = new Set<Peer>();

	/** `known` counts in what was taken and is not in the document yet. */
	constructor(doc: Y.Doc, known: Pick<Known, 'clockOf'>) {
		this.doc = doc;
		this.known = known;
	}

	/** Whether somebody has come who is to be told of all that the document holds. */
	get hasJoined(): boolean {
		return this.joined.size > 0;
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

	/** Takes down what was taken until now; to be told, by the answer, when all of that is durable. */
	take(): () => void {
		const told: { peer: Peer; frames: number; clocks: Map<number, number> }[] = [];
		for (const peer of this.owed) {
			const clocks: Map<number, number> = this.joined.delete(peer)
				? Y.decodeStateVector(Y.encodeStateVector(this.doc))
				: new Map();
			for (const id of peer.ids) clocks.set(id, this.known.clockOf(id));
			told.push({ peer, frames: peer.received, clocks });
		}
		this.owed.clear();
		return () => {
			for (const { peer, frames, clocks } of told) {
				this.frames.set(peer, frames);
				peer.durable(clocks, frames);
				peer.caughtUp();
			}
		};
	}
}
