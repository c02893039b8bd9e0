import { updateFrame } from './frames.ts';
import { LargeEdit } from './large-edits.ts';
import type { Peer } from './peer.ts';

const mostOffering = 50;

/** The connections to one document. */
export class DocumentPeers {
	readonly here = new Set<Peer>();
	/** Those who have left while their edits were judged. */
	private readonly offering = new Set<Peer>();

	/** Whether somebody who leaves may leave edits behind that have not been judged yet. */
	get mayOffer(): boolean {
		return this.offering.size < mostOffering;
	}

	/** Takes leave of somebody; answers whether the last one has gone with them. */
	leave(peer: Peer): boolean {
		const wasHere = this.here.delete(peer);
		if (peer.isOffering) this.offering.add(peer);
		return wasHere && this.here.size === 0;
	}

	/** Nothing that this peer left behind is judged any more. */
	forget(peer: Peer): void {
		this.offering.delete(peer);
	}

	/** Whose edit a transaction of this origin is; null when it is nobody's who is, or was, connected here. */
	of(origin: unknown): Peer | null {
		if (origin instanceof LargeEdit) return origin.peer;
		return this.here.has(origin as Peer) || this.offering.has(origin as Peer) ? (origin as Peer) : null;
	}

	/** Whether somebody is connected who writes under that id. */
	write(clientId: number): boolean {
		for (const peer of this.here) if (peer.ids.has(clientId)) return true;
		return false;
	}

	/** Hands an edit to all but the one it comes from. */
	relay(update: Uint8Array, from?: unknown): void {
		const { here } = this;
		if (here.size === 0 || (here.size === 1 && here.has(from as Peer))) return;
		const frame = updateFrame(update);
		for (const peer of here) if (peer !== from) peer.update(frame);
	}
}
