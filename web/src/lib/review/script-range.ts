import { fromBase64, toBase64 } from 'lib0/buffer';
import type * as Y from 'yjs';
import { anchorAt, anchorIndex, scriptOf } from '@reelroom/shared/project/document.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { NoteTarget } from '@reelroom/shared/review/note.ts';

type ScriptTarget = Extract<NoteTarget, { kind: 'script' }>;

/** What a note about these letters of the script is about; null for none. It moves with them. */
export function scriptTarget(doc: Y.Doc, from: number, to: number): ScriptTarget | null {
	const quote = scriptOf(doc).toString().slice(from, to).trim().slice(0, limits.noteQuoteChars);
	if (quote === '') return null;
	return {
		kind: 'script',
		// The letters themselves hold it: what is typed at its ends stays outside.
		start: toBase64(anchorAt(doc, from, 0)),
		end: toBase64(anchorAt(doc, to, -1)),
		quote,
	};
}

/** Where those letters stand now; null when none of them is left. */
export function rangeOf(doc: Y.Doc, target: ScriptTarget): { start: number; end: number } | null {
	const [start, end] = [indexOf(doc, target.start), indexOf(doc, target.end)];
	return start === null || end === null || end <= start ? null : { start, end };
}

function indexOf(doc: Y.Doc, anchor: string): number | null {
	try {
		return anchorIndex(doc, fromBase64(anchor));
	} catch {
		return null; // No base64: another program wrote it.
	}
}
