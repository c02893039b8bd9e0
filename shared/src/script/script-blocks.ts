import type { FountainElement, TitlePageEntry } from './fountain-element.ts';
import { linesOf, stretchesOf } from './lines.ts';
import type { Line, Stretch } from './lines.ts';
import { parseLines } from './parse-lines.ts';

/** What stands between two blank lines, with offsets from its own start, so that a block which nobody touched is the same object as before. */
export type ScriptBlock = {
	readonly length: number;
	readonly elements: readonly FountainElement[];
	readonly hidden: readonly Stretch[];
	readonly titlePage: readonly TitlePageEntry[];
	/** True when it holds a mark of a boneyard, which may reach over blank lines. */
	readonly reaches: boolean;
};

/** A script cut at its blank lines; the elements of all blocks are those of `parseFountain`. */
export type ScriptBlocks = {
	readonly blocks: readonly ScriptBlock[];
	/** Where each block begins. */
	readonly starts: readonly number[];
	readonly length: number;
};

/** A text that can be read in parts. */
export type TextParts = { readonly length: number; slice(from: number, to: number): string };

/** A blank line that ends whatever came before it. */
const isBorder = (line: Line): boolean => line.blank && !line.spaces && !line.continues;
const moved = <T extends { start: number; end: number }>(range: T, by: number): T => ({
	...range,
	start: range.start + by,
	end: range.end + by,
});

/** Where the runs of lines between blank ones begin and end. */
function runsOf(lines: readonly Line[]): { start: number; end: number }[] {
	const runs: { start: number; end: number }[] = [];
	let open: { start: number; end: number } | null = null;
	for (const line of lines) {
		if (isBorder(line)) open = null;
		else if (open !== null) open.end = line.end;
		else if (!line.blank || line.continues) runs.push((open = { start: line.start, end: line.end }));
	}
	return runs;
}

function cut(text: string, mayBeTitlePage: boolean): { blocks: ScriptBlock[]; starts: number[] } {
	const hidden = stretchesOf(text);
	const lines = linesOf(text, hidden);
	const { titlePage, elements } = parseLines(text, lines, mayBeTitlePage);
	const starts: number[] = [];
	let [element, stretch] = [0, 0];
	const blocks = runsOf(lines).map(({ start, end }, index): ScriptBlock => {
		const own: FountainElement[] = [];
		for (let next = elements[element]; next && next.start < end; next = elements[++element])
			own.push(moved(next, -start));
		const inside: Stretch[] = [];
		for (let next = hidden[stretch]; next && next.start < end; next = hidden[++stretch])
			inside.push(moved(next, -start));
		starts.push(start);
		const words = text.slice(start, end);
		return {
			length: end - start,
			elements: own,
			hidden: inside,
			titlePage: index === 0 ? titlePage : [],
			reaches: words.includes('/*') || words.includes('*/'),
		};
	});
	return { blocks, starts };
}

/** Reads a whole script into blocks. */
export function readBlocks(text: string): ScriptBlocks {
	return { ...cut(text, true), length: text.length };
}

/** The first block at or behind which a place lies: how many blocks begin before or at it. */
export function blockAfter({ starts }: ScriptBlocks, index: number): number {
	let [low, high] = [0, starts.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((starts[middle] ?? Infinity) <= index) low = middle + 1;
		else high = middle;
	}
	return low;
}

/**
 * Reads a script again after the letters from `from` to `to` became `inserted` others: only the blocks around the change are looked at, the others
 * are kept as they are. The answer is what `readBlocks` of the new text gives.
 */
export function rereadBlocks(
	before: ScriptBlocks,
	{ from, to, inserted }: { from: number; to: number; inserted: number },
	text: TextParts,
): ScriptBlocks {
	const { blocks, starts } = before;
	const by = inserted - (to - from);
	// From the block the change begins in or behind to the first one wholly behind it: they may have grown together.
	const first = blockAfter(before, from) - 1;
	const last = blockAfter(before, to);
	const start = first < 0 ? 0 : (starts[first] ?? 0);
	const end = last < blocks.length ? (starts[last] ?? 0) + (blocks[last]?.length ?? 0) : before.length;
	const region = text.slice(start, end + by);
	const reaches =
		region.includes('/*') ||
		region.includes('*/') ||
		blocks.slice(Math.max(first, 0), last + 1).some((block) => block.reaches);
	if (reaches) return readBlocks(text.slice(0, text.length));
	const fresh = cut(region, first <= 0);
	const head = Math.max(first, 0);
	return {
		blocks: [...blocks.slice(0, head), ...fresh.blocks, ...blocks.slice(last + 1)],
		starts: [
			...starts.slice(0, head),
			...fresh.starts.map((at) => at + start),
			...starts.slice(last + 1).map((at) => at + by),
		],
		length: before.length + by,
	};
}

/** The elements of all blocks in text order, with offsets in the script. */
export function elementsOfBlocks({ blocks, starts }: ScriptBlocks): FountainElement[] {
	return blocks.flatMap(({ elements }, index) => elements.map((element) => moved(element, starts[index] ?? 0)));
}
