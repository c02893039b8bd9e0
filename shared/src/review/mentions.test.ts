import { expect, it } from 'vitest';
import { mentionAt, mentionChoices, mentionPieces, mentionsIn } from './mentions.ts';

const people = [
	{ id: 'ann', name: 'Ann' },
	{ id: 'anna', name: 'Anna Berg' },
	{ id: 'limei', name: '李梅' },
];

it.each([
	['Look, @An', 9, { start: 6, query: 'An' }],
	['@', 1, { start: 0, query: '' }],
	['同意，@李', 5, { start: 3, query: '李' }],
	['＠李', 2, { start: 0, query: '李' }],
	['@Anna Be', 8, { start: 0, query: 'Anna Be' }],
	['mail@home', 9, null],
	['@Ann is here now', 16, null],
	['nothing', 7, null],
])('while typing %j somebody may be named at %i', (text, caret, expected) => {
	expect(mentionAt(text, caret)).toEqual(expected);
});

it('names that begin with what was typed come first', () => {
	expect(mentionChoices(people, 'an').map(({ id }) => id)).toEqual(['ann', 'anna']);
	expect(mentionChoices(people, 'berg').map(({ id }) => id)).toEqual(['anna']);
	expect(mentionChoices(people, '').length).toBe(3);
});

it('nobody is offered to name themselves, and who is named by others is still found', () => {
	const seen = people.map((person) => ({ ...person, isMe: person.id === 'ann' }));
	expect(mentionChoices(seen, 'an').map(({ id }) => id)).toEqual(['anna']);
	expect(mentionsIn('@Ann, look', seen)).toEqual(['ann']);
});

it('a space behind a whole name ends the choice, within a name it does not', () => {
	expect(mentionChoices(people, 'Ann ')).toEqual([]);
	expect(mentionChoices(people, 'Anna ').map(({ id }) => id)).toEqual(['anna']);
});

it('of two names of which one begins the other the longer is meant', () => {
	expect(mentionsIn('@Anna Berg and @李梅, not @nobody', people)).toEqual(['anna', 'limei']);
	expect(mentionPieces('Hi @Ann!', people).map(({ text, mention }) => [text, mention?.id])).toEqual([
		['Hi ', undefined],
		['@Ann', 'ann'],
		['!', undefined],
	]);
});
