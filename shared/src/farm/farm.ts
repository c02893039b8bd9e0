import * as z from 'zod';
import { Id } from '../id.ts';
import { Tag } from '../provider/workflow.ts';

export const mostConcurrency = 16;
export const Concurrency = z.int().min(1).max(mostConcurrency);

/** A graphics device of a ComfyUI server. */
export const FarmDevice = z.strictObject({
	name: z.string(),
	type: z.string(),
	vramBytes: z.number(),
	freeVramBytes: z.number(),
});
/** Models that a server has, by what they are. */
export const modelKinds = [
	'checkpoints',
	'diffusionModels',
	'loras',
	'vaes',
	'controlNets',
	'upscalers',
	'samplers',
] as const;
export type ModelKind = (typeof modelKinds)[number];

/**
 * What the workers last saw of a server. `up`: it answers and is given work; `trying`: it failed and is given one prompt to show that it works again;
 * `left`: it failed and is left alone for a while; `away`: it never answered since it was looked for.
 */
export const FarmReport = z.strictObject({
	at: z.string(),
	state: z.enum(['up', 'trying', 'left', 'away']),
	/** What it last failed with, in English; empty when it is well. */
	fault: z.string(),
	version: z.string().nullable(),
	devices: z.array(FarmDevice),
	/** Prompts that run and wait there, whoever sent them. */
	running: z.int(),
	waiting: z.int(),
	models: z.record(z.enum(modelKinds), z.array(z.string())),
	/** How many node classes it has. */
	classes: z.int(),
	/** How long workflows took there, smoothed. */
	took: z.array(z.strictObject({ workflow: z.string(), ms: z.number(), count: z.int() })),
});
export type FarmReport = z.infer<typeof FarmReport>;

/** A ComfyUI server as whoever administrates the install sees it. */
export const FarmNode = z.strictObject({
	id: Id,
	url: z.string(),
	/** Named by a setting, or added on the page; only the latter can be removed there. */
	source: z.enum(['setting', 'page']),
	enabled: z.boolean(),
	/** What runs there ends, nothing new is given to it. */
	draining: z.boolean(),
	/** Prompts of ours that it holds at once, the running one included. */
	concurrency: Concurrency,
	tags: z.array(Tag),
	revision: z.int(),
	/** Null until a worker has looked. */
	report: FarmReport.nullable(),
});
export type FarmNode = z.infer<typeof FarmNode>;

export const FarmClasses = z.strictObject({
	/** Whether a setting lists all that may run; the page then adds none. */
	fixed: z.boolean(),
	/** Added on the page. */
	added: z.array(z.string()),
	revision: z.int(),
	/** What the servers have and may not be used. */
	others: z.array(z.string()),
});
export type FarmClasses = z.infer<typeof FarmClasses>;
export const Farm = z.strictObject({
	nodes: z.array(FarmNode),
	/** Hosts of which servers may be added on the page. */
	hosts: z.array(z.string()),
	classes: FarmClasses,
});
export type Farm = z.infer<typeof Farm>;
