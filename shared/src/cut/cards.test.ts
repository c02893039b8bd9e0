import { describe, expect, test } from 'vitest';
import { cardsOf } from './cards.ts';

describe('cardsOf', () => {
	test('reads the title page and the last centred words', () => {
		const script =
			'Title: The Fox\nCredit: after a fable by\nAuthor: Aesop\n\n> PART ONE <\n\nEXT. WOOD - DAY\n\nSnow.\n\n> THE END <\n';
		expect(cardsOf(script, 'Project')).toEqual({
			title: { title: 'The Fox', credit: 'after a fable by', author: 'Aesop' },
			endCard: 'THE END',
		});
	});
	test('falls back to the name of the project, and to no end card', () => {
		expect(cardsOf('EXT. WOOD - DAY\n\nSnow.\n', 'Winter')).toEqual({
			title: { title: 'Winter', credit: '', author: '' },
			endCard: null,
		});
	});
});
