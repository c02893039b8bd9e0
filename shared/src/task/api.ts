import * as z from 'zod';
import { Take } from '../board/take.ts';
import { countUpTo } from '../http/count.ts';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import {
	GenerationKind,
	GenerationRequest,
	pictureSidePx,
	providerNames,
	referenceRoles,
} from '../provider/provider.ts';
import { StyleName } from '../style/style.ts';
import { Refused, subtitleModes, Task, TaskDetails, taskKinds, TaskPause, taskStatuses } from './task.ts';

const ById = z.strictObject({ id: Id });
const Side = z.int().min(pictureSidePx.min).max(pictureSidePx.max);

export const taskApi = {
	generate: endpoint({
		method: 'post',
		path: '/projects/:id/generate',
		summary: `Queues one picture or clip for each of the given shots (default: every shot that has neither a take nor a task, for clips every one that has no clip, in the order of the board; one request makes up to ${limits.shotsPerRequest}, and \`left\` says how many shots to ask for again). What is made of a picture is made of the shot's picture in use where none is named, and ends as that of the next shot.`,
		allow: 'task.create',
		idempotent: true,
		status: 202,
		params: ById,
		body: z.strictObject({
			shotIds: z.array(Id).min(1).max(limits.shotsPerRequest).optional(),
			kind: GenerationKind.default('text-to-image'),
			style: StyleName.optional(),
			provider: z.enum(providerNames).default('sketch'),
			/** Of a provider that has several: which of its workflows; `GET /models` lists them. */
			workflow: z.string().max(60).optional(),
			/** Of a cloud provider: which of its models; without it the first. */
			model: z.string().max(200).optional(),
			seed: z
				.int()
				.min(0)
				.max(2 ** 53 - 1)
				.optional(),
			width: Side.optional(),
			height: Side.optional(),
			/** Pictures among the takes of this project, and what each is for. */
			references: z
				.array(z.strictObject({ role: z.enum(referenceRoles), takeId: Id }))
				.max(8)
				.optional(),
			/** How far a picture may go from the one it begins with: 0 leaves it, 1 forgets it. */
			strength: z.number().min(0).max(1).optional(),
			negativePrompt: z.string().max(10_000).optional(),
			steps: z.int().min(1).max(150).optional(),
			guidance: z.number().min(0).max(30).optional(),
			/** What else a workflow takes, as `…/parameters` of it lists: by our words, else by `node.input`. */
			parameters: GenerationRequest.shape.parameters,
			/** Of a clip: its length, in frames at `fps`; without it that of the shot. */
			durationFrames: z.int().min(1).max(limits.clipFrames).optional(),
			/** Of a clip; without it that of the project. */
			fps: z.int().min(1).max(120).optional(),
			/** Variations of each: their seeds follow each other. */
			count: z.int().min(1).max(4).default(1),
			/** Needed where one of the named shots is approved; a whole board leaves its approved shots alone without it. */
			confirmApproved: z.boolean().optional(),
		}),
		reply: z.strictObject({
			tasks: z.array(Task),
			/** Shots without a take or a task that are still left, when no shots were named. */
			left: z.int().optional(),
			/** What the plan did not reach; when it reaches nothing at all, the call is refused as `quota-exceeded`. */
			refused: Refused.optional(),
		}),
	}),
	render: endpoint({
		method: 'post',
		path: '/projects/:id/render',
		summary: 'Queues the film: the board as it stands, as an MP4.',
		allow: 'task.create',
		idempotent: true,
		status: 202,
		params: ById,
		body: z.strictObject({
			subtitles: z.enum(subtitleModes).default('burned'),
			quality: z.enum(['draft', 'final']).default('final'),
			width: Side.optional(),
			height: Side.optional(),
			titleCard: z.boolean().default(true),
			endCard: z.boolean().default(true),
		}),
		reply: Task,
	}),
	list: endpoint({
		method: 'get',
		path: '/projects/:id/tasks',
		summary: 'Tasks of a project, newest first.',
		allow: 'task.read',
		params: ById,
		query: z.strictObject({
			status: z.enum(['active', 'finished', 'all']).default('all'),
			limit: countUpTo(500).default(200),
		}),
		reply: z.array(Task),
	}),
	paused: endpoint({
		method: 'get',
		path: '/projects/:id/tasks/pause',
		summary: 'Whether the tasks of a project are held back.',
		allow: 'task.read',
		params: ById,
		reply: TaskPause,
	}),
	pause: endpoint({
		method: 'post',
		path: '/projects/:id/tasks/pause',
		summary: 'Holds back the tasks of a project: what runs goes on, nothing more is begun.',
		allow: 'task.pause',
		params: ById,
		reply: TaskPause,
	}),
	resume: endpoint({
		method: 'post',
		path: '/projects/:id/tasks/resume',
		summary: 'Lets the tasks of a project go on.',
		allow: 'task.pause',
		params: ById,
		reply: TaskPause,
	}),
	search: endpoint({
		method: 'get',
		path: '/tasks',
		summary: 'Tasks of every project you may see, newest first, a page at a time.',
		allow: 'signed-in',
		query: z.strictObject({
			status: z.enum(['active', 'finished', 'all', ...taskStatuses]).default('all'),
			kind: z.enum(taskKinds).optional(),
			projectId: Id.optional(),
			/** Who asked for it. */
			createdBy: Id.optional(),
			provider: z.string().max(60).optional(),
			/** Part of its label. */
			text: z.string().max(200).optional(),
			limit: countUpTo(limits.pageItems).default(50),
			/** The `next` of the page before. */
			before: z.string().max(120).optional(),
		}),
		reply: z.strictObject({
			tasks: z.array(Task),
			next: z.string().nullable(),
			/** Those that ended so many days ago are taken off this list; null keeps them. */
			keptDays: z.int().nullable(),
		}),
	}),
	batch: endpoint({
		method: 'post',
		path: '/tasks/batch',
		summary: 'Cancels, retries, deletes or restores many tasks, and tells which ones it could not and why.',
		allow: 'signed-in',
		body: z.strictObject({
			action: z.enum(['cancel', 'retry', 'delete', 'restore']),
			ids: z.array(Id).min(1).max(limits.pageItems),
			/** Of a retry: needed for tasks whose shot is approved. */
			confirmApproved: z.boolean().optional(),
		}),
		reply: z.strictObject({
			done: z.array(Id),
			refused: z.array(z.strictObject({ id: Id, code: z.string() })),
		}),
	}),
	remove: endpoint({
		method: 'delete',
		path: '/tasks/:id',
		summary: 'Takes a task that has ended off every list; its take stays.',
		allow: 'task.delete',
		params: ById,
		status: 204,
	}),
	restore: endpoint({
		method: 'post',
		path: '/tasks/:id/restore',
		summary: `Puts a task back on the lists that was deleted in the last ${limits.deletedTaskMs / 3_600_000} hours.`,
		allow: 'task.delete',
		params: ById,
		reply: Task,
	}),
	read: endpoint({
		method: 'get',
		path: '/tasks/:id',
		summary: 'One task.',
		allow: 'task.read',
		params: ById,
		reply: Task,
	}),
	details: endpoint({
		method: 'get',
		path: '/tasks/:id/details',
		summary: 'One task with its attempts and what the provider is asked for.',
		allow: 'task.read',
		params: ById,
		reply: TaskDetails,
	}),
	preview: endpoint({
		method: 'get',
		path: '/tasks/:id/preview',
		summary: 'The forming frame of a running task.',
		allow: 'task.read',
		params: ById,
		file: ['image/webp'],
	}),
	cancel: endpoint({
		method: 'post',
		path: '/tasks/:id/cancel',
		summary: 'Cancels a task that has not finished.',
		allow: 'task.cancel',
		params: ById,
		reply: Task,
	}),
	retry: endpoint({
		method: 'post',
		path: '/tasks/:id/retry',
		summary: 'Queues a failed or cancelled task again; one that waits to be tried again goes on at once.',
		allow: 'task.retry',
		params: ById,
		body: z.strictObject({
			/** Needed where its shot is approved. */
			confirmApproved: z.boolean().optional(),
		}),
		reply: Task,
	}),
};

export const takeApi = {
	list: endpoint({
		method: 'get',
		path: '/projects/:id/takes',
		summary: 'Every take of a project, oldest first.',
		allow: 'take.read',
		params: ById,
		reply: z.array(Take),
	}),
	file: endpoint({
		method: 'get',
		path: '/takes/:id/file',
		summary: 'The picture or clip itself; a clip by ranges, too.',
		allow: 'take.read',
		params: ById,
		file: ['image/webp', 'image/png', 'image/jpeg', 'video/mp4', 'video/webm'],
	}),
	thumbnail: endpoint({
		method: 'get',
		path: '/takes/:id/thumbnail',
		summary: 'The picture, of a clip its first frame, with its longest side at most 400 px.',
		allow: 'take.read',
		params: ById,
		file: ['image/webp'],
	}),
};
