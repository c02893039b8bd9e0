import { expect, test } from 'vitest';
import { formatExactJson, parseExactJson } from './exact-json.ts';

test('a seed of 64 bits comes back digit for digit', () => {
	const text = '{"seed":18446744073709551615,"low":-9223372036854775807,"cfg":7.5,"steps":20,"list":[1,null,true]}';
	expect(formatExactJson(parseExactJson(text))).toBe(text);
	expect(parseExactJson('9007199254740991')).toBe(9007199254740991);
	expect(parseExactJson('9007199254740993')).toBe(9007199254740993n);
	expect(parseExactJson('1e400')).toBe(Infinity);
});

test('text is written as Python writes it when asked to, and what is undefined is left out', () => {
	expect(formatExactJson({ a: [1, 2], b: undefined, c: 'ü"' }, true)).toBe('{"a": [1, 2], "c": "ü\\""}');
	expect(() => parseExactJson('{')).toThrow(SyntaxError);
});

test('a number of two million digits keeps nobody waiting', () => {
	const began = performance.now();
	expect(parseExactJson(`[${'9'.repeat(2_000_000)}]`)).toEqual([Infinity]);
	expect(performance.now() - began).toBeLessThan(200);
});
