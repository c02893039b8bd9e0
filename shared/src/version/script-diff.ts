import { textEdits, type TextEdit } from '../script/text-edits.ts';

/** A stretch of the later text (`same`, `added`) or of the earlier one (`removed`), in reading order. */
export type DiffPart = { kind: 'same' | 'added' | 'removed'; text: string };

/** The later text with what was taken out still standing in it, marked. */
export function scriptDiff(before: string, after: string): DiffPart[] {
	const parts: DiffPart[] = [];
	const push = (kind: DiffPart['kind'], text: string): void => void (text === '' || parts.push({ kind, text }));
	let from = 0;
	for (const { at, remove, insert } of readable(textEdits(before, after), before)) {
		push('same', before.slice(from, at));
		push('removed', remove);
		push('added', insert);
		from = at + remove.length;
	}
	push('same', before.slice(from));
	return parts;
}

/** Edits with nothing but a blank between them are one: nobody reads words that alternate between old and new. */
function readable(edits: readonly TextEdit[], before: string): TextEdit[] {
	const joined: TextEdit[] = [];
	for (const edit of edits) {
		const last = joined.at(-1);
		const gap = last === undefined ? '' : before.slice(last.at + last.remove.length, edit.at);
		if (last !== undefined && /^[^\S\n]$/.test(gap)) {
			last.remove += gap + edit.remove;
			last.insert += gap + edit.insert;
		} else joined.push({ ...edit });
	}
	return joined;
}

/** How much was written and taken away, in characters that are seen. */
export function diffTally(parts: readonly DiffPart[]): { added: number; removed: number } {
	const inkOf = (kind: DiffPart['kind']): number =>
		parts.reduce((sum, part) => sum + (part.kind === kind ? [...part.text.replace(/\s/g, '')].length : 0), 0);
	return { added: inkOf('added'), removed: inkOf('removed') };
}
