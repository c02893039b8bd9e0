import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesPerPage, pagesOf, printedLines } from './pages.ts';
import { readBlocks } from './script-blocks.ts';
import { countsOf, countWords } from './word-count.ts';

const pages = (text: string) => pagesOf(readBlocks(text));

describe('the length of a script in print', () => {
	it('fills a page with 55 lines, blank ones between paragraphs among them', () => {
		const paragraphs = (n: number): string => Array.from({ length: n }, () => 'She waits.').join('\n\n');
		expect(pages(paragraphs(28))).toEqual({ starts: [], length: 1 });
		const { starts, length } = pages(paragraphs(29));
		expect(starts).toEqual([28 * 12]);
		expect(length).toBeCloseTo(1 + 1 / linesPerPage);
	});
	it('wraps by whole words, and Chinese, which is wider, anywhere', () => {
		expect(printedLines('a'.repeat(61), 61)).toBe(1);
		expect(printedLines(`${'a'.repeat(40)} ${'b'.repeat(40)}`, 61)).toBe(2);
		expect(printedLines('山'.repeat(36), 61)).toBe(1);
		expect(printedLines('山'.repeat(37), 61)).toBe(2);
		expect(printedLines('one\ntwo', 61)).toBe(2);
	});
	it('never ends a page with a heading or a name', () => {
		const filler = Array.from({ length: 27 }, () => 'She waits.').join('\n\n');
		for (const last of ['INT. ROOM - DAY\n\nMore.', 'ANNA\nStill here.']) {
			const text = `${filler}\n\n${last}`;
			expect(pages(text).starts).toEqual([filler.length + 2]);
		}
	});
	it('begins a page where it is told to, and prints no remarks', () => {
		const text = 'Title: A\n\nOne.\n\n===\n\nTwo.\n\n[[a note]]\n\n# Act\n\n= told\n\n/* gone */';
		expect(pages(text)).toEqual({ starts: [text.indexOf('Two')], length: 1 + 1 / linesPerPage });
		expect(pages('').length).toBe(0);
	});
	it('sets two who speak at once beside each other', () => {
		expect(pages('ANNA\nYes.\n\nBEN ^\nNo.').length).toBe(pages('ANNA\nYes.').length);
	});
	it('splits a long paragraph and goes on behind it', () => {
		const text = `${'word '.repeat(900)}\n\nEnd.`;
		expect(pages(text).length).toBeGreaterThan(1.3);
		expect(pages(text).starts).toEqual([text.indexOf('End')]);
	});
});

describe('counting', () => {
	it('counts words of both languages as readers do', () => {
		expect(countWords("She doesn't wait — 12 o'clock.")).toBe(5);
		expect(countWords('愚公坐在门口。')).toBeGreaterThanOrEqual(3);
		expect(countWords('愚公坐在门口。')).toBeLessThanOrEqual(6);
	});
	it('counts what is read, not remarks, marks and the title page', () => {
		expect(countsOf(readBlocks('Title: X\n\nINT. A - DAY\n\nShe *waits*. [[long]]\n\n/* no */'))).toEqual({
			words: 5,
			characters: 18,
			scenes: 1,
		});
	});
});

/** The same by the words of the line, each looked at for itself. */
function plainly(text: string, width: number): number {
	const wide =
		/[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g;
	const cellsOf = (words: string): number => words.length + (words.match(wide)?.length ?? 0) * (5 / 3 - 1);
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
const anySign = fc.constantFrom(...' \t\n\u00a0\u3000\ufeffa-é愚，한ｆ￥☃😀'.split(''), 'word', '愚公移山');

it('lines are counted word by word', () => {
	fc.assert(
		fc.property(fc.array(anySign, { maxLength: 80 }), fc.integer({ min: 3, max: 20 }), (signs, width) => {
			expect(printedLines(signs.join(''), width)).toBe(plainly(signs.join(''), width));
		}),
		{ numRuns: 500, seed: 2 },
	);
});
it('a book pasted as one line is counted soon', () => {
	const began = performance.now();
	expect(printedLines('雨点打在窗纸上，'.repeat(80_000), 61)).toBeGreaterThan(10_000);
	// Sign by sign as strings of their own it takes seconds.
	expect(performance.now() - began).toBeLessThan(500);
});
