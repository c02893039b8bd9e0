import * as z from 'zod';
import { Id } from '../id.ts';
import { GenerationRequest } from '../provider/provider.ts';
import { Take } from './take.ts';

const Part = z.strictObject({ text: z.string(), from: z.string(), why: z.string(), of: z.string().optional() });

/** Where a take comes from, as it was when it was asked for. */
export const TakeOrigin = z.strictObject({
	/** The heading of its scene; empty before the first. */
	heading: z.string(),
	/** Words of the script that its shot covered; empty where it covered none. */
	quote: z.string(),
	/** The shot's number then. */
	label: z.string(),
	/** What was sent, part by part, and what was left out. */
	parts: z.array(Part),
	negativeParts: z.array(Part),
	/** Of a recipe that was run again: the take it was run for; the new take says how like that one it is. */
	reproduces: Id.optional(),
});
export type TakeOrigin = z.infer<typeof TakeOrigin>;

/** From a line of the script to a picture: everything that is known of how a take came about. What is not known, of older takes and of uploads, is null. */
export const Lineage = z.strictObject({
	take: Take,
	/** Exactly what the provider was asked. */
	request: GenerationRequest.nullable(),
	origin: TakeOrigin.nullable(),
	by: z.strictObject({ id: z.string(), name: z.string() }),
	askedAt: z.string().nullable(),
	startedAt: z.string().nullable(),
	finishedAt: z.string().nullable(),
	/** How often it was tried; 0 where an earlier take was taken. */
	attempts: z.int().nullable(),
});
export type Lineage = z.infer<typeof Lineage>;
