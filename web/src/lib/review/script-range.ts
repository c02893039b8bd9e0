import { fromBase64, toBase64 } from 'lib0/buffer';
import type * as Y from 'yjs';
import { anchorIndex } from '@reelroom/shared/project/document.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { NoteTarget } from '@reelroom/shared/review/note.ts';

type ScriptTarget = Extract<NoteTarget, { kind: 'script' }>;

/** What a note about a stretch of the script is about, from anchors that hold its letters; null for a stretch without words. */
export function targetOf({
	start,
	end,
	text,
}: {
	start: Uint8Array;
	end: Uint8Array;
	text: string;
}): ScriptTarget | null {
	const quote = text.trim().slice(0, limits.noteQuoteChars);
	return quote === '' ? null : { kind: 'script', start: toBase64(start), end: toBase64(end), quote };
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
