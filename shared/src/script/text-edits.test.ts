import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, placeMapper, textEdits } from './text-edits.ts';

const scripts = fc
	.array(
		fc.constantFrom('INT. ROOM - DAY\n', '\n', 'An old man waits.\n', '愚公挖山。\n', 'A🎬B c\n', '她 走 了', 'x'),
		{
			maxLength: 30,
		},
	)
	.map((lines) => lines.join(''));

describe('the edits between two texts', () => {
	it('lead from the one to the other, whatever they are, in order and without overlap', () => {
		fc.assert(
			fc.property(fc.oneof(scripts, fc.string({ unit: 'binary' })), fc.oneof(scripts, fc.string()), (before, after) => {
				const edits = textEdits(before, after);
				expect(applyEdits(before, edits)).toBe(after);
				let end = -1;
				for (const { at, remove } of edits) {
					expect(at).toBeGreaterThan(end);
					expect(before.slice(at, at + remove.length)).toBe(remove);
					end = at + remove.length;
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('change a word within a line, and one character of Chinese', () => {
		expect(textEdits('An old man waits.\n', 'An old woman waits.\n')).toEqual([
			{ at: 7, remove: 'man', insert: 'woman' },
		]);
		expect(textEdits('愚公挖山。', '愚公移山。')).toEqual([{ at: 2, remove: '挖', insert: '移' }]);
	});

	it('leave what stands around many changed places alone', () => {
		const lines = Array.from({ length: 400 }, (_, n) => `Line ${n} stays as it is.\n`);
		const after = lines.map((line, n) => (n % 20 === 7 ? line.replace('stays', 'goes') : line));
		expect(textEdits(lines.join(''), after.join('')).map(({ remove }) => remove)).toEqual(Array(20).fill('stays'));
	});

	it('never cut a pair of surrogates in two', () => {
		expect(textEdits('a🎬b', 'a🎨b')).toEqual([{ at: 1, remove: '🎬', insert: '🎨' }]);
	});

	it('are found in time for long scripts that share nothing, and for one moved to the end', () => {
		const one = Array.from({ length: 20_000 }, (_, n) => `${n} one ${n * 7}\n`).join('');
		const two = Array.from({ length: 20_000 }, (_, n) => `${n * 3} two\n`).join('');
		const since = performance.now();
		expect(applyEdits(one, textEdits(one, two))).toBe(two);
		const moved = one.slice(one.length / 2) + one.slice(0, one.length / 2);
		expect(applyEdits(one, textEdits(one, moved))).toBe(moved);
		expect(performance.now() - since).toBeLessThan(8000);
	});

	it('tell where each place of the old text has come to', () => {
		const edits = textEdits('one two three', 'zero one three four');
		const map = placeMapper(edits);
		expect(map('one two '.length)).toBe('zero one '.length);
		fc.assert(
			fc.property(scripts, scripts, (before, after) => {
				const there = placeMapper(textEdits(before, after));
				let last = 0;
				for (let index = 0; index <= before.length; index++) {
					const place = there(index);
					expect(place).toBeGreaterThanOrEqual(last);
					expect(place).toBeLessThanOrEqual(after.length);
					last = place;
				}
			}),
			{ numRuns: 200 },
		);
	});
});
