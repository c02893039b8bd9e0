import * as Y from 'yjs';
import { readTyped, type Known, type Typed } from './typed-update.ts';

/** The origin of the transactions in which typing is applied. */
export const typingOrigin = Symbol('typing');

const mostQueued = 256;

/**
 * Typing that was judged and handed on but is not in the document yet: applied together it costs a fraction. Whoever
 * looks at the document settles first, so nobody sees it without.
 */
export class TypingQueue implements Known {
	bytes = 0;
	private readonly doc: Y.Doc;
	private readonly ahead = new Map<number, number>();
	private queue: Uint8Array[] = [];

	constructor(doc: Y.Doc) {
		this.doc = doc;
	}

	clockOf(client: number): number {
		return this.ahead.get(client) ?? Y.getState(this.doc.store, client);
	}

	hasRoot(name: string): boolean {
		return this.doc.share.has(name);
	}

	/** What the update types, when it may wait here; null when Yjs must judge it. */
	read(update: Uint8Array): Typed | null {
		return readTyped(update, this);
	}

	add(update: Uint8Array, typed: Typed): void {
		if (typed.client !== null) this.ahead.set(typed.client, typed.end);
		this.queue.push(update);
		this.bytes += update.length;
	}

	/** Whether so much waits that it should be settled. */
	get isLong(): boolean {
		return this.queue.length >= mostQueued;
	}

	/** Applies what waits, as one transaction. */
	settle(): void {
		if (this.queue.length === 0) return;
		const { doc, queue } = this;
		this.queue = [];
		this.bytes = 0;
		this.ahead.clear();
		doc.transact(() => {
			for (const update of queue) Y.applyUpdate(doc, update);
		}, typingOrigin);
	}
}
