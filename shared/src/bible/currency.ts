import { digest } from 'lib0/hash/sha256';
import { encodeUtf8 } from 'lib0/string';
import * as z from 'zod';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { GenerationKind, mediaOf, mostReferences } from '../provider/provider.ts';
import { StyleName } from '../style/style.ts';
import { canonical } from '../task/cache-key.ts';
import type { Recipe, RecipeWish } from './recipe.ts';

/** What was asked for beside what shot, bible, style and project say: the part of a recipe that does not follow them. */
export const Asked = z.strictObject({
	kind: GenerationKind,
	/** A style of its own. */
	style: StyleName.optional(),
	negativePrompt: z.string().max(10_000).optional(),
	/** A size, a seed or a length of its own. */
	sized: z.literal(true).optional(),
	seeded: z.literal(true).optional(),
	timed: z.literal(true).optional(),
	/** How many pictures of the bible the model takes. */
	references: z.int().min(0).max(mostReferences).optional(),
	/** For their look alone. */
	guided: z.literal(true).optional(),
});
export type Asked = z.infer<typeof Asked>;

/** Of a take's recipe what is needed to see whether it is current, and to ask for the same again. */
export const TakeRecipe = z.strictObject({
	asked: Asked,
	workflow: z.string().optional(),
	workflowVersion: z.int().optional(),
	model: z.string().optional(),
	/** Of what was made of pictures: the takes that they are. */
	madeOf: z.array(Id).optional(),
	/** Digest of what followed shot, bible, style and project, see `basisOf`. */
	basis: z.string(),
});
export type TakeRecipe = z.infer<typeof TakeRecipe>;

/** What is asked again, as the fold takes it. */
export const wishOf = ({ kind, style, negativePrompt }: Asked): RecipeWish => ({ kind, style, negativePrompt });

/** Variations of one request have seeds that follow each other. */
const mostVariations = 4;

/**
 * Digest of everything in a recipe that follows from shot, bible, style and project: two recipes of one digest make the same picture but for chance.
 * The sketch draws from the fields of the shot, every other provider from the words that are sent. The shot's label, its place in the film and, of a
 * picture, its length and its camera move are none of it.
 */
export function basisOf(provider: string, asked: Asked, recipe: Recipe, { fps }: { fps: number }): string {
	const { durationFrames, transition: _transition, move, ...seen } = recipe.content;
	const isClip = mediaOf(asked.kind) === 'video';
	const isFromWords = asked.kind.startsWith('text-to-');
	const drawn =
		provider === 'sketch'
			? isFromWords
				? { content: seen, looks: recipe.looks, style: recipe.style }
				: {}
			: { prompt: recipe.prompt, negativePrompt: recipe.negativePrompt, references: recipe.references };
	const parts = {
		...drawn,
		...(isClip && provider === 'sketch' ? { move } : {}),
		...(isClip && asked.timed !== true ? { durationFrames: Math.min(durationFrames, limits.clipFrames), fps } : {}),
		...(isFromWords && asked.sized !== true ? { widthPx: recipe.widthPx, heightPx: recipe.heightPx } : {}),
	};
	return [...digest(encodeUtf8(canonical(parts))).subarray(0, 10)]
		.map((byte) => byte.toString(16).padStart(2, '0'))
		.join('');
}

/** Whether a shot's seed is another one now than that of the take, and of its variations. */
export function seedHasChanged(
	{ seed, recipe }: { seed: number; recipe: TakeRecipe },
	/** Null is left to chance. */
	value: number | null,
): boolean {
	if (recipe.asked.seeded === true || value === null) return false;
	const after = seed - value;
	return after < 0 || after >= mostVariations;
}

type OfTake = { provider: string; seed: number; recipe?: TakeRecipe | undefined };
/** Whether the recipe of a take no longer matches what the shot would be made with now, asked for in the same way. A take without a recipe, such as one that was uploaded, is never stale. */
export const isStale = ({ seed, recipe }: OfTake, now: { recipe: Recipe; basis: string }): boolean =>
	recipe !== undefined && (recipe.basis !== now.basis || seedHasChanged({ seed, recipe }, now.recipe.seed.value));

/** Of takes that are stale by themselves and those that were made of such: why each is. Takes may come in any order. */
export function staleTakes<T extends { id: string; recipe?: TakeRecipe | undefined }>(
	takes: readonly T[],
	isStaleItself: (take: T) => boolean,
): Map<string, 'own' | 'source'> {
	const byId = new Map(takes.map((take) => [take.id, take]));
	const known = new Map<string, 'own' | 'source' | null>();
	const look = (take: T): 'own' | 'source' | null => {
		const before = known.get(take.id);
		if (before !== undefined) return before;
		// Nothing is made of itself; what says so all the same is not followed for ever.
		known.set(take.id, null);
		const sources = (take.recipe?.madeOf ?? []).flatMap((id) => byId.get(id) ?? []);
		const why = isStaleItself(take) ? 'own' : sources.some((source) => look(source) !== null) ? 'source' : null;
		known.set(take.id, why);
		return why;
	};
	return new Map(
		takes.flatMap((take) => {
			const why = look(take);
			return why === null ? [] : [[take.id, why] as const];
		}),
	);
}
