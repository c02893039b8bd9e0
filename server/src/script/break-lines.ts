import type { InlineRun } from '@reelroom/shared/script/inline.ts';

/** One sign as it is set: a letter with its marks, a Chinese character, an emoji. */
export type Cell = {
	text: string;
	width: number;
	bold: boolean;
	italic: boolean;
	underline: boolean;
	/** A dash, ellipsis or quote that both alphabets have, set as Chinese has it. */
	chinese: boolean;
};

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const wide =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Signs that no line may begin with, and that none may end with (kinsoku). */
const noStart = new Set('，。、；：？！）】》〉」』〕”’…—·％‰℃々ー～!%),.:;?]}');
const noEnd = new Set('（【《〈「『〔“‘([{¥￥$');

/** Whether a line may end between two signs that stand side by side. */
function mayBreak(before: string, after: string): boolean {
	if (before === ' ') return after !== ' ' && !noStart.has(after);
	if (after === ' ') return false;
	if (before === after && '—…'.includes(before)) return false;
	if (noStart.has(after) || noEnd.has(before)) return false;
	if (before === '-' || before === '–' || before === '—') return /[\p{L}\p{N}]/u.test(after);
	return wide.test(before) || wide.test(after);
}

export type WidthOf = (sign: string, bold: boolean, chinese: boolean) => number;

/** Signs that both alphabets have; their neighbours tell whose they are. */
const shared = new Set('—…“”‘’·');

/** Cuts runs into signs with their widths; a newline stays a sign of its own. */
export function cellsOf(runs: readonly InlineRun[], widthOf: WidthOf): Cell[] {
	const cells = signsOf(runs);
	const isWide = (at: number): boolean => wide.test(cells[at]?.text ?? '');
	cells.forEach((cell, at) => {
		if (shared.has(cell.text)) {
			let [from, to] = [at, at];
			while (shared.has(cells[from]?.text ?? '')) from -= 1;
			while (shared.has(cells[to]?.text ?? '')) to += 1;
			cell.chinese = isWide(from) || isWide(to);
		}
		if (cell.text !== '\n') cell.width = widthOf(cell.text, cell.bold, cell.chinese);
	});
	return cells;
}

function signsOf(runs: readonly InlineRun[]): Cell[] {
	return runs.flatMap((run) =>
		run.kind !== 'text'
			? []
			: [...graphemes.segment(run.text.normalize('NFC').replace(/[\t\u3000]/g, ' '))].map(({ segment }) => ({
					text: segment,
					width: 0,
					chinese: false,
					bold: run.bold,
					italic: run.italic,
					underline: run.underline,
				})),
	);
}

/** Breaks signs into lines no wider than that; every sign is on exactly one line, blanks at the ends of lines apart. */
export function breakLines(cells: readonly Cell[], width: number): Cell[][] {
	const lines: Cell[][] = [];
	let line: Cell[] = [];
	let used = 0;
	/** How many signs of the line stand before the last place where it may end. */
	let place = 0;
	const end = (count: number): void => {
		lines.push(trim(line.slice(0, count)));
		line = line.slice(count);
		while (line[0]?.text === ' ') line.shift();
		used = line.reduce((sum, cell) => sum + cell.width, 0);
		place = 0;
		for (let at = 1; at < line.length; at += 1)
			if (mayBreak(line[at - 1]?.text ?? '', line[at]?.text ?? '')) place = at;
	};
	for (const cell of cells) {
		if (cell.text === '\n') {
			end(line.length);
			continue;
		}
		const last = line.at(-1);
		if (last !== undefined && mayBreak(last.text, cell.text)) place = line.length;
		// A blank hangs over the edge without harm.
		if (cell.text !== ' ' && used + cell.width > width && line.length > 0)
			end(place > 0 ? place : lastResort(line, cell));
		if (line.length === 0 && cell.text === ' ') continue;
		line.push(cell);
		used += cell.width;
	}
	if (line.length > 0) end(line.length);
	return lines.filter((found, at) => found.length > 0 || at < lines.length - 1);
}

/** Where a line ends that has no good place to: within a word, but still not before a closing sign or behind an opening one. */
function lastResort(line: readonly Cell[], next: Cell): number {
	for (let at = line.length; at > 0; at -= 1) {
		const after = (at === line.length ? next : line[at])?.text ?? '';
		// Behind a blank comes what the line would really begin with.
		if (after !== ' ' && !noStart.has(after) && !noEnd.has(line[at - 1]?.text ?? '')) return at;
	}
	return line.length;
}

function trim(line: readonly Cell[]): Cell[] {
	let end = line.length;
	while (end > 0 && line[end - 1]?.text === ' ') end -= 1;
	return line.slice(0, end);
}

export const widthOfLine = (line: readonly Cell[]): number => line.reduce((sum, cell) => sum + cell.width, 0);
