import type { Brings } from './check-update.ts';

/** What is done of large edits beside the main thread, because reading one would hold up everybody in all documents. */
export type EditJobs = {
	/** Reads a large edit; says why when no honest client sends it. */
	cut: { input: { update: Uint8Array }; output: CutEdit | { bad: string } };
	/** Cuts what is stored already, and was judged when it came. */
	slice: { input: { update: Uint8Array }; output: Slices };
	/** Merges what changed slice by slice into one update. */
	merge: { input: { updates: Uint8Array[] }; output: Uint8Array };
	/** Folds rows of a journal into the snapshot before them. */
	fold: { input: Folding; output: Folded };
};

/** An update in small ones. */
export type Slices = {
	/** How far a document must know of each client id for all of it to stand; null when that cannot be said. */
	needs: ReadonlyMap<number, number> | null;
	/** The same as small updates, each of which follows on those before it only. */
	pieces: Uint8Array[];
};

/** A large edit that was read. */
export type CutEdit = Slices & {
	brings: Brings;
	/** How long reading it took. */
	ms: number;
};

/** A snapshot, null for none, and what came behind it. */
export type Folding = { before: Uint8Array | null; rows: Uint8Array[] };
export type Folded = {
	update: Uint8Array;
	/** As it is sent to whoever has nothing of the document; null when that is not worth it. */
	packed: Uint8Array | null;
};
