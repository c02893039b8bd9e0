import { expect, it } from 'vitest';
import { formatFdx } from './format-fdx.ts';
import { onOneLine, tidyLines, unbracketed } from './one-line.ts';

it('words of many lines are set on one, with one space where a line ended', () => {
	expect(onOneLine('INT.  HOUSE \n\n  - DAY')).toBe('INT.  HOUSE - DAY');
	expect(tidyLines('  a \n\t\n  b\n c ')).toBe('  a\n\nb\nc ');
	expect(['(softly )', '（低声）', '( )', 'no'].map(unbracketed)).toEqual(['softly', '低声', '', 'no']);
});

it.each([
	['an action', (blanks: string) => `INT. ROOM - DAY\n\n${blanks}x\n`],
	['a heading', (blanks: string) => `INT. ROOM${blanks}HALL - DAY\n`],
	['a transition', (blanks: string) => `INT. ROOM - DAY\n\n> ${blanks}x\n`],
	['a parenthetical', (blanks: string) => `INT. ROOM - DAY\n\nANNA\n(${blanks}x\nHi\n`],
])('%s with a hundred thousand blanks in it is written as fast as one with words', (_kind, script) => {
	const began = performance.now();
	expect(formatFdx(script(' '.repeat(100_000)))).toContain('FinalDraft');
	expect(performance.now() - began).toBeLessThan(5_000);
});
