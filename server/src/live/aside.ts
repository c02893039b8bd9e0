import type * as Y from 'yjs';

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
