import fc from 'fast-check';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { parseFountain } from '../script/fountain.ts';
import { scenesOf } from '../script/scenes.ts';
import { scriptOf } from './document.ts';
import { changeBetween, readHeadings } from './read-headings.ts';

const piece = fc.constantFrom(
	...['INT. ROOM - DAY\n\n', '外景 山路 夜\n\n', 'ANNA\n', 'Rain.\n\n', '\n', ' ', '  \n', 'x', '/*', '*/', '[[', ']]'],
	...['.A #1#\n\n', '.\n', 'Title: A\n', '# Act\n', 'INT. A\n', '愚公：走。\n', 'x'.repeat(1500)],
);
const pieces = fc.array(piece, { maxLength: 12 }).map((words) => words.join(''));

test('headings read again around a change are those of the whole script read anew', () => {
	fc.assert(
		fc.property(pieces, fc.array(fc.tuple(fc.nat(), fc.nat(40), pieces), { maxLength: 12 }), (begin, edits) => {
			const doc = new Y.Doc();
			const script = scriptOf(doc);
			script.insert(0, begin);
			for (const [at, remove, words] of edits) {
				const index = at % (script.length + 1);
				script.delete(index, Math.min(remove, script.length - index));
				if (words !== '') script.insert(index, words);
				expect(readHeadings(doc)).toEqual(
					scenesOf(parseFountain(script.toString())).map(({ heading, headingStart, headingEnd }) => ({
						heading,
						start: headingStart,
						end: headingEnd,
					})),
				);
			}
		}),
		{ numRuns: 300, seed: 3 },
	);
});

test('a change between two texts is one stretch that makes one of the other, and no longer than it must be at its ends', () => {
	fc.assert(
		fc.property(pieces, pieces, pieces, pieces, (head, tail, one, other) => {
			const [before, after] = [head + one + tail, head + other + tail];
			const { from, to, inserted } = changeBetween(before, after);
			expect(before.slice(0, from) + after.slice(from, from + inserted) + before.slice(to)).toBe(after);
			expect(from).toBeLessThanOrEqual(to);
			if (from < to && inserted > 0) expect(before[from]).not.toBe(after[from]);
		}),
		{ numRuns: 500, seed: 5 },
	);
});
