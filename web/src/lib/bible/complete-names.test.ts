import { expect, test } from 'vitest';
import { anAsset } from '@reelroom/shared/testing/an-asset.ts';
import { completeNames } from './complete-names.ts';

const coat = { id: 'variant-0001', name: 'red coat', description: '', order: 'a0' };
const assets = [anAsset('Girl', { variants: [coat] }), anAsset('Old Man', { aliases: ['Grandpa'] }), anAsset('愚公')];
const offered = (text: string, caret = text.length) =>
	completeNames(assets, text, caret)?.choices.map(({ insert }) => insert);

test('behind @ all names are offered, by the first letters of any of their words, and by other names', () => {
	expect(offered('See @')).toEqual(['@Girl ', '@Old Man ', '@Grandpa ', '@愚公']);
	expect(offered('See @g')).toEqual(['@Girl ', '@Grandpa ']);
	expect(offered('See @ma')).toEqual(['@Old Man ']);
	expect(offered('看见＠愚')).toEqual(['@愚公']);
});

test('behind a name and / its variants are offered', () => {
	expect(offered('@Girl/')).toEqual(['@Girl/red coat ']);
	expect(offered('@girl/re')).toEqual(['@Girl/red coat ']);
	expect(completeNames(assets, 'See @girl/re now', 12)).toMatchObject({ start: 4 });
});

test('nothing is offered in an address of mail, behind a finished name, or where there is no such name', () => {
	for (const text of ['mei@g', '@Girl walks', 'See @zebra', 'no mention', '@Girl\ng'])
		expect(offered(text)).toBeUndefined();
});
