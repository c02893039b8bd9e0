import { expect, test } from 'vitest';
import { readyStyle } from '../../defaults/styles/ready-styles.ts';
import { anAsset } from '../../testing/an-asset.ts';
import { shotContent } from '../../testing/shot-content.ts';
import { GenerationRequest } from '../provider/provider.ts';
import { pictureWords } from '../provider/picture-words.ts';
import { styleNames } from '../style/style.ts';
import { foldRecipe, styleNameOf, type RecipeInput } from './recipe.ts';

const sha = (letter: string) => letter.repeat(64);
const picture = (letter: string, variantId: string | null = null) => ({
	id: `picture-${letter.repeat(4)}`,
	sha256: sha(letter),
	widthPx: 8,
	heightPx: 8,
	variantId,
	order: 'a0',
});
const coat = { id: 'variant-0001', name: 'coat', description: 'in a winter coat', order: 'a0' };
const girl = anAsset('Girl', {
	description: 'eight years old, freckles.',
	variants: [coat],
	pictures: [picture('a'), picture('b', coat.id)],
	lora: 'grl_v2',
	seed: 99,
	negative: 'adult woman',
});
const street = anAsset('Market Street', { kind: 'location', description: 'gas lamps', pictures: [picture('c')] });
const shot = {
	...shotContent,
	seed: null,
	size: 'CU' as const,
	angle: 'low' as const,
	characters: ['GIRL', 'GENTLEMAN'],
	place: 'MARKET STREET',
	interior: false,
	timeOfDay: 'night' as const,
	action: '@Girl/coat walks against the crowd.',
};
const style = readyStyle('ink-wash');
const fold = (change: Partial<RecipeInput> = {}) =>
	foldRecipe({
		shot,
		bible: [girl, street],
		looks: [
			{ name: 'GIRL', description: 'by the script' },
			{ name: 'GENTLEMAN', description: 'A gentleman in a tall hat' },
		],
		style,
		project: { aspectRatio: '16:9' },
		references: 4,
		...change,
	});

test('what is sent is made of framing, words, bible, place and style, each part with where it comes from', () => {
	const { parts, prompt } = fold();
	expect(parts.map(({ text, why, of }) => [text, why, of])).toEqual([
		['close-up', 'size', undefined],
		['low angle', 'angle', undefined],
		['Girl walks against the crowd', 'action', undefined],
		['GIRL (eight years old, freckles, in a winter coat)', 'variant', 'Girl/coat'],
		['GENTLEMAN (A gentleman in a tall hat)', 'described', 'GENTLEMAN'],
		['MARKET STREET (gas lamps)', 'location', 'Market Street'],
		['night', 'time', undefined],
		...style.prompt.map((text) => [text, 'style', 'ink-wash']),
		['picture 1 shows GIRL', 'reference', 'Girl'],
		['picture 2 shows MARKET STREET', 'reference', 'Market Street'],
		['grl_v2', 'lora', 'Girl'],
	]);
	expect(prompt).toBe(parts.map(({ text }) => text).join(', '));
});

test('what must not be seen comes from the shot, from whoever is in it and from the style', () => {
	const { negativePrompt } = fold({ shot: { ...shot, negativePrompt: 'rain' } });
	expect(negativePrompt).toBe(['rain', 'adult woman', ...style.negative].join(', '));
});

test('own words of a shot take the place of the folded ones and of nothing else', () => {
	const own = fold({ shot: { ...shot, promptOverride: 'Only @Girl/coat.' } });
	expect([own.prompt, own.overridden]).toEqual(['Only Girl.', true]);
	expect(own.parts.map(({ from }) => from)).toEqual(['override']);
	expect([own.negativePrompt, own.references]).toEqual([fold().negativePrompt, fold().references]);
	expect(fold({ shot: { ...shot, promptOverride: '  ' } }).overridden).toBe(false);
});

test('pictures of what is cast are references, those of the variant first, as many as the model takes', () => {
	const of = (references: number) => fold({ references }).references.map(({ sha256 }) => sha256);
	expect(of(4)).toEqual([sha('b'), sha('c')]);
	expect(of(1)).toEqual([sha('b')]);
	expect(of(0)).toEqual([]);
	expect([fold({ references: 1 }).kind, fold({ references: 0 }).kind]).toEqual(['image-to-image', 'text-to-image']);
	// Who takes their look alone is told nothing of them in words.
	const guided = fold({ references: 1, guided: true });
	expect([guided.kind, guided.references.length]).toEqual(['text-to-image', 1]);
	expect(guided.parts).toEqual(fold({ references: 0 }).parts);
});

test('the seed is the one that is asked for, else of the shot, else of whoever is in it first, else left to chance', () => {
	expect(fold({ wish: { seed: 1 } }).seed).toEqual({ value: 1, from: 'wish' });
	expect(fold({ shot: { ...shot, seed: 2 } }).seed).toEqual({ value: 2, from: 'shot' });
	expect(fold().seed).toEqual({ value: 99, from: 'asset', of: 'Girl' });
	expect(fold({ bible: [] }).seed).toEqual({ value: null, from: 'chance' });
});

test('only a clip is told how the camera moves', () => {
	const moving = { ...shot, move: 'push in' as const };
	expect(fold({ shot: moving }).prompt).toBe(fold().prompt);
	expect(fold({ shot: moving, wish: { kind: 'text-to-video' } }).prompt).toContain('camera pushes in');
});

test('whoever is mentioned alone is there for a provider that draws from the fields, with the look of the bible', () => {
	const { content, looks } = fold({ shot: { ...shot, characters: [], prompt: 'Snow on @Girl' } });
	expect([content.characters, content.prompt]).toEqual([['Girl'], 'Snow on Girl']);
	expect(looks).toContainEqual({ name: 'Girl', description: 'eight years old, freckles., in a winter coat' });
});

test('the style is the one that is asked for, else of the shot, else of the project', () => {
	expect(styleNameOf({ style: 'noir' }, { style: 'anime' }, { style: 'comic' })).toBe('comic');
	expect(styleNameOf({ style: 'noir' }, { style: 'anime' })).toBe('noir');
	expect([styleNameOf({ style: null }, { style: 'anime' }), styleNameOf({}, { style: 'anime' })]).toEqual([
		'anime',
		'anime',
	]);
});

test('a request is sent with its own words, and one from before there were any with words made of its shot', () => {
	const { content, looks, prompt, negativePrompt } = fold({ bible: [] });
	const request = GenerationRequest.parse({
		kind: 'text-to-image',
		label: '1A',
		shot: content,
		looks,
		style: 'ink-wash',
		seed: 7,
		widthPx: 640,
		heightPx: 360,
	});
	expect(pictureWords(request)).toEqual({ prompt, negative: '' });
	expect(pictureWords({ ...request, prompt: 'Words', negativePrompt })).toEqual({
		prompt: 'Words',
		negative: negativePrompt,
	});
});

test.each(styleNames)('the style %s is told whole, in both languages, and says nothing twice', (name) => {
	const ready = readyStyle(name);
	expect(ready.name).toBe(name);
	expect(new Set([...ready.prompt, ...ready.negative]).size).toBe(ready.prompt.length + ready.negative.length);
	expect(new Set(ready.palette).size).toBe(5);
});
