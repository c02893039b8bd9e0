import type { Brings } from './check-update.ts';

/** What is done of large edits beside the main thread, because reading one would hold up everybody in all documents. */
export type EditJobs = {
	/** Reads a large edit; says why when no honest client sends it. */
	cut: { input: { update: Uint8Array }; output: CutEdit | { bad: string } };
	/** Merges what changed slice by slice into one update. */
	merge: { input: { updates: Uint8Array[] }; output: Uint8Array };
};

/** A large edit that was read. */
export type CutEdit = {
	brings: Brings;
	/** How far a document must know of each client id for all of it to stand; null when that cannot be said. */
	needs: ReadonlyMap<number, number> | null;
	/** The same as small updates, each of which follows on those before it only. */
	pieces: Uint8Array[];
	/** How long reading it took. */
	ms: number;
};
