import * as z from 'zod';
import { TakeRecipe } from '../bible/currency.ts';
import { TakeOrigin } from '../board/lineage.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { GenerationRequest } from '../provider/provider.ts';
import { StyleName } from '../style/style.ts';

/** What a task makes; each kind has a lane of the queue to itself, so that neither a long render nor a clip ever keeps a picture waiting. */
export const taskKinds = ['image', 'video', 'render'] as const;
export type TaskKind = (typeof taskKinds)[number];

export const taskStatuses = ['queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const;
export const TaskStatus = z.enum(taskStatuses);
export type TaskStatus = z.infer<typeof TaskStatus>;

/** The table of legal moves; a status changes in no other way. */
export const taskMoves: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
	queued: ['running', 'cancelled', 'failed'],
	running: ['running', 'queued', 'cancelling', 'succeeded', 'failed'],
	cancelling: ['cancelled', 'succeeded'],
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

/**
 * Why a task waits: for its turn, because its person has as many running as their plan gives, because its project is paused, because no worker is there, because
 * nothing answers that could do it, because everything that could is busy, or to be tried again.
 */
export const waitReasons = ['turn', 'user-limit', 'paused', 'no-worker', 'no-provider', 'nodes-busy', 'retry'] as const;
export const WaitReason = z.enum(waitReasons);
export type WaitReason = z.infer<typeof WaitReason>;

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
	/** Place in the queue, 1 = next; null unless it waits for its turn. */
	place: z.int().nullable(),
	/** Why it waits; null unless queued. */
	why: WaitReason.nullable(),
	/** How long it is until it will have ended, at least and at most; null once it has, and while nobody can tell. */
	eta: z.strictObject({ leastMs: z.int(), mostMs: z.int() }).nullable(),
	attempt: z.int(),
	/** When it is tried again by itself after a passing fault, which `problem` tells; null unless it waits for that. */
	retryAt: z.string().nullable(),
	progress: TaskProgress.nullable(),
	problem: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
	takeId: Id.nullable(),
	/** Its take had been made before for somebody of the workspace: it cost nothing. */
	cached: z.literal(true).optional(),
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

/** How an attempt ended; `given-back`: its worker was stopped, and it does not count. */
export const attemptOutcomes = ['running', 'succeeded', 'failed', 'cancelled', 'lost', 'given-back'] as const;
/** One time that a worker took the task up. */
export const TaskAttempt = z.strictObject({
	/** 1 is the first that is told. */
	number: z.int(),
	worker: z.string(),
	/** Of a provider that works elsewhere: where. */
	node: z.string().nullable(),
	startedAt: z.string(),
	endedAt: z.string().nullable(),
	outcome: z.enum(attemptOutcomes),
	problem: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
	/** When the next one was to begin by itself. */
	retryAt: z.string().nullable(),
});
export type TaskAttempt = z.infer<typeof TaskAttempt>;

/** A task with all that is known of it. */
export const TaskDetails = z.strictObject({
	task: Task,
	/** Oldest first. */
	attempts: z.array(TaskAttempt),
	/** How often it is tried by itself before it fails. */
	mostAttempts: z.int(),
	/** How long one attempt may take. */
	limitMs: z.int(),
	/** What the provider is asked for; of a film without its shots. */
	request: z.record(z.string(), z.unknown()),
});
export type TaskDetails = z.infer<typeof TaskDetails>;

/** Whether the tasks of a project are held back, and who said so last. */
export const TaskPause = z.strictObject({
	projectId: Id,
	isPaused: z.boolean(),
	/** Null where nobody ever did. */
	by: z.strictObject({ id: Id, name: z.string() }).nullable(),
	at: z.string().nullable(),
});
export type TaskPause = z.infer<typeof TaskPause>;

/** Shots, in the order they were asked for, for which the plan of whoever asked had nothing left. */
export const Refused = z.strictObject({
	code: z.literal('quota-exceeded'),
	shotIds: z.array(Id),
	retryAt: z.string(),
});
export type Refused = z.infer<typeof Refused>;

const generated = {
	request: GenerationRequest,
	/** Of a shot on a board: what the take is to know of how it came about. */
	recipe: TakeRecipe.optional(),
	origin: TakeOrigin.optional(),
};
/** What the worker is to do; kept in the task document, never in the job. */
export const TaskWork = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('image'), ...generated }),
	z.strictObject({ kind: z.literal('video'), ...generated }),
	z.strictObject({ kind: z.literal('render'), request: RenderRequest }),
]);
export type TaskWork = z.infer<typeof TaskWork>;
