import * as Y from 'yjs';
import type { Log } from '@reelroom/shared/node/log.ts';
import { hasNothingAside } from './aside.ts';
import { BadUpdate } from './check-update.ts';
import { sliceUpdate } from './cut-edit.ts';
import type { CutEdit, Slices } from './edit-job.ts';
import type { EditThreads } from './edit-threads.ts';
import { mergeUpdates } from './merge-updates.ts';
import type { Peer } from './peer.ts';
import { sliceMs, type Turns } from './turns.ts';

/** From this size on an edit is read beside the main thread and taken a slice at a time. */
export const largeEditBytes = 32 * 1024;
/** What is stored already need only be cut, which up to this size takes less time than handing it to a thread. */
const cutHereBytes = 512 * 1024;

/** A large edit on its way into the document: the origin of its transactions. */
export class LargeEdit {
	/** Who sent it; null when it comes from the journal. */
	readonly peer: Peer | null;
	/** What changed, slice by slice. */
	readonly changes: Uint8Array[] = [];

	constructor(peer: Peer | null) {
		this.peer = peer;
	}
}

type LargeEditsDeps = {
	projectId: string;
	/** The document with all that was taken. */
	doc(): Y.Doc;
	ended(): boolean;
	broke(error: unknown): void;
	/** All of a peer's edit stands in the document, where this changed; null for nothing. */
	took(peer: Peer, change: Uint8Array | null): void;
	/** All of what was stored stands in the document. */
	tookStored(update: Uint8Array, isNews: boolean): void;
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
	stands({ needs }: Slices): boolean {
		const doc = this.deps.doc();
		return (
			needs !== null && hasNothingAside(doc) && [...needs].every(([id, clock]) => Y.getState(doc.store, id) >= clock)
		);
	}

	/** Takes an edit that stands; resolves when all of it is in the document, or the document has ended. `spent` is told what each slice took. */
	take(peer: Peer, { pieces }: CutEdit, spent: (ms: number) => void): Promise<void> {
		return this.hold(async () => {
			const edit = new LargeEdit(peer);
			if (!(await this.apply(edit, pieces, spent))) return;
			const change =
				edit.changes.length > 1 ? await this.merge(edit.changes, peer.accountId) : (edit.changes[0] ?? null);
			if (!this.deps.ended()) this.deps.took(peer, change);
		});
	}

	/**
	 * Takes a large part of what is stored; resolves when all of it is in the document, or the document has ended. False when it does not stand by
	 * itself, or cannot be cut, and has to be taken whole.
	 */
	async takeStored(update: Uint8Array): Promise<boolean> {
		const slices = await this.slice(update);
		// Looked at again without a pause: whoever also waited may have been quicker.
		while (this.taking !== null) await this.taking;
		if (slices === null || this.deps.ended() || !this.stands(slices)) return this.deps.ended();
		await this.hold(async () => {
			const edit = new LargeEdit(null);
			if (await this.apply(edit, slices.pieces, () => {})) this.deps.tookStored(update, edit.changes.length > 0);
		});
		return true;
	}

	private async slice(update: Uint8Array): Promise<Slices | null> {
		const { threads, log, projectId } = this.deps;
		try {
			if (update.length < cutHereBytes) return sliceUpdate(update);
			return await threads.run('slice', { update: new Uint8Array(update) }, projectId);
		} catch (error) {
			log.warn({ err: error, projectId }, 'what is stored is taken whole');
			return null;
		}
	}

	private hold(work: () => Promise<void>): Promise<void> {
		this.taking = work()
			.catch((error: unknown) => this.deps.broke(error))
			.finally(() => {
				this.taking = null;
			});
		return this.taking;
	}

	/** False when the document has ended meanwhile. */
	private async apply(edit: LargeEdit, pieces: readonly Uint8Array[], spent: (ms: number) => void): Promise<boolean> {
		const { deps } = this;
		for (let at = 0; at < pieces.length;) {
			await deps.turns.next();
			if (deps.ended()) return false;
			const began = performance.now();
			const doc = deps.doc();
			doc.transact(() => {
				do Y.applyUpdate(doc, pieces[at++] as Uint8Array, edit);
				while (at < pieces.length && performance.now() - began < sliceMs);
			}, edit);
			spent(performance.now() - began);
		}
		return true;
	}

	private merge(updates: Uint8Array[], accountId: string): Promise<Uint8Array> {
		return this.deps.threads.run('merge', { updates }, accountId).catch(() => mergeUpdates(updates));
	}
}
