import * as z from 'zod';
import { Id } from '../id.ts';

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
	createdBy: Id,
	createdAt: z.string(),
});
export type Take = z.infer<typeof Take>;
