import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { nameUpTo } from '../name.ts';
import { StyleName } from '../style/style.ts';
import { AspectRatio, Fps, Project } from './project.ts';

const ById = z.strictObject({ id: Id });
const Name = nameUpTo(120);

export const projectApi = {
	list: endpoint({
		method: 'get',
		path: '/projects',
		summary: 'Every project one may see, newest change first.',
		allow: 'signed-in',
		reply: z.array(Project),
	}),
	create: endpoint({
		method: 'post',
		path: '/projects',
		summary: 'Makes a project, empty or with a script.',
		allow: 'signed-in',
		status: 201,
		body: z.strictObject({
			workspaceId: Id.optional(),
			name: Name,
			aspectRatio: AspectRatio.default('16:9'),
			fps: Fps.default(24),
			style: StyleName.default('anime'),
			script: z
				.string()
				.max(limits.scriptBytes / 2)
				.optional(),
		}),
		reply: Project,
	}),
	read: endpoint({
		method: 'get',
		path: '/projects/:id',
		summary: 'One project.',
		allow: 'project.read',
		params: ById,
		reply: Project,
	}),
	edit: endpoint({
		method: 'patch',
		path: '/projects/:id',
		summary: 'Changes name, format or style.',
		allow: 'project.edit',
		params: ById,
		body: z.strictObject({
			name: Name.optional(),
			aspectRatio: AspectRatio.optional(),
			fps: Fps.optional(),
			style: StyleName.optional(),
		}),
		reply: Project,
	}),
	delete: endpoint({
		method: 'delete',
		path: '/projects/:id',
		summary: 'Deletes a project with all it holds.',
		allow: 'project.delete',
		params: ById,
		status: 204,
	}),
	ticket: endpoint({
		method: 'post',
		path: '/projects/:id/ticket',
		summary: 'A ticket of 30 s that opens one live-document connection.',
		allow: 'document.read',
		params: ById,
		status: 201,
		reply: z.strictObject({ ticket: z.string() }),
	}),
};
