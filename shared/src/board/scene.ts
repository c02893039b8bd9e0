import * as z from 'zod';
import { Id } from '../id.ts';

/** What stands under one heading of the script. */
export const Scene = z.strictObject({
	id: Id,
	/** The heading as last seen in the text, without a forcing dot. */
	heading: z.string().max(1000),
	/** True when the heading is gone from the text: kept and restorable. */
	omitted: z.boolean(),
});
export type Scene = z.infer<typeof Scene>;
