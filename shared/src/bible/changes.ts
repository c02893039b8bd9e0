import * as z from 'zod';
import type { CharacterLook, GenerationRequest } from '../provider/provider.ts';
import type { ShotContent } from '../board/shot.ts';
import { mediaOf } from '../provider/provider.ts';
import { seedHasChanged, type TakeRecipe } from './currency.ts';
import type { PartWhy, Recipe, RecipePart } from './recipe.ts';

/** What of a recipe can change, in the order in which it is told. */
export const changeKinds = [
	'words',
	'dialogue',
	'cast',
	'place',
	'time',
	'size',
	'angle',
	'move',
	'style',
	'lora',
	'reference',
	'negative',
	'format',
	'length',
	'seed',
	'source',
] as const;
/** One thing that is not as it was when a take was asked for; `of` names who or what is meant, empty is nothing there. */
export const RecipeChange = z.strictObject({
	what: z.enum(changeKinds),
	of: z.string().optional(),
	before: z.string(),
	after: z.string(),
});
export type RecipeChange = z.infer<typeof RecipeChange>;
type What = RecipeChange['what'];
type Said = { what: What; of?: string | undefined; text: string };

const whatOf: Readonly<Record<PartWhy, What>> = {
	size: 'size',
	angle: 'angle',
	move: 'move',
	prompt: 'words',
	action: 'words',
	override: 'words',
	asset: 'cast',
	variant: 'cast',
	described: 'cast',
	named: 'cast',
	location: 'place',
	place: 'place',
	time: 'time',
	style: 'style',
	lora: 'lora',
	reference: 'reference',
	negative: 'negative',
};
type Parts = readonly { text: string; why: string; of?: string | undefined }[];
const isWhy = (why: string): why is PartWhy => Object.hasOwn(whatOf, why);
/** What the parts of sent words say. A style is told by its name, and once. */
const saidIn = (parts: Parts): Said[] =>
	parts.flatMap(({ text, why, of }): Said[] => {
		if (!isWhy(why)) return [];
		const what = whatOf[why];
		if (what === 'style') return [{ what, text: of ?? '' }];
		return [{ what, of: ['cast', 'lora', 'reference'].includes(what) ? of?.split('/')[0] : undefined, text }];
	});
/** What the fields say that the sketch draws from. */
function drawnFrom(shot: ShotContent, looks: readonly CharacterLook[], style: string): Said[] {
	const lookOf = (name: string): string => looks.find((look) => look.name === name)?.description ?? '';
	const names = new Set([...shot.characters, ...shot.dialogue.map(({ character }) => character)]);
	return [
		{ what: 'words', text: [shot.prompt, shot.action].filter(Boolean).join(' · ') },
		{ what: 'dialogue', text: shot.dialogue.map(({ character, text }) => `${character}: ${text}`).join(' · ') },
		...[...names].map((name): Said => ({
			what: 'cast',
			of: name,
			text: lookOf(name) === '' ? name : `${name} (${lookOf(name)})`,
		})),
		{ what: 'place', text: shot.interior ? `INT. ${shot.place}` : shot.place },
		{ what: 'time', text: shot.timeOfDay === 'unknown' ? '' : shot.timeOfDay },
		{ what: 'size', text: shot.size },
		{ what: 'angle', text: shot.angle },
		{ what: 'move', text: shot.move },
		{ what: 'style', text: style },
	];
}
function differences(before: readonly Said[], after: readonly Said[]): RecipeChange[] {
	const merged = new Map<string, RecipeChange>();
	for (const [side, said] of [
		['before', before],
		['after', after],
	] as const)
		for (const { what, of, text } of said) {
			const key = `${what}/${of ?? ''}`;
			const one = merged.get(key) ?? { what, ...(of === undefined ? {} : { of }), before: '', after: '' };
			if (!one[side].split(', ').includes(text)) one[side] = one[side] === '' ? text : `${one[side]}, ${text}`;
			merged.set(key, one);
		}
	return [...merged.values()].filter((one) => one.before !== one.after);
}

/** A take as far as it tells what it was made with. */
export type TakeThen = {
	provider: string;
	seed: number;
	recipe: TakeRecipe;
	request: GenerationRequest;
	origin: { parts: Parts; negativeParts: Parts };
};

/** What is not as it was when a stale take was asked for: of what it depends on, and of nothing else. */
export function changesOf(then: TakeThen, now: { recipe: Recipe; fps: number }): RecipeChange[] {
	const { provider, request, origin } = then;
	const { asked } = then.recipe;
	const { recipe, fps } = now;
	const isClip = mediaOf(asked.kind) === 'video';
	const isFromWords = asked.kind.startsWith('text-to-');
	const isTold = (parts: readonly RecipePart[]): Parts => parts.filter(({ why }) => why !== 'style');
	const changes =
		provider === 'sketch'
			? differences(
					drawnFrom(request.shot, request.looks, request.style),
					drawnFrom(recipe.content, recipe.looks, recipe.style),
				).filter(({ what }) => (isFromWords ? what !== 'move' || isClip : what === 'move' && isClip))
			: [
					...differences(saidIn(origin.parts), saidIn(recipe.parts)),
					...differences(
						saidIn(origin.negativeParts.filter(({ why }) => why !== 'style')),
						saidIn(isTold(recipe.negativeParts)),
					),
				];
	const size = ({ widthPx, heightPx }: { widthPx: number; heightPx: number }): string => `${widthPx} × ${heightPx}`;
	if (isFromWords && asked.sized !== true && size(request) !== size(recipe))
		changes.push({ what: 'format', before: size(request), after: size(recipe) });
	const seconds = (frames: number, rate: number): string => `${Number((frames / rate).toFixed(2))} s`;
	if (isClip && asked.timed !== true) {
		const [before, after] = [
			seconds(request.durationFrames ?? 0, request.fps ?? fps),
			seconds(recipe.content.durationFrames, fps),
		];
		if (before !== after) changes.push({ what: 'length', before, after });
	}
	if (seedHasChanged(then, recipe.seed.value))
		changes.push({ what: 'seed', before: String(then.seed), after: String(recipe.seed.value) });
	return changes.sort((a, b) => changeKinds.indexOf(a.what) - changeKinds.indexOf(b.what));
}
