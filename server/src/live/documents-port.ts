import type * as Y from 'yjs';

/** A document at an instant. */
export type FrozenDocument<T> = {
	/** The whole of it as one update. */
	update: Uint8Array;
	owners: [clientId: number, owner: string][];
	/** What was read of it in that instant. */
	seen: T;
};

/** Freezes a document after its scenes have been reconciled with its text; all that was saved before, on whatever server, is in it. Resolves once all that it holds is in the journal. */
export type FreezeDocument = <T>(projectId: string, read: (doc: Y.Doc) => T) => Promise<FrozenDocument<T>>;

/** The live documents as other rooms see them. */
export type Documents = {
	/** Reads a document after its scenes have been reconciled with its text. */
	read<T>(projectId: string, read: (doc: Y.Doc) => T): Promise<T>;
	/** Edits a document in one transaction; resolves when the edit is durable in the journal. Scenes are reconciled before `edit` runs. */
	edit<T>(projectId: string, origin: string, edit: (doc: Y.Doc) => T): Promise<T>;
	/** Closes the connections of an account to the projects of a workspace (its role changed or ended). */
	revoke(accountId: string, projectIds: readonly string[]): void;
	/** Closes and deletes the document of a project that is deleted. */
	remove(projectId: string): Promise<void>;
};
