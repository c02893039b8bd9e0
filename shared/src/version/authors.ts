import * as Y from 'yjs';
import { scriptOf } from '../project/document.ts';

/** A stretch of the script that one account wrote; null where nobody knows. */
export type AuthorRun = { start: number; end: number; accountId: string | null };

/** Who wrote which letters of the script, from its beginning to its end. */
export function authorRuns(doc: Y.Doc, ownerOf: ReadonlyMap<number, string>): AuthorRun[] {
	const runs: AuthorRun[] = [];
	let at = 0;
	for (let item = scriptOf(doc)._start; item !== null; item = item.right) {
		if (item.deleted || !item.countable) continue;
		const accountId = ownerOf.get(item.id.client) ?? null;
		const last = runs.at(-1);
		if (last !== undefined && last.accountId === accountId) last.end += item.length;
		else runs.push({ start: at, end: at + item.length, accountId });
		at += item.length;
	}
	return runs;
}

/** The document that an update holds. */
export function openFrozen(update: Uint8Array): Y.Doc {
	const doc = new Y.Doc({ gc: false });
	Y.applyUpdate(doc, update);
	return doc;
}
