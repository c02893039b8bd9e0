import { frameSize, type AspectRatio } from '../project/project.ts';
import type { Shot, ShotContent } from '../board/shot.ts';
import type { CharacterLook, GenerationKind, Reference } from '../provider/provider.ts';
import type { Style, StyleName } from '../style/style.ts';
import type { Asset } from './asset.ts';
import { createCaster, type Cast, type Caster } from './casting.ts';

/** Why a part is in what is sent; the studio has words for each. */
export type PartWhy =
	| 'size'
	| 'angle'
	| 'move'
	| 'prompt'
	| 'action'
	| 'override'
	| 'asset'
	| 'variant'
	| 'described'
	| 'named'
	| 'location'
	| 'place'
	| 'time'
	| 'style'
	| 'lora'
	| 'reference'
	| 'negative';
/** A piece of what is sent, with where it comes from; `of` names the asset, character or style. */
export type RecipePart = {
	text: string;
	from: 'framing' | 'shot' | 'script' | 'asset' | 'place' | 'style' | 'override';
	why: PartWhy;
	of?: string;
};
/** Where the seed comes from; `null` is left to chance. */
export type RecipeSeed = { value: number | null; from: 'wish' | 'shot' | 'asset' | 'chance'; of?: string };

/** The fields of a shot that what is sent is made of. */
export type ShotOfRecipe = ShotContent & Pick<Shot, 'seed' | 'style' | 'promptOverride' | 'negativePrompt'>;
/** What is asked for one picture beside what the shot says; what is left out follows from shot and project. */
export type RecipeWish = {
	kind?: GenerationKind | undefined;
	style?: StyleName | undefined;
	seed?: number | undefined;
	width?: number | undefined;
	height?: number | undefined;
	negativePrompt?: string | undefined;
};
export type RecipeInput = {
	shot: ShotOfRecipe;
	bible: readonly Asset[];
	/** The same bible's caster, where many shots are folded. */
	caster?: Caster;
	/** How characters look by the script alone; what the bible says of them counts more. */
	looks: readonly CharacterLook[];
	/** The style of this picture, see `styleNameOf`. */
	style: Style;
	project: { aspectRatio: AspectRatio };
	wish?: RecipeWish;
	/** How many reference pictures the chosen model takes. */
	references?: number;
	/** It takes the look of them: the words say nothing of the pictures, and nothing is made out of one. */
	guided?: boolean;
};
/** What is sent for one picture or clip, and why. */
export type Recipe = {
	kind: GenerationKind;
	prompt: string;
	negativePrompt: string;
	parts: RecipePart[];
	negativeParts: RecipePart[];
	/** True when somebody's own words take the place of the folded ones. */
	overridden: boolean;
	style: StyleName;
	seed: RecipeSeed;
	widthPx: number;
	heightPx: number;
	references: Reference[];
	cast: Cast[];
	/** The shot as a provider reads it that draws from its fields: mentions are names, and who is mentioned is there. */
	content: ShotContent;
	looks: CharacterLook[];
};

const sizes: Readonly<Record<Shot['size'], string>> = {
	ECU: 'extreme close-up',
	CU: 'close-up',
	MCU: 'medium close-up',
	MS: 'medium shot',
	MLS: 'medium long shot',
	FS: 'full shot',
	WS: 'wide shot',
	EWS: 'extreme wide shot',
};
const angles: Readonly<Record<Shot['angle'], string>> = {
	eye: '',
	low: 'low angle',
	high: 'high angle',
	overhead: 'overhead view',
	dutch: 'dutch angle',
	POV: 'point of view shot',
	OTS: 'over the shoulder shot',
};
const moves: Readonly<Record<Shot['move'], string>> = {
	static: 'static camera',
	pan: 'camera pans',
	tilt: 'camera tilts',
	'push in': 'camera pushes in slowly',
	'pull out': 'camera pulls out slowly',
	track: 'camera tracks alongside',
	crane: 'crane shot, camera rises',
	handheld: 'handheld camera',
	arc: 'camera arcs around the subject',
	zoom: 'slow zoom',
};

const trimmed = (text: string): string => text.trim().replace(/[,，。.;；、]+$/, '');
const joined = (parts: readonly RecipePart[]): string => parts.map(({ text }) => text).join(', ');
/** Parts with something in them. */
const filled = (parts: readonly (RecipePart | null)[]): RecipePart[] =>
	parts.flatMap((part) => {
		const text = part === null ? '' : trimmed(part.text);
		return part === null || text === '' ? [] : [{ ...part, text }];
	});
const described = (name: string, ...words: string[]): string => {
	const said = words.map(trimmed).filter((each) => each !== '');
	return said.length === 0 ? name : `${name} (${said.join(', ')})`;
};

/** Which style a picture of a shot has: the one that is asked for, else the shot's own, else the project's. */
export const styleNameOf = (
	shot: Pick<Shot, 'style'>,
	project: { style: StyleName },
	wish: Pick<RecipeWish, 'style'> = {},
): StyleName => wish.style ?? shot.style ?? project.style;

/** What is told of everything that is cast, and of the characters that the bible does not know. */
function castParts(cast: readonly Cast[], shot: ShotOfRecipe, looks: readonly CharacterLook[]): RecipePart[] {
	const known = new Set(cast.map(({ name }) => name));
	const lookOf = (name: string): string => looks.find((look) => look.name === name)?.description ?? '';
	const assets = cast
		.filter(({ asset }) => asset.kind !== 'location')
		.map(({ asset, variant, name }): RecipePart => ({
			text: described(name, asset.description || lookOf(name), variant?.description ?? ''),
			from: 'asset',
			why: variant === null ? 'asset' : 'variant',
			of: variant === null ? asset.name : `${asset.name}/${variant.name}`,
		}));
	const others = shot.characters
		.filter((name) => !known.has(name))
		.map((name): RecipePart => {
			const look = lookOf(name);
			return {
				text: described(name, look),
				from: 'script',
				why: trimmed(look) === '' ? 'named' : 'described',
				of: name,
			};
		});
	return [...assets, ...others];
}
function placePart(cast: readonly Cast[], { place, interior }: ShotOfRecipe): RecipePart {
	const location = cast.find(({ asset }) => asset.kind === 'location');
	if (location === undefined)
		return { text: place === '' ? '' : interior ? `interior of ${place}` : place, from: 'place', why: 'place' };
	const { asset, variant, name } = location;
	return {
		text: `${interior ? 'interior of ' : ''}${described(name, asset.description, variant?.description ?? '')}`,
		from: 'asset',
		why: 'location',
		of: asset.name,
	};
}

/** The first picture of each thing that is cast, of its variant before its own, as many as are taken; with the name of what it shows. */
function referencesOf(cast: readonly Cast[], most: number): { name: string; of: string; reference: Reference }[] {
	const found = new Map<string, { name: string; of: string; reference: Reference }>();
	for (const { asset, variant, name } of cast) {
		const own = asset.pictures.filter(({ variantId }) => variantId === (variant?.id ?? null));
		const [picture] = own.length > 0 ? own : asset.pictures.filter(({ variantId }) => variantId === null);
		if (picture === undefined || found.has(picture.sha256)) continue;
		found.set(picture.sha256, { name, of: asset.name, reference: { role: 'reference', sha256: picture.sha256 } });
	}
	return [...found.values()].slice(0, most);
}

function seedOf(wish: RecipeWish, shot: ShotOfRecipe, cast: readonly Cast[]): RecipeSeed {
	if (wish.seed !== undefined) return { value: wish.seed, from: 'wish' };
	if (shot.seed !== null) return { value: shot.seed, from: 'shot' };
	const seeded = cast.find(({ asset }) => asset.seed !== null)?.asset;
	return seeded === undefined
		? { value: null, from: 'chance' }
		: { value: seeded.seed, from: 'asset', of: seeded.name };
}

/** Folds the words of a shot with bible, style and project into what is sent for its picture; the same arguments give the same recipe. */
export function foldRecipe(input: RecipeInput): Recipe {
	const { shot, style, project, wish = {}, references = 0, guided = false } = input;
	const { castOf, plainWords } = input.caster ?? createCaster(input.bible);
	const cast = castOf(shot);
	const asked = wish.kind ?? 'text-to-image';
	const shown = asked === 'text-to-image' ? referencesOf(cast, references) : [];
	// What is given pictures makes its own of them.
	const kind = shown.length > 0 && !guided ? 'image-to-image' : asked;
	const override = plainWords(shot.promptOverride ?? '').trim();
	const [prompt, action] = [plainWords(shot.prompt), plainWords(shot.action)];
	const styled = (text: string): RecipePart => ({ text, from: 'style', why: 'style', of: style.name });
	const parts =
		override === ''
			? filled([
					{ text: sizes[shot.size], from: 'framing', why: 'size' },
					{ text: angles[shot.angle], from: 'framing', why: 'angle' },
					kind.endsWith('-video') ? { text: moves[shot.move], from: 'framing', why: 'move' } : null,
					prompt.trim() === ''
						? { text: action, from: 'shot', why: 'action' }
						: { text: prompt, from: 'shot', why: 'prompt' },
					...castParts(cast, shot, input.looks),
					placePart(cast, shot),
					{ text: shot.timeOfDay === 'unknown' ? '' : shot.timeOfDay, from: 'place', why: 'time' },
					...style.prompt.map(styled),
					...(guided ? [] : shown).map(({ name, of }, index): RecipePart => ({
						text: `picture ${index + 1} shows ${name}`,
						from: 'asset',
						why: 'reference',
						of,
					})),
					...cast.map(({ asset }): RecipePart => ({ text: asset.lora, from: 'asset', why: 'lora', of: asset.name })),
				])
			: [{ text: override, from: 'override' as const, why: 'override' as const }];
	const negativeParts = filled([
		{ text: wish.negativePrompt ?? '', from: 'shot', why: 'negative' },
		{ text: shot.negativePrompt ?? '', from: 'shot', why: 'negative' },
		...cast.map(({ asset }): RecipePart => ({ text: asset.negative, from: 'asset', why: 'negative', of: asset.name })),
		...style.negative.map(styled),
	]);
	const size = frameSize(project.aspectRatio);
	const mentioned = cast.filter(({ by, asset }) => by === 'mention' && asset.kind === 'character');
	const { seed: _seed, style: _style, promptOverride: _override, negativePrompt: _negative, ...content } = shot;
	return {
		kind,
		prompt: joined(parts).slice(0, 20_000),
		negativePrompt: joined(negativeParts).slice(0, 10_000),
		parts,
		negativeParts,
		overridden: override !== '',
		style: style.name,
		seed: seedOf(wish, shot, cast),
		widthPx: wish.width ?? size.widthPx,
		heightPx: wish.height ?? size.heightPx,
		references: shown.map(({ reference }) => reference),
		cast,
		content: {
			...content,
			prompt: prompt.slice(0, 10_000),
			action: action.slice(0, 10_000),
			characters: [...content.characters, ...mentioned.map(({ name }) => name)].slice(0, 50),
		},
		looks: looksOf(cast, shot, input.looks),
	};
}

/** How everybody in a shot looks, by the names the shot has for them. */
function looksOf(cast: readonly Cast[], shot: ShotContent, looks: readonly CharacterLook[]): CharacterLook[] {
	const own = new Map(
		cast
			.filter(({ asset }) => asset.kind === 'character')
			.map(({ asset, variant, name }) => [
				name,
				[asset.description, variant?.description ?? ''].filter(Boolean).join(', '),
			]),
	);
	const named = new Set([...shot.characters, ...shot.dialogue.map(({ character }) => character)]);
	const byScript = looks.filter(({ name }) => named.has(name));
	const names = new Set([...byScript.map(({ name }) => name), ...own.keys()]);
	return [...names]
		.map((name) => ({
			name,
			description: (own.get(name) || (looks.find((look) => look.name === name)?.description ?? '')).slice(0, 2000),
		}))
		.slice(0, 50);
}
