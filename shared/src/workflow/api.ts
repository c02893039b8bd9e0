import * as z from 'zod';
import { countUpTo } from '../http/count.ts';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { Task } from '../task/task.ts';
import {
	NewVersion,
	Trial,
	WorkflowDetail,
	WorkflowId,
	WorkflowParameter,
	WorkflowSummary,
	WorkflowTitle,
	WorkflowVersionSummary,
} from './own-workflow.ts';

const ById = z.strictObject({ id: Id });
const OfWorkflow = z.strictObject({ id: Id, workflowId: WorkflowId });
const Version = z.strictObject({ version: countUpTo(1_000_000).optional() });

export const workflowApi = {
	list: endpoint({
		method: 'get',
		path: '/workspaces/:id/workflows',
		summary: 'The ready workflows and those of the workspace, with whether a ComfyUI can run them and why not.',
		allow: 'workflow.read',
		params: ById,
		reply: z.array(WorkflowSummary),
	}),
	import: endpoint({
		method: 'post',
		path: '/workspaces/:id/workflows',
		summary:
			'Takes a ComfyUI graph in: API format, what the editor saves, what was exported here, or a PNG, WebP or JPEG that ComfyUI made, which carries its graph. Bindings and kind are guessed where the file does not tell them.',
		allow: 'workflow.edit',
		params: ById,
		query: z.strictObject({ title: WorkflowTitle.optional() }),
		bytesLimit: limits.pictureBytes,
		status: 201,
		reply: WorkflowDetail,
	}),
	read: endpoint({
		method: 'get',
		path: '/workspaces/:id/workflows/:workflowId',
		summary: 'A workflow with its nodes and their inputs, what is bound to them, and every fault at its input.',
		allow: 'workflow.read',
		params: OfWorkflow,
		query: Version,
		reply: WorkflowDetail,
	}),
	file: endpoint({
		method: 'get',
		path: '/workspaces/:id/workflows/:workflowId/file',
		summary: 'A workflow as a file that can be imported again; its `graph` is in API format.',
		allow: 'workflow.read',
		params: OfWorkflow,
		query: Version,
		file: ['application/json'],
	}),
	parameters: endpoint({
		method: 'get',
		path: '/workspaces/:id/workflows/:workflowId/parameters',
		summary: 'What may be set of a workflow besides what a shot fills, with the choices that the servers have.',
		allow: 'workflow.read',
		params: OfWorkflow,
		query: Version,
		reply: z.array(WorkflowParameter),
	}),
	versions: endpoint({
		method: 'get',
		path: '/workspaces/:id/workflows/:workflowId/versions',
		summary: 'The versions of a workflow, the newest first; a version never changes.',
		allow: 'workflow.read',
		params: OfWorkflow,
		reply: z.array(WorkflowVersionSummary),
	}),
	save: endpoint({
		method: 'post',
		path: '/workspaces/:id/workflows/:workflowId/versions',
		summary:
			'Saves bindings and values as a new version; `changed-meanwhile` when there is a newer one than it was made of.',
		allow: 'workflow.edit',
		params: OfWorkflow,
		body: NewVersion,
		status: 201,
		reply: WorkflowDetail,
	}),
	try: endpoint({
		method: 'post',
		path: '/workspaces/:id/workflows/:workflowId/try',
		summary:
			'Queues one generation by a workflow to see what it does, with a test picture where it begins with one; it costs what others cost.',
		allow: 'workflow.edit',
		idempotent: true,
		params: OfWorkflow,
		body: Trial,
		status: 202,
		reply: Task,
	}),
	edit: endpoint({
		method: 'patch',
		path: '/workspaces/:id/workflows/:workflowId',
		summary: 'Renames a workflow, or shares it with the workspace.',
		allow: 'workflow.edit',
		params: OfWorkflow,
		body: z.strictObject({
			revision: z.int().min(1),
			title: WorkflowTitle.optional(),
			about: z.string().trim().max(500).optional(),
			shared: z.boolean().optional(),
		}),
		reply: WorkflowSummary,
	}),
	remove: endpoint({
		method: 'delete',
		path: '/workspaces/:id/workflows/:workflowId',
		summary: 'Takes a workflow off the list; what it made stays, and it can be restored.',
		allow: 'workflow.edit',
		params: OfWorkflow,
		status: 204,
	}),
	restore: endpoint({
		method: 'post',
		path: '/workspaces/:id/workflows/:workflowId/restore',
		summary: 'Brings a removed workflow back.',
		allow: 'workflow.edit',
		params: OfWorkflow,
		reply: WorkflowSummary,
	}),
};
