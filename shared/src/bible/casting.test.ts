import { expect, test } from 'vitest';
import { anAsset } from '../../testing/an-asset.ts';
import { shotContent } from '../../testing/shot-content.ts';
import { createCaster } from './casting.ts';

const coat = { id: 'variant-0001', name: 'winter coat', description: 'a coat with a fur collar', order: 'a0' };
const girl = anAsset('Girl', { variants: [coat] });
const oldMan = anAsset('Old Man', { aliases: ['智叟'] });
const man = anAsset('Man');
const street = anAsset('Market Street', { kind: 'location' });
const hoe = anAsset('hoe', { kind: 'prop' });
const yugong = anAsset('愚公');
const caster = createCaster([girl, oldMan, man, street, hoe, yugong, anAsset('Ghost', { omitted: true })]);
const castOf = (words: Partial<typeof shotContent>) =>
	caster
		.castOf({ ...shotContent, place: '', ...words })
		.map(({ asset, variant, by }) => [asset.name, variant?.name, by]);

test('@ names the longest name that stands behind it, in any case, in Chinese without a space, by other names too', () => {
	const named = (text: string) => caster.mentionsIn(text).map(({ start, end }) => text.slice(start, end));
	expect(named('@Old Man meets @man, not @mandolin.')).toEqual(['@Old Man', '@man']);
	expect(named('看见＠愚公拿着@hoe')).toEqual(['＠愚公', '@hoe']);
	expect(named('@智叟笑了')).toEqual(['@智叟']);
	expect(named('write to mei@girl.example, @nobody, @Ghost')).toEqual([]);
});

test('behind / the name of a variant casts that look, and models read neither @ nor variant', () => {
	const text = 'Snow. @Girl/winter coat runs after @愚公，@Girl/barefoot stands.';
	expect(caster.mentionsIn(text).map(({ variant }) => variant?.name)).toEqual(['winter coat', undefined, undefined]);
	expect(caster.plainWords(text)).toBe('Snow. Girl runs after 愚公，Girl/barefoot stands.');
});

test('a shot casts its characters and speakers, what its words mention, and its place last', () => {
	expect(
		castOf({
			characters: ['GIRL', 'STRANGER'],
			dialogue: [{ character: '愚公', text: 'Dig.' }],
			action: 'She takes @hoe and @Girl/winter coat.',
			place: 'MARKET STREET - CORNER',
		}),
	).toEqual([
		['Girl', 'winter coat', 'character'],
		['愚公', undefined, 'character'],
		['hoe', undefined, 'mention'],
		['Market Street', undefined, 'place'],
	]);
	expect(castOf({ place: 'MAN' })).toEqual([]);
});
