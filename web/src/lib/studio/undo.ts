import * as Y from 'yjs';
import { carryingOrigin } from '@reelroom/shared/project/carry-words.ts';
import { bibleTypeOf } from '@reelroom/shared/project/bible.ts';
import { boardTypesOf, followUndone, scriptOf } from '@reelroom/shared/project/document.ts';

/** Origin of what an undo brings along; it comes and goes with the letters, and is no step of its own. */
const followOrigin = Symbol('follow undone');

/**
 * The history of what one person did to script, board and bible, in the order it was done; edits of others are no part of it. An edit of the board and one
 * of the script are never one step, however fast they follow each other.
 */
export function createUndo(doc: Y.Doc, origin: unknown): Y.UndoManager {
	const manager = new Y.UndoManager([scriptOf(doc), ...boardTypesOf(doc), bibleTypeOf(doc)], {
		trackedOrigins: new Set([origin, carryingOrigin]),
	});
	let last: unknown = null;
	const apart = (transaction: Y.Transaction): void => {
		// Words that were typed and then carried after a moved scene are one step.
		if (transaction.origin === carryingOrigin) return;
		if (transaction.origin === manager || !manager.trackedOrigins.has(transaction.origin)) return;
		if (transaction.origin !== last) manager.stopCapturing();
		last = transaction.origin;
	};
	doc.on('beforeTransaction', apart);
	manager.on('stack-item-popped', () => followUndone(doc, followOrigin));
	doc.on('destroy', () => doc.off('beforeTransaction', apart));
	return manager;
}
