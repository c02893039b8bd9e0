import * as z from 'zod';
import { Id } from '../id.ts';

/** How far a shot has come with those who judge it; apart from tasks and takes. */
export const reviewStatuses = ['none', 'in-review', 'changes-requested', 'approved'] as const;
export const ReviewStatus = z.enum(reviewStatuses);
export type ReviewStatus = z.infer<typeof ReviewStatus>;

/** The review of one shot: what was said last, by whom and when. */
export const Review = z.strictObject({
	shotId: Id,
	status: ReviewStatus,
	by: z.strictObject({ id: Id, name: z.string() }),
	at: z.string(),
	/** Only of an approved shot: it is not what was approved any more. Who and when, as far as it is known. */
	changed: z
		.strictObject({ by: z.strictObject({ id: Id, name: z.string() }).nullable(), at: z.string().nullable() })
		.optional(),
});
export type Review = z.infer<typeof Review>;
