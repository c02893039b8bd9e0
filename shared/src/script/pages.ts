import type { FountainElement, FountainType } from './fountain.ts';
import type { ScriptBlock, ScriptBlocks } from './script-blocks.ts';

/** Lines of print on a page of US letter in 12 point Courier; such a page is taken for a minute of film. */
export const linesPerPage = 55;

/** Letters of Courier that fit into a line of each kind; what has none is not printed. */
const columns: Partial<Record<FountainType, number>> = {
	'scene-heading': 61,
	action: 61,
	character: 38,
	parenthetical: 25,
	dialogue: 35,
	lyrics: 35,
	transition: 61,
	centred: 61,
};
const wide =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g;
/** A Chinese sign beside 12 point Courier is as wide as 5/3 of its letters. */
const wideCells = 5 / 3;
const cellsOf = (text: string): number => text.length + (text.match(wide)?.length ?? 0) * (wideCells - 1);

/** How many lines of print a text fills; words are kept whole, Chinese breaks anywhere. */
export function printedLines(text: string, width: number): number {
	let lines = 0;
	for (const line of text.split('\n')) {
		lines++;
		if (cellsOf(line) <= width) continue;
		let used = 0;
		for (const word of line.match(/\s+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+/g) ?? []) {
			const cells = cellsOf(word);
			if (used + cells <= width || /^\s/.test(word)) used += cells;
			else {
				lines += Math.max(1, Math.ceil(cells / width));
				used = cells > width ? cells % width : cells;
			}
		}
	}
	return lines;
}

/** An element as it is printed. */
type Printed = { at: number; space: number; lines: number; keepNext: boolean; splits: boolean; breaks: boolean };

const printedOf = new WeakMap<ScriptBlock, readonly Printed[]>();

function readPrinted({ elements }: ScriptBlock): Printed[] {
	let aside = false;
	return elements.flatMap((element: FountainElement): Printed[] => {
		const { type, start: at, text } = element;
		if (type === 'page-break') return [{ at, space: 0, lines: 0, keepNext: false, splits: false, breaks: true }];
		const width = columns[type];
		if (type === 'character') aside = element.dual === true;
		else if (type !== 'dialogue' && type !== 'parenthetical' && type !== 'lyrics') aside = false;
		// The second of two who speak at once stands beside the first.
		if (width === undefined || aside) return [];
		const speech = type === 'dialogue' || type === 'parenthetical';
		const keepNext = type === 'scene-heading' || type === 'character' || type === 'parenthetical';
		const splits = type === 'action' || type === 'dialogue' || type === 'lyrics';
		return [{ at, space: speech ? 0 : 1, lines: printedLines(text, width), keepNext, splits, breaks: false }];
	});
}

/** How long a script is in print, and where its pages begin. */
export type Pages = {
	/** Where in the text each page after the first begins, at the element nearest to it. */
	starts: number[];
	/** Pages, the last one as the part of it that is filled. */
	length: number;
};

/** Breaks a script into pages: a heading or a name never ends one, a paragraph leaves or takes two lines at least. */
export function pagesOf({ blocks, starts }: ScriptBlocks): Pages {
	const breaks: number[] = [];
	let used = 0;
	let owed = 0;
	const turn = (at: number | null): void => {
		if (at === null) owed++;
		else breaks.push(at);
	};
	const flow = blocks.flatMap((block, index) => {
		let printed = printedOf.get(block);
		if (printed === undefined) printedOf.set(block, (printed = readPrinted(block)));
		return printed.map((unit) => ({ unit, at: (starts[index] ?? 0) + unit.at }));
	});
	for (const [index, { unit, at }] of flow.entries()) {
		for (; owed > 0 && unit.lines > 0; owed--) breaks.push(at);
		if (unit.breaks) {
			if (used > 0) {
				used = 0;
				turn(null);
			}
			continue;
		}
		const space = used === 0 ? 0 : unit.space;
		const next = unit.keepNext ? flow[index + 1]?.unit : undefined;
		const after = next === undefined ? 0 : next.space + Math.min(2, next.lines);
		if (used + space + unit.lines + after <= linesPerPage) {
			used += space + unit.lines;
			continue;
		}
		const room = linesPerPage - used - space;
		if (unit.splits && room >= 2 && unit.lines - room >= 2) {
			used = unit.lines - room;
			turn(room * 2 < unit.lines ? at : null);
			for (; used > linesPerPage; used -= linesPerPage) turn(null);
			continue;
		}
		if (used > 0) turn(at);
		used = unit.lines;
		for (; used > linesPerPage; used -= linesPerPage) turn(null);
	}
	return { starts: breaks, length: flow.length === 0 ? 0 : breaks.length + owed + used / linesPerPage };
}
