import { expect, test } from 'vitest';
import { readyStyle } from '../../defaults/styles/ready-styles.ts';
import { anAsset } from '../../testing/an-asset.ts';
import { shotContent } from '../../testing/shot-content.ts';
import { basisOf, isStale, staleTakes, wishOf, type Asked } from './currency.ts';
import { foldRecipe, styleNameOf, type RecipeInput } from './recipe.ts';

const shot: RecipeInput['shot'] = {
	...shotContent,
	seed: null,
	characters: ['GIRL'],
	action: 'She waits.',
	place: 'ALLEY',
};
const looks = [
	{ name: 'GIRL', description: 'A girl of eight' },
	{ name: 'MAN', description: 'A man in a hat' },
];
const input = { shot, bible: [], looks, project: { aspectRatio: '16:9', style: 'anime' } } as const;
type Change = Partial<Omit<RecipeInput, 'project' | 'style'>> & {
	project?: { aspectRatio: '16:9' | '1:1'; style: 'anime' | 'noir' };
};
const picture: Asked = { kind: 'text-to-image' };
const clip: Asked = { kind: 'text-to-video' };
function now(provider: string, asked: Asked, change: Change = {}, fps = 24) {
	const all = { ...input, ...change };
	const wish = wishOf(asked);
	const style = readyStyle(styleNameOf(all.shot, all.project, wish));
	const recipe = foldRecipe({ ...all, style, wish, references: asked.references ?? 0 });
	return { recipe, basis: basisOf(provider, asked, recipe, { fps }) };
}
/** Whether a take that was made of the input is stale once something has changed. */
const staleBy = (provider: string, asked: Asked, change: Change, seed = 7) =>
	isStale({ provider, seed, recipe: { asked, basis: now(provider, asked).basis } }, now(provider, asked, change));
const withShot = (fields: Partial<RecipeInput['shot']>): Change => ({ shot: { ...shot, ...fields } });

test.each(['sketch', 'comfyui'])(
	'a picture of %s is stale by a changed word, framing, place, style or format',
	(provider) => {
		for (const change of [
			withShot({ action: 'She runs.' }),
			withShot({ prompt: 'She runs.' }),
			withShot({ size: 'ECU' }),
			withShot({ place: 'ROOF' }),
			withShot({ characters: ['GIRL', 'MAN'] }),
			withShot({ style: 'noir' }),
			{ project: { aspectRatio: '16:9', style: 'noir' } },
			{ project: { aspectRatio: '1:1', style: 'anime' } },
		] satisfies Change[])
			expect(staleBy(provider, picture, change)).toBe(true);
	},
);

test.each(['sketch', 'comfyui'])('a picture of %s is not stale by what it does not depend on', (provider) => {
	for (const change of [
		withShot({}),
		withShot({ durationFrames: 99 }),
		withShot({ transition: 'fade' }),
		withShot({ move: 'pan' }),
		{ bible: [anAsset('MAN', { description: 'in a cap' })] },
		{ looks: [looks[0] ?? { name: '', description: '' }, { name: 'MAN', description: 'Another man' }] },
	] satisfies Change[])
		expect(staleBy(provider, picture, change)).toBe(false);
});

test('a word of script or bible makes those pictures stale that show whom it describes', () => {
	for (const provider of ['sketch', 'comfyui']) {
		expect(staleBy(provider, picture, { looks: [{ name: 'GIRL', description: 'A girl of nine' }] })).toBe(true);
		expect(staleBy(provider, picture, { bible: [anAsset('Girl', { description: 'freckles' })] })).toBe(true);
		// The bible says what the script says: nothing has changed.
		expect(staleBy(provider, picture, { bible: [anAsset('GIRL', { description: 'A girl of eight' })] })).toBe(false);
	}
});

test('what was asked for of its own does not follow: style, size, seed and length', () => {
	expect(staleBy('comfyui', { ...picture, style: 'comic' }, { project: { aspectRatio: '16:9', style: 'noir' } })).toBe(
		false,
	);
	expect(staleBy('comfyui', { ...picture, sized: true }, { project: { aspectRatio: '1:1', style: 'anime' } })).toBe(
		false,
	);
	expect(staleBy('comfyui', { ...picture, seeded: true }, withShot({ seed: 99 }))).toBe(false);
	expect(staleBy('comfyui', { ...clip, timed: true }, withShot({ durationFrames: 99 }))).toBe(false);
});

test('a seed that is set makes those pictures stale that have another one; its variations are current', () => {
	expect(staleBy('sketch', picture, withShot({ seed: 7 }))).toBe(false);
	expect(staleBy('sketch', picture, withShot({ seed: 5 }))).toBe(false);
	expect(staleBy('sketch', picture, withShot({ seed: 8 }))).toBe(true);
	expect(staleBy('sketch', picture, { bible: [anAsset('GIRL', { description: 'A girl of eight', seed: 900 })] })).toBe(
		true,
	);
});

test('a clip is stale by its length and its camera', () => {
	for (const provider of ['sketch', 'comfyui']) {
		expect(staleBy(provider, clip, withShot({ durationFrames: 99 }))).toBe(true);
		expect(staleBy(provider, clip, withShot({ move: 'pan' }))).toBe(true);
	}
	// The sketch moves over the picture it is given, whatever the shot says.
	const moved: Asked = { kind: 'image-to-video' };
	expect(staleBy('sketch', moved, withShot({ action: 'She runs.' }))).toBe(false);
	expect(staleBy('comfyui', moved, withShot({ action: 'She runs.' }))).toBe(true);
});

test('own words of a shot are what counts for a model, and not for the sketch', () => {
	const own = withShot({ promptOverride: 'Only this' });
	expect([staleBy('comfyui', picture, own), staleBy('sketch', picture, own)]).toEqual([true, false]);
	const rest = { ...shot, promptOverride: 'Only this' };
	const taken = {
		provider: 'comfyui',
		seed: 7,
		recipe: { asked: picture, basis: now('comfyui', picture, { shot: rest }).basis },
	};
	expect(isStale(taken, now('comfyui', picture, { shot: { ...rest, action: 'Other' } }))).toBe(false);
});

test('a take without a recipe is never stale', () => {
	expect(isStale({ provider: 'upload', seed: 0 }, now('sketch', picture))).toBe(false);
});

test('what was made of a stale picture is stale, too, and what was made of that', () => {
	const recipe = (...madeOf: string[]) => ({ asked: clip, basis: 'b', madeOf });
	const takes = [
		{ id: 'larger', recipe: recipe('clip') },
		{ id: 'clip', recipe: recipe('picture', 'other') },
		{ id: 'picture' },
		{ id: 'other' },
		{ id: 'of-gone', recipe: recipe('gone') },
		{ id: 'of-itself', recipe: recipe('of-itself') },
	];
	expect([...staleTakes(takes, ({ id }) => id === 'picture')]).toEqual([
		['larger', 'source'],
		['clip', 'source'],
		['picture', 'own'],
	]);
	expect(staleTakes(takes, () => false).size).toBe(0);
});
