import { textEdits } from '../script/text-edits.ts';

/** A stretch of the later text (`same`, `added`) or of the earlier one (`removed`), in reading order. */
export type DiffPart = { kind: 'same' | 'added' | 'removed'; text: string };

/** The later text with what was taken out still standing in it, marked. */
export function scriptDiff(before: string, after: string): DiffPart[] {
	const parts: DiffPart[] = [];
	const push = (kind: DiffPart['kind'], text: string): void => void (text === '' || parts.push({ kind, text }));
	let from = 0;
	for (const { at, remove, insert } of textEdits(before, after)) {
		push('same', before.slice(from, at));
		push('removed', remove);
		push('added', insert);
		from = at + remove.length;
	}
	push('same', before.slice(from));
	return parts;
}

/** How much was written and taken away, in characters that are seen. */
export function diffTally(parts: readonly DiffPart[]): { added: number; removed: number } {
	const inkOf = (kind: DiffPart['kind']): number =>
		parts.reduce((sum, part) => sum + (part.kind === kind ? [...part.text.replace(/\s/g, '')].length : 0), 0);
	return { added: inkOf('added'), removed: inkOf('removed') };
}
