import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameFrom, nameUpTo, wordsUpTo } from './name.ts';

const Name = nameUpTo(20);
const taken = (name: string) => Name.safeParse(name).success;

test('names in any script, with emoji and marks, are taken, trimmed', () => {
	for (const name of ['Ada', '愚公移山', 'Noël & Co.', '👩‍👩‍👧 film', 'نص', '1', '…', '"x"'])
		expect(taken(name), name).toBe(true);
	expect(Name.parse('  Ada\n')).toBe('Ada');
});

test('names that nobody can see, or that spoil the line they stand in, are refused', () => {
	const refused = [
		'',
		' ',
		'\0',
		'\u0001\u0002',
		'a\0b',
		'a\nb',
		'\ud800',
		'a\udc00',
		'\u200b\u200d',
		'\u00ad',
		'a\u202etxt',
		'a\u2028b',
		'\u0301',
		'x'.repeat(21),
	];
	for (const name of refused) expect(taken(name), JSON.stringify(name)).toBe(false);
});

test('what is made of words from elsewhere is a name, or nothing', () => {
	expect(nameFrom('a\0b\u202e  c\n', 20)).toBe('a b c');
	expect(nameFrom('x'.repeat(19) + '👍', 20)).toBe('x'.repeat(19));
	expect(nameFrom('\u200b\0', 20)).toBe('');
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (words) => {
			const name = nameFrom(words, 20);
			expect(name === '' || Name.parse(name) === name).toBe(true);
		}),
	);
});

test('what people write to each other keeps its lines and signs, and loses what would spoil the page', () => {
	const Words = wordsUpTo(20);
	expect(Words.parse(' one\n\ttwo 👩‍👩‍👧\u0000\u202e\ud800 ')).toBe('one\n\ttwo 👩‍👩‍👧');
	for (const unseen of ['\u200b\u200d', '\u0007', ' \n ', '\u202e'])
		expect(Words.safeParse(unseen).success, unseen).toBe(false);
});
