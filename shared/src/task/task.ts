import * as z from 'zod';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { GenerationRequest } from '../provider/provider.ts';
import { StyleName } from '../style/style.ts';
import { taskKinds } from './job.ts';

export const taskStatuses = ['queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const;
export const TaskStatus = z.enum(taskStatuses);
export type TaskStatus = z.infer<typeof TaskStatus>;

/** The table of legal moves; a status changes in no other way. */
export const taskMoves: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
	queued: ['running', 'cancelled', 'failed'],
	running: ['running', 'queued', 'cancelling', 'succeeded', 'failed'],
	cancelling: ['cancelled', 'failed', 'succeeded'],
	succeeded: [],
	failed: ['queued'],
	cancelled: ['queued'],
};
/** Whether the task has come to its end (a retry can still begin it anew). */
export const isFinished = (status: TaskStatus): boolean =>
	status === 'succeeded' || status === 'failed' || status === 'cancelled';

export const subtitleModes = ['burned', 'soft', 'none'] as const;
/** A film as the worker needs it: of each shot a frame and how it moves, a clip, or a card. */
export const RenderRequest = z.strictObject({
	widthPx: z.int().min(64).max(4096),
	heightPx: z.int().min(64).max(4096),
	fps: z.int().min(1).max(120),
	subtitles: z.enum(subtitleModes),
	quality: z.enum(['draft', 'final']),
	style: StyleName,
	title: z.strictObject({ title: z.string(), credit: z.string(), author: z.string() }).nullable(),
	endCard: z.string().nullable(),
	/** Shots in film order; `takeSha256` null draws a card with the shot's words. */
	shots: z
		.array(
			z.strictObject({
				id: Id,
				sceneId: Id,
				label: z.string(),
				heading: z.string(),
				durationFrames: z.int().min(1),
				transition: z.enum(['cut', 'fade', 'dissolve', 'wipe']),
				move: z.string(),
				action: z.string(),
				dialogue: z.array(
					z.strictObject({ character: z.string(), text: z.string(), parenthetical: z.string().optional() }),
				),
				takeSha256: z.string().nullable(),
				/** What its take is; left out for a still. A clip plays with its own camera, cut to the shot's length. */
				takeMediaType: z.string().max(100).optional(),
			}),
		)
		.min(1)
		.max(limits.shotsPerBoard),
});
export type RenderRequest = z.infer<typeof RenderRequest>;

export const TaskProgress = z.strictObject({
	stage: z.string(),
	value: z.number(),
	max: z.number(),
	etaMs: z.number().nullable(),
});

/** One request to generate or render, as clients see it. */
export const Task = z.strictObject({
	id: Id,
	projectId: Id,
	kind: z.enum(taskKinds),
	/** Of a picture or a clip; null for a render. */
	shotId: Id.nullable(),
	label: z.string(),
	provider: z.string(),
	style: z.string(),
	status: TaskStatus,
	/** Place in the queue, 1 = next; null unless queued. */
	place: z.int().nullable(),
	attempt: z.int(),
	progress: TaskProgress.nullable(),
	problem: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
	takeId: Id.nullable(),
	filmId: Id.nullable(),
	createdBy: Id,
	createdByName: z.string(),
	createdAt: z.string(),
	startedAt: z.string().nullable(),
	finishedAt: z.string().nullable(),
	/** Grows with each change of this task, so a late event can be told from a new one. */
	revision: z.int(),
});
export type Task = z.infer<typeof Task>;

/** Shots, in the order they were asked for, for which the plan of whoever asked had nothing left. */
export const Refused = z.strictObject({
	code: z.literal('quota-exceeded'),
	shotIds: z.array(Id),
	retryAt: z.string(),
});
export type Refused = z.infer<typeof Refused>;

/** What the worker is to do; kept in the task document, never in the job. */
export const TaskWork = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('image'), request: GenerationRequest }),
	z.strictObject({ kind: z.literal('video'), request: GenerationRequest }),
	z.strictObject({ kind: z.literal('render'), request: RenderRequest }),
]);
export type TaskWork = z.infer<typeof TaskWork>;
