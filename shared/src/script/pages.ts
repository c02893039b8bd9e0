import type { FountainElement, FountainType } from './fountain-element.ts';
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
/** A Chinese sign beside 12 point Courier is as wide as 5/3 of its letters. */
const wideCells = 5 / 3;
const isWide = (code: number): boolean =>
	code >= 0x1100 &&
	(code <= 0x115f ||
		(code >= 0x2e80 && code <= 0x303e) ||
		(code >= 0x3041 && code <= 0xa4cf) ||
		(code >= 0xac00 && code <= 0xd7a3) ||
		(code >= 0xf900 && code <= 0xfaff) ||
		(code >= 0xfe30 && code <= 0xfe4f) ||
		(code >= 0xff00 && code <= 0xff60) ||
		(code >= 0xffe0 && code <= 0xffe6));

/** What stays together at the end of a line: space, one sign that breaks anywhere, or a word. */
function kindOf(code: number): 'space' | 'sign' | 'word' {
	if (code === 32 || (code >= 9 && code <= 13)) return 'space';
	if (code < 0xa0) return 'word';
	if (/\s/.test(String.fromCharCode(code))) return 'space';
	return code >= 0x2e80 && code <= 0xffef ? 'sign' : 'word';
}

/** How wide the letters of a text from one to another are. */
function cellsOf(text: string, from: number, to: number): number {
	let wide = 0;
	for (let at = from; at < to; at++) if (isWide(text.charCodeAt(at))) wide++;
	return to - from + wide * (wideCells - 1);
}

/** How many lines of print a text fills; words are kept whole, Chinese breaks anywhere. */
export function printedLines(text: string, width: number): number {
	let lines = 0;
	for (let from = 0; from <= text.length;) {
		const newline = text.indexOf('\n', from);
		const end = newline < 0 ? text.length : newline;
		lines += end - from <= width && cellsOf(text, from, end) <= width ? 1 : brokenLines(text, from, end, width);
		from = end + 1;
	}
	return lines;
}

/** The same of one line, in one walk along it: somebody may paste a whole book as one. */
function brokenLines(text: string, from: number, end: number, width: number): number {
	let lines = 1;
	let used = 0;
	for (let at = from; at < end;) {
		const kind = kindOf(text.charCodeAt(at));
		let next = at + 1;
		while (kind !== 'sign' && next < end && kindOf(text.charCodeAt(next)) === kind) next++;
		const cells = cellsOf(text, at, next);
		if (used + cells <= width || kind === 'space') used += cells;
		else {
			lines += Math.max(1, Math.ceil(cells / width));
			used = cells > width ? cells % width : cells;
		}
		at = next;
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
