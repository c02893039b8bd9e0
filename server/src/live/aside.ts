import * as Y from 'yjs';

/**
 * Reads a document without what it keeps aside because it follows on edits that nobody has brought: whoever were told that would bring it
 * to every server they come to, for ever.
 */
export function withoutAside<T>(doc: Y.Doc, read: () => T): T {
	const { store } = doc;
	const { pendingStructs, pendingDs } = store;
	store.pendingStructs = null;
	store.pendingDs = null;
	try {
		return read();
	} finally {
		store.pendingStructs = pendingStructs;
		store.pendingDs = pendingDs;
	}
}

/** Whether a document keeps nothing aside. */
export const hasNothingAside = ({ store }: Y.Doc): boolean => store.pendingStructs === null && store.pendingDs === null;

/** Applies an update by itself; then, as a change of its own, what was kept aside and can now stand. */
export function applyBeforeAside(doc: Y.Doc, update: Uint8Array, origins: { update: unknown; aside: unknown }): void {
	const { store } = doc;
	const { pendingStructs, pendingDs } = store;
	store.pendingStructs = null;
	store.pendingDs = null;
	Y.applyUpdate(doc, update, origins.update);
	// Yjs keeps it in its second format.
	if (pendingStructs !== null) Y.applyUpdateV2(doc, pendingStructs.update, origins.aside);
	if (pendingDs !== null) Y.applyUpdateV2(doc, pendingDs, origins.aside);
}
