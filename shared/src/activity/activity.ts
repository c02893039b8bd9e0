import * as z from 'zod';
import { Id } from '../id.ts';
import { Author } from '../version/version.ts';

/** How long what somebody does again and again is one row. */
export const foldMs = 10 * 60_000;

/**
 * What people do, and what makes one row of it: `scene` and `project` fold what the same person does there within ten minutes, `once` is a row
 * for each thing.
 */
export const activityKinds = {
	wrote: 'scene',
	edited: 'scene',
	chose: 'scene',
	generated: 'project',
	approved: 'scene',
	rendered: 'once',
	imported: 'once',
	'broke-down': 'once',
	restored: 'once',
	named: 'once',
	joined: 'once',
	noted: 'scene',
} as const satisfies Record<string, 'scene' | 'project' | 'once'>;
export type ActivityKind = keyof typeof activityKinds;
export const ActivityKind = z.enum(Object.keys(activityKinds) as [ActivityKind, ...ActivityKind[]]);

/** What it was done to; where the row leads. */
export const ActivitySubject = z.strictObject({
	sceneId: Id.optional(),
	shotId: Id.optional(),
	versionId: Id.optional(),
	filmId: Id.optional(),
	/** How it was called then: a scene's heading, a version's name. */
	label: z.string().max(200).optional(),
});
export type ActivitySubject = z.infer<typeof ActivitySubject>;

/** One row of what happened in a project. */
export const Activity = z.strictObject({
	id: Id,
	projectId: Id,
	kind: ActivityKind,
	by: Author,
	subject: ActivitySubject,
	/** How many things it was done to: shots, takes. */
	count: z.int().min(1),
	/** When it began. */
	since: z.string(),
	/** When it was done last. */
	at: z.string(),
});
export type Activity = z.infer<typeof Activity>;
