import * as Y from 'yjs';
import type { Folded, Folding } from './edit-job.ts';
import { packDocument, worthPackingBytes } from './pack-document.ts';

/** Folds rows into a snapshot, apart from the document in memory, which may hold edits that are not durable yet. */
export async function foldUpdates({ before, rows }: Folding): Promise<Folded> {
	const doc = new Y.Doc();
	if (before !== null) Y.applyUpdate(doc, before);
	for (const row of rows) Y.applyUpdate(doc, row);
	const update = Y.encodeStateAsUpdate(doc);
	const packed = update.length < worthPackingBytes ? null : await packDocument(doc);
	doc.destroy();
	return { update, packed };
}
