import { expect, test } from 'vitest';
import { readyStyle } from '../../defaults/styles/ready-styles.ts';
import { anAsset } from '../../testing/an-asset.ts';
import { shotContent } from '../../testing/shot-content.ts';
import type { GenerationRequest } from '../provider/provider.ts';
import { changesOf, type TakeThen } from './changes.ts';
import { basisOf, isStale, wishOf, type Asked } from './currency.ts';
import { foldRecipe, styleNameOf, type Recipe, type RecipeInput } from './recipe.ts';

const shot: RecipeInput['shot'] = {
	...shotContent,
	seed: null,
	characters: ['GIRL'],
	action: 'She waits.',
	place: 'ALLEY',
};
type Input = Omit<RecipeInput, 'style' | 'project' | 'wish'> & {
	project: { aspectRatio: '16:9' | '1:1'; style: 'anime' | 'noir' };
};
const input: Input = {
	shot,
	bible: [],
	looks: [{ name: 'GIRL', description: 'A girl of eight' }],
	project: { aspectRatio: '16:9', style: 'anime' },
};
const fold = (all: Input, asked: Asked): Recipe =>
	foldRecipe({ ...all, style: readyStyle(styleNameOf(all.shot, all.project)), wish: wishOf(asked) });
function requestOf({ kind, content, looks, style, prompt, negativePrompt, widthPx, heightPx }: Recipe, seed: number) {
	const clip = kind.endsWith('-video') ? { durationFrames: content.durationFrames, fps: 24 } : {};
	const request: GenerationRequest = {
		kind,
		label: '1A',
		shot: content,
		looks,
		style,
		prompt,
		negativePrompt,
		widthPx,
		heightPx,
		seed,
		...clip,
	};
	return request;
}
/** What changed of a take by what is said to have changed. */
function changed(provider: string, change: Partial<Input>, asked: Asked = { kind: 'text-to-image' }) {
	const [before, after] = [fold(input, asked), fold({ ...input, ...change }, asked)];
	const then: TakeThen = {
		provider,
		seed: 7,
		recipe: { asked, basis: basisOf(provider, asked, before, { fps: 24 }) },
		request: requestOf(before, 7),
		origin: before,
	};
	const changes = changesOf(then, { recipe: after, fps: 24 });
	// Whatever makes a take stale is said, and nothing is said of one that is not.
	const stale = isStale(then, { recipe: after, basis: basisOf(provider, asked, after, { fps: 24 }) });
	expect(changes.length > 0).toBe(stale);
	return changes;
}
const withShot = (fields: Partial<RecipeInput['shot']>): Partial<Input> => ({ shot: { ...shot, ...fields } });

test.each(['sketch', 'comfyui'])('of a picture by %s it is said which words changed, from what to what', (provider) => {
	expect(changed(provider, withShot({ action: 'She runs.' }))).toEqual([
		expect.objectContaining({
			what: 'words',
			before: expect.stringMatching('She waits'),
			after: expect.stringMatching('She runs'),
		}),
	]);
	expect(changed(provider, { looks: [{ name: 'GIRL', description: 'A girl of nine' }] })).toEqual([
		{ what: 'cast', of: 'GIRL', before: 'GIRL (A girl of eight)', after: 'GIRL (A girl of nine)' },
	]);
	expect(changed(provider, { bible: [anAsset('GIRL', { description: 'freckles' })] })).toMatchObject([
		{ what: 'cast', of: 'GIRL', after: 'GIRL (freckles)' },
	]);
	expect(changed(provider, { project: { aspectRatio: '1:1', style: 'noir' } })).toMatchObject([
		{ what: 'style', before: 'anime', after: 'noir' },
		{ what: 'format', before: '1280 × 720' },
	]);
	expect(changed(provider, withShot({ place: 'ROOF', size: 'ECU', seed: 99 })).map(({ what }) => what)).toEqual([
		'place',
		'size',
		'seed',
	]);
	expect(changed(provider, withShot({ characters: [] }))).toMatchObject([{ what: 'cast', of: 'GIRL', after: '' }]);
});

test('nothing is said of what a take does not depend on', () => {
	for (const provider of ['sketch', 'comfyui'])
		expect(changed(provider, withShot({ move: 'pan', durationFrames: 99, transition: 'fade' }))).toEqual([]);
	expect(changed('sketch', withShot({ promptOverride: 'Only this', negativePrompt: 'people' }))).toEqual([]);
	expect(changed('comfyui', withShot({ dialogue: [{ character: 'GIRL', text: 'Matches!' }] }))).toEqual([]);
	expect(changed('comfyui', withShot({ negativePrompt: 'people' }))).toEqual([
		{ what: 'negative', before: '', after: 'people' },
	]);
});

test('of a clip its length and its camera are said', () => {
	const asked: Asked = { kind: 'text-to-video' };
	for (const provider of ['sketch', 'comfyui'])
		expect(changed(provider, withShot({ durationFrames: 240, move: 'pan' }), asked)).toMatchObject([
			{ what: 'move' },
			{ what: 'length', after: '10 s' },
		]);
	expect(changed('sketch', withShot({ move: 'pan', action: 'Other' }), { kind: 'image-to-video' })).toMatchObject([
		{ what: 'move', after: 'pan' },
	]);
});
