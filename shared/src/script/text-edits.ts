import { diffArrays } from 'diff';

/** Takes `remove` away at `at` of the old text and puts `insert` there. */
export type TextEdit = { at: number; remove: string; insert: string };

/** Beyond this many differences a stretch is taken as replaced whole: finding the least change would cost the square of it. */
const mostEdits = 1000;
/** One part in so many must stay for a changed stretch to be compared word by word. */
const leastLikeness = 3;
/** A word, one character of Chinese, Japanese or Korean, a run of blanks, a mark. */
const tokenPattern =
	/[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[\p{L}\p{N}\p{M}'’_-]+|[^\S\n]+|\n|[\ud800-\udbff][\udc00-\udfff]|[^]/gu;

/** A text as the pieces by which people compare: words, Chinese characters, marks. */
export const tokensOf = (text: string): string[] => text.match(tokenPattern) ?? [];
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/**
 * The edits that lead from one text to another, in order and apart from each other; places are those of the old text. Lines that both share
 * stay, within changed lines the words that both share; never half of a surrogate pair.
 */
export function textEdits(before: string, after: string): TextEdit[] {
	const edits: TextEdit[] = [];
	for (const hunk of hunks(linesOf(before), linesOf(after), splitByLines)) {
		const words = hunks(tokensOf(hunk.remove), tokensOf(hunk.insert), splitWhole);
		if (!isLikeness(hunk, words)) edits.push(hunk);
		else for (const word of words) edits.push({ ...word, at: hunk.at + word.at });
	}
	return joined(edits);
}

/** Whether a changed stretch is still the same words in the main; a few words that happen to stand in both hold nothing together. */
function isLikeness({ remove, insert }: TextEdit, words: readonly TextEdit[]): boolean {
	const inkOf = (text: string): number => text.replace(/\s/g, '').length;
	const gone = words.reduce((sum, word) => sum + inkOf(word.remove), 0);
	return (inkOf(remove) - gone) * leastLikeness >= Math.max(inkOf(remove), inkOf(insert));
}

/** Where a place of the old text stands after the edits; text put in at the very place comes before it, or behind it with `stay`. */
export function placeMapper(edits: readonly TextEdit[], stay = false): (index: number) => number {
	return (index) => {
		let moved = index;
		for (const { at, remove, insert } of edits) {
			const end = at + remove.length;
			if (at > index || (stay && at === index && remove === '')) break;
			moved += index >= end ? insert.length - remove.length : stay ? at - index : at + insert.length - index;
			if (index < end) break;
		}
		return moved;
	};
}

/** The text after the edits. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
	let result = '';
	let from = 0;
	for (const { at, remove, insert } of edits) {
		result += text.slice(from, at) + insert;
		from = at + remove.length;
	}
	return result + text.slice(from);
}

type Split = (before: readonly string[], after: readonly string[]) => [number, number][];
const splitWhole: Split = () => [];

/** What differs between two lists of pieces: pairs that surely belong together first, the least change between them. */
function hunks(before: readonly string[], after: readonly string[], split: Split): TextEdit[] {
	let head = 0;
	while (head < before.length && head < after.length && before[head] === after[head]) head++;
	let tail = 0;
	while (
		tail < before.length - head &&
		tail < after.length - head &&
		before[before.length - 1 - tail] === after[after.length - 1 - tail]
	)
		tail++;
	const old = before.slice(head, before.length - tail);
	const fresh = after.slice(head, after.length - tail);
	const edits: TextEdit[] = [];
	let at = before.slice(0, head).join('').length;
	const between = (from: readonly string[], to: readonly string[]): void => {
		for (const part of leastChange(from, to)) {
			if (part.kept !== undefined) at += part.kept.length;
			else {
				edits.push({ at, remove: part.remove, insert: part.insert });
				at += part.remove.length;
			}
		}
	};
	let [i, j] = [0, 0];
	for (const [oldAt, freshAt] of [...split(old, fresh), [old.length, fresh.length] as const]) {
		between(old.slice(i, oldAt), fresh.slice(j, freshAt));
		at += old[oldAt]?.length ?? 0;
		[i, j] = [oldAt + 1, freshAt + 1];
	}
	return joined(edits);
}

type Part = { kept: string } | { kept?: undefined; remove: string; insert: string };

function leastChange(before: readonly string[], after: readonly string[]): Part[] {
	if (before.length === 0 && after.length === 0) return [];
	const changes =
		before.length === 0 || after.length === 0
			? undefined
			: diffArrays([...before], [...after], { maxEditLength: mostEdits });
	if (changes === undefined) return [{ remove: before.join(''), insert: after.join('') }];
	return changes.map(({ value, added, removed }): Part => {
		const text = value.join('');
		if (added) return { remove: '', insert: text };
		return removed ? { remove: text, insert: '' } : { kept: text };
	});
}

/** Edits that touch each other are one. */
function joined(edits: readonly TextEdit[]): TextEdit[] {
	const result: TextEdit[] = [];
	for (const edit of edits) {
		const last = result.at(-1);
		if (last !== undefined && last.at + last.remove.length === edit.at) {
			last.remove += edit.remove;
			last.insert += edit.insert;
		} else if (edit.remove !== '' || edit.insert !== '') result.push({ ...edit });
	}
	return result;
}

/** Lines that stand once in both texts, in an order that both share: they hold, however much is between them. */
function splitByLines(before: readonly string[], after: readonly string[]): [number, number][] {
	const once = (lines: readonly string[]): Map<string, number> => {
		const places = new Map<string, number>();
		lines.forEach((line, index) => places.set(line, places.has(line) ? -1 : index));
		return places;
	};
	const [old, fresh] = [once(before), once(after)];
	const pairs: [number, number][] = [];
	for (const [line, index] of old) {
		const other = fresh.get(line);
		if (index >= 0 && other !== undefined && other >= 0 && line.trim() !== '') pairs.push([index, other]);
	}
	return risingPairs(pairs);
}

/** The longest run of pairs whose second places rise too; the first places do already. */
export function risingPairs(pairs: readonly [number, number][]): [number, number][] {
	const ends: number[] = [];
	const before: number[] = [];
	pairs.forEach(([, place], index) => {
		let [low, high] = [0, ends.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < place) low = middle + 1;
			else high = middle;
		}
		before[index] = low === 0 ? -1 : (ends[low - 1] ?? -1);
		ends[low] = index;
	});
	const run: [number, number][] = [];
	for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
		const pair = pairs[index];
		if (pair !== undefined) run.push(pair);
	}
	return run.reverse();
}
