import { describe, expect, it } from 'vitest';
import { chordWords, isChord, isSingleKey } from './chord.ts';
import { rank } from './rank.ts';

const words = ['Go to Film', 'Generate a picture', 'Generate all missing pictures', '拆解剧本', 'Duplicate the shot'];
const found = (asked: string): string[] => rank(words, asked, (word) => word);

describe('finding an action by what was typed', () => {
	it('puts the beginning of the words first and keeps the order of equals', () => {
		expect(found('gen')).toEqual(['Generate a picture', 'Generate all missing pictures']);
		expect(found('film')).toEqual(['Go to Film']);
		expect(found('')).toEqual(words);
	});
	it('finds beginnings of several words, Chinese inside of words, and nothing for nonsense', () => {
		expect(found('gen miss')).toEqual(['Generate all missing pictures']);
		expect(found('剧本')).toEqual(['拆解剧本']);
		expect(found('xyz')).toEqual([]);
	});
});

describe('chords', () => {
	const press = (key: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent =>
		({ key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more }) as KeyboardEvent;
	it.each([
		['g', press('g'), true],
		['g', press('G', { shiftKey: true }), false],
		['g', press('g', { ctrlKey: true }), false],
		['shift+g', press('G', { shiftKey: true }), true],
		['mod+k', press('k', { ctrlKey: true }), true],
		['mod+k', press('k'), false],
		['?', press('?', { shiftKey: true }), true],
		['alt+arrowleft', press('ArrowLeft', { altKey: true }), true],
		['g', press('п', { code: 'KeyG' }), true],
		[' ', press(' '), true],
	])('%s', (chord, event, is) => expect(isChord(chord, event)).toBe(is));
	it('tells single keys, which can be switched off, from the others', () => {
		expect(['g', '?', 'shift+g', 'mod+k', 'enter', ' ', 'arrowleft'].filter(isSingleKey)).toEqual([
			'g',
			'?',
			'shift+g',
		]);
	});
	it('writes them for a person', () => expect(chordWords('mod+shift+z')).toBe('Ctrl Shift Z'));
});
