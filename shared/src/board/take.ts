import * as z from 'zod';
import { TakeRecipe } from '../bible/currency.ts';
import { Id } from '../id.ts';

/**
 * How like a take is to the one whose recipe was run again: the same bytes, the same to the eye, or drifted. `likeness` is the structural similarity
 * (SSIM) of the two pictures, of clips that of their first frames, 0 to 1: of red, green and blue the least.
 */
export const Likeness = z.strictObject({
	takeId: Id,
	verdict: z.enum(['equal', 'similar', 'drifted']),
	likeness: z.number().min(0).max(1),
});
export type Likeness = z.infer<typeof Likeness>;

/** One generated candidate for a shot. Immutable; its number is never used again. */
export const Take = z.strictObject({
	id: Id,
	projectId: Id,
	shotId: Id,
	taskId: Id,
	number: z.int().min(1),
	kind: z.enum(['image', 'video', 'audio']),
	provider: z.string(),
	style: z.string(),
	seed: z.int(),
	/** Digest of the whole recipe, see `task/cache-key.ts`. */
	fingerprint: z.string(),
	/** SHA-256 of the bytes, hex. */
	sha256: z.string(),
	mediaType: z.string(),
	widthPx: z.int(),
	heightPx: z.int(),
	sizeBytes: z.int(),
	/** Of a clip of one's own: how long it plays. */
	durationMs: z.int().min(0).optional(),
	createdBy: Id,
	/** What it was made with, as far as that tells whether it is current; none of what was uploaded or made before recipes were kept. */
	recipe: TakeRecipe.optional(),
	/** The same bytes as an earlier take of the workspace: it was not made anew and cost nothing. */
	cached: z.literal(true).optional(),
	/** Of a recipe that was run again. Such a take is in use only when it is selected. */
	reproduces: Likeness.optional(),
	createdAt: z.string(),
});
export type Take = z.infer<typeof Take>;
