import * as Y from 'yjs';
import { rowsOfTyping, type Queued } from './typed-rows.ts';
import { readTyped, type Known, type Typed } from './typed-update.ts';

/** The origin of the transactions in which typing is applied. */
export const typingOrigin = Symbol('typing');

const mostQueued = 256;
/** Who watches a document learns of typing after this long at the latest. */
const mostMs = 1_000;

/**
 * Typing that was judged and handed on but is not in the document yet: applied together it costs a fraction, and it is written
 * without being applied. Whoever looks at the document settles first, so nobody sees it without.
 */
export class TypingQueue implements Known {
	/** Of what was not given away to be written. */
	bytes = 0;
	private readonly doc: Y.Doc;
	private readonly ahead = new Map<number, number>();
	private queue: Queued[] = [];
	/** How many of these were given away to be written. */
	private written = 0;
	private since = 0;
	/** Whether nothing of what is being applied was given away to be written. */
	isUnwritten = false;

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
		if (this.queue.push({ update, typed }) === 1) this.since = performance.now();
		this.bytes += update.length;
	}

	/** Whether so much waits, or for so long, that it should be settled. */
	get isLong(): boolean {
		return this.queue.length >= mostQueued;
	}

	get isOld(): boolean {
		return this.queue.length > 0 && performance.now() - this.since >= mostMs;
	}

	/** Gives away what is to be written and was not given away yet. */
	takeRows(): Uint8Array[] {
		if (this.bytes === 0) return [];
		const rows = rowsOfTyping(this.written === 0 ? this.queue : this.queue.slice(this.written));
		this.written = this.queue.length;
		this.bytes = 0;
		return rows;
	}

	/** Applies what waits, as one transaction, whose update is all that is left to be written of it; but for the answer when some of it was given away already. */
	settle(): Uint8Array[] {
		if (this.queue.length === 0) return [];
		this.isUnwritten = this.written === 0;
		const rows = this.isUnwritten ? [] : this.takeRows();
		const { doc, queue } = this;
		this.queue = [];
		this.written = 0;
		this.bytes = 0;
		this.ahead.clear();
		doc.transact(() => {
			for (const { update } of queue) Y.applyUpdate(doc, update);
		}, typingOrigin);
		return rows;
	}
}
