import * as Y from 'yjs';
import type { Log } from '@reelroom/shared/node/log.ts';
import { hasNothingAside } from './aside.ts';
import { BadUpdate } from './check-update.ts';
import type { CutEdit } from './edit-job.ts';
import type { EditThreads } from './edit-threads.ts';
import { mergeUpdates } from './merge-updates.ts';
import type { Peer } from './peer.ts';
import type { Turns } from './turns.ts';

/** From this size on an edit is read beside the main thread and taken a slice at a time. */
export const largeEditBytes = 32 * 1024;
/** So long others wait for one slice. */
const sliceMs = 4;

/** A large edit of a peer on its way into the document: the origin of its transactions. */
export class LargeEdit {
	readonly accountId: string;
	readonly peer: Peer;
	/** What changed, slice by slice. */
	readonly changes: Uint8Array[] = [];

	constructor(peer: Peer) {
		this.accountId = peer.accountId;
		this.peer = peer;
	}
}

type LargeEditsDeps = {
	/** The document with all that was taken. */
	doc(): Y.Doc;
	ended(): boolean;
	broke(error: unknown): void;
	/** All of the edit stands in the document, where this changed; null for nothing. */
	took(edit: LargeEdit, change: Uint8Array | null): void;
	turns: Turns;
	threads: EditThreads;
	log: Pick<Log, 'warn'>;
};

/**
 * Takes large edits of one document without holding up anybody in another one. While half of one stands in the document nothing of it is told or written, and nobody
 * else's edits but typing are taken: to all others it comes in at once, as a small one does.
 */
export class LargeEdits {
	private readonly deps: LargeEditsDeps;
	private taking: Promise<void> | null = null;

	constructor(deps: LargeEditsDeps) {
		this.deps = deps;
	}

	/** Whether half of an edit stands in the document. */
	get isTaking(): boolean {
		return this.taking !== null;
	}

	/** Resolves when no half of an edit stands in the document. */
	async whole(): Promise<void> {
		while (this.taking !== null) await this.taking;
	}

	/** Reads an edit beside the main thread; null when that could not be done and it is to be taken whole. Throws `BadUpdate`. */
	async cut(update: Uint8Array, accountId: string): Promise<CutEdit | null> {
		const { threads, log } = this.deps;
		// Bytes of their own: else whatever they are part of would be copied to the thread with them.
		const cut = await threads.run('cut', { update: new Uint8Array(update) }, accountId).catch((error: unknown) => {
			log.warn({ err: error }, 'a large edit is taken whole');
			return null;
		});
		if (cut !== null && 'bad' in cut) throw new BadUpdate(cut.bad);
		return cut;
	}

	/** Whether all of an edit would stand in the document now. */
	stands({ needs }: CutEdit): boolean {
		const doc = this.deps.doc();
		return (
			needs !== null && hasNothingAside(doc) && [...needs].every(([id, clock]) => Y.getState(doc.store, id) >= clock)
		);
	}

	/** Takes an edit that stands; resolves when all of it is in the document, or the document has ended. `spent` is told what each slice took. */
	take(peer: Peer, { pieces }: CutEdit, spent: (ms: number) => void): Promise<void> {
		this.taking = this.apply(new LargeEdit(peer), pieces, spent)
			.catch((error: unknown) => this.deps.broke(error))
			.finally(() => {
				this.taking = null;
			});
		return this.taking;
	}

	private async apply(edit: LargeEdit, pieces: readonly Uint8Array[], spent: (ms: number) => void): Promise<void> {
		const { deps } = this;
		for (let at = 0; at < pieces.length;) {
			await deps.turns.next();
			if (deps.ended()) return;
			const began = performance.now();
			const doc = deps.doc();
			doc.transact(() => {
				do Y.applyUpdate(doc, pieces[at++] as Uint8Array, edit);
				while (at < pieces.length && performance.now() - began < sliceMs);
			}, edit);
			spent(performance.now() - began);
		}
		const change = edit.changes.length > 1 ? await this.merge(edit) : (edit.changes[0] ?? null);
		if (!deps.ended()) deps.took(edit, change);
	}

	private merge({ changes, accountId }: LargeEdit): Promise<Uint8Array> {
		return this.deps.threads.run('merge', { updates: changes }, accountId).catch(() => mergeUpdates(changes));
	}
}
