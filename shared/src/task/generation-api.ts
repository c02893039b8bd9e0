import * as z from 'zod';
import { ConfirmApproved } from '../board/take-care-api.ts';
import { Take } from '../board/take.ts';
import { countUpTo } from '../http/count.ts';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { GenerationKind, GenerationRequest, pictureSidePx } from '../provider/provider.ts';
import { StyleName } from '../style/style.ts';
import { Task } from './task.ts';

const ById = z.strictObject({ id: Id });
const Side = z.int().min(pictureSidePx.min).max(pictureSidePx.max);
const Words = z.string().max(10_000);
const Steps = z.int().min(1).max(150);
const Guidance = z.number().min(0).max(30);

const wish = {
	prompt: Words.min(1),
	negativePrompt: Words.optional(),
	width: Side.default(1024),
	height: Side.default(576),
	numInferenceSteps: Steps.optional(),
	guidanceScale: Guidance.optional(),
	seed: z
		.int()
		.min(0)
		.max(2 ** 53 - 1)
		.optional(),
	model: z.string().max(200).optional(),
	/** What else a workflow takes, as `…/parameters` of it lists. */
	parameters: GenerationRequest.shape.parameters,
	style: StyleName.optional(),
	/** Of a clip. */
	durationSeconds: z.number().min(0.1).max(300).optional(),
	fps: z.int().min(1).max(120).optional(),
	/** Where the take is kept; without it in a project of your own for pictures from words alone. */
	projectId: Id.optional(),
	// The spellings of other image APIs.
	negative_prompt: Words.optional(),
	num_inference_steps: Steps.optional(),
	guidance_scale: Guidance.optional(),
	duration_seconds: z.number().min(0.1).max(300).optional(),
	project_id: Id.optional(),
};
type Spelled = z.output<z.ZodObject<typeof wish>>;
/** Turns the other spellings into ours; where both are given, ours counts. */
const inOurWords = ({
	negative_prompt,
	num_inference_steps,
	guidance_scale,
	duration_seconds,
	project_id,
	negativePrompt = negative_prompt,
	numInferenceSteps = num_inference_steps,
	guidanceScale = guidance_scale,
	durationSeconds = duration_seconds,
	projectId = project_id,
	...rest
}: Spelled) => ({ ...rest, negativePrompt, numInferenceSteps, guidanceScale, durationSeconds, projectId });
const Wish = z.strictObject(wish).transform(inOurWords);
export type PromptWish = z.output<typeof Wish>;

/** A task that makes something of words, with where its picture or clip will be. */
export const Generation = z.strictObject({
	...Task.shape,
	taskId: Id,
	/** The picture as PNG; null until it is made, and for a clip. */
	imageUrl: z.string().nullable(),
	/** The clip; null until it is made, and for a picture. */
	videoUrl: z.string().nullable(),
});
export type Generation = z.infer<typeof Generation>;

/** What a task has brought so far. */
export const Result = z.strictObject({
	id: Id,
	taskId: Id,
	projectId: Id,
	status: Task.shape.status,
	take: Take.nullable(),
	imageUrl: z.string().nullable(),
	videoUrl: z.string().nullable(),
});
export type Result = z.infer<typeof Result>;

const Model = z.strictObject({
	id: z.string(),
	name: z.string(),
	/** Its name in each language of the studio. */
	names: z.strictObject({ en: z.string(), 'zh-CN': z.string() }).optional(),
	provider: z.string(),
	/** Of a provider that has several: which of its workflows it is. */
	workflow: z.string().optional(),
	/** Of a workflow: why no server can run it as it is. */
	refused: z.string().optional(),
	/** Of a workflow of the workspace: its newest version, with which is generated. */
	workflowVersion: z.int().optional(),
	/** Of a cloud provider: which of its models it is. */
	model: z.string().optional(),
	/** What it makes of words alone. */
	kinds: z.array(z.enum(['image', 'video'])),
	/** Every way in which it makes something. */
	makes: z.array(GenerationKind),
	/** How many reference pictures of the bible it takes; without it none. */
	references: z.int().optional(),
	/** It takes the look of them: the words say nothing of the pictures. */
	guided: z.literal(true).optional(),
	/** It makes nothing without one. */
	needsReference: z.literal(true).optional(),
	/** Units of the plan that one picture or clip costs. */
	price: z.int(),
});
export type Model = z.infer<typeof Model>;

const made = { allow: 'signed-in', idempotent: true, status: 202, reply: Generation } as const;

export const generationApi = {
	image: endpoint({
		...made,
		method: 'post',
		path: '/images/generate',
		summary: 'Queues one picture of the given words. `Location` names the task.',
		body: Wish,
	}),
	video: endpoint({
		...made,
		method: 'post',
		path: '/videos/generate',
		summary: 'Queues one clip of the given words; `no-provider` where no provider makes clips.',
		body: Wish,
	}),
	generate: endpoint({
		...made,
		method: 'post',
		path: '/generation/generate',
		summary: 'The same for either kind, named by `type`.',
		body: z
			.strictObject({ ...wish, type: z.enum(['image', 'video']).default('image') })
			.transform(({ type, ...rest }) => ({ ...inOurWords(rest), type })),
	}),
	read: endpoint({
		method: 'get',
		path: '/generation/tasks/:id',
		summary: 'One task, with the address of its picture or clip once it is made.',
		allow: 'task.read',
		params: ById,
		reply: Generation,
	}),
	history: endpoint({
		method: 'get',
		path: '/generation/history',
		summary: 'What you have generated, newest first.',
		allow: 'signed-in',
		query: z.strictObject({
			limit: countUpTo(limits.pageItems).default(50),
			/** The `next` of the page before. */
			before: z.string().max(120).optional(),
		}),
		reply: z.strictObject({ items: z.array(Generation), next: z.string().nullable() }),
	}),
	models: endpoint({
		method: 'get',
		path: '/models',
		summary: 'What there is to generate with in a project, or without one in the workspace of your own.',
		allow: 'signed-in',
		query: z.strictObject({ projectId: Id.optional() }),
		reply: z.array(Model),
	}),
	file: endpoint({
		method: 'get',
		path: '/files/images/:id.png',
		summary: 'The picture of a task as PNG.',
		allow: 'take.read',
		params: ById,
		file: ['image/png'],
	}),
	result: endpoint({
		method: 'get',
		path: '/results/:id',
		summary: 'What a task has brought; by the id of the task or of its take.',
		allow: 'take.read',
		params: ById,
		reply: Result,
	}),
	removeResult: endpoint({
		method: 'delete',
		path: '/results/:id',
		summary: 'Deletes a take; its number is never used again. `confirmApproved=true` where an approved shot shows it.',
		allow: 'take.delete',
		params: ById,
		query: ConfirmApproved,
		status: 204,
	}),
};
