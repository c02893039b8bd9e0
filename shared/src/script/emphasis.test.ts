import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emphasisOf, plain } from './emphasis.ts';

const spans = (text: string): string[] =>
	emphasisOf(text).spans.map(({ kind, innerStart, innerEnd }) => `${kind}: ${text.slice(innerStart, innerEnd)}`);

describe('emphasis in Fountain', () => {
	it('tells italics, bold, both and underlines apart, one inside the other too', () => {
		expect(spans('a *soft* and **loud** and _low_ word')).toEqual(['italic: soft', 'bold: loud', 'underline: low']);
		expect(spans('***all***')).toEqual(['italic: **all**', 'bold: all']);
		expect(spans('_under **and bold** here_')).toEqual(['underline: under **and bold** here', 'bold: and bold']);
		expect(spans('**bold *and italic* too**')).toEqual(['bold: bold *and italic* too', 'italic: and italic']);
		expect(spans('他*轻声*说：**不行**。')).toEqual(['italic: 轻声', 'bold: 不行']);
	});
	it('leaves signs that mark nothing: beside a space, without a twin, over a line end, in a name, escaped', () => {
		for (const text of [
			'He dialed *69 and then *23, and hung up.',
			'a * b * c',
			'*one\ntwo*',
			'file_name_here',
			'2 ** 3',
		])
			expect(spans(text), text).toEqual([]);
		expect(spans('Steel enters the code: \\*9765\\* and _runs_')).toEqual(['underline: runs']);
		expect(plain('Steel enters the code: \\*9765\\*')).toBe('Steel enters the code: *9765*');
	});
	it('reads as the words without the marks', () => {
		expect(plain('_**From** what_ *we* saw ***here***')).toBe('From what we saw here');
		expect(plain('He dialed *69 and then *23.')).toBe('He dialed *69 and then *23.');
	});
	it('answers in good time with ranges in order for any text', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom('*', '_', '\\', 'a', ' ', '\n', '字'), maxLength: 60 }), (text) => {
				const { spans: found, marks } = emphasisOf(text);
				let at = 0;
				for (const mark of marks) {
					expect(mark.start).toBeGreaterThanOrEqual(at);
					at = mark.end;
				}
				for (const span of found) expect(text.slice(span.start, span.end)).not.toContain('\n');
			}),
		);
		const began = performance.now();
		emphasisOf('*a '.repeat(20_000));
		emphasisOf('*'.repeat(50_000));
		expect(performance.now() - began).toBeLessThan(2000);
	});
});
