import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { Tag } from '../provider/workflow.ts';
import { Concurrency, Farm, FarmClasses, FarmNode } from './farm.ts';

const ById = z.strictObject({ id: Id });
const Tags = z.array(Tag).max(20);
const ClassName = z.string().trim().min(1).max(200);

export const farmApi = {
	read: endpoint({
		method: 'get',
		path: '/farm',
		summary: 'The ComfyUI servers of this install: health, devices, queue, models and how work is given to them.',
		allow: 'administrator',
		reply: Farm,
	}),
	add: endpoint({
		method: 'post',
		path: '/farm/nodes',
		summary: 'Adds a ComfyUI server by its address; its host must be on the list that the settings allow.',
		allow: 'administrator',
		body: z.strictObject({
			url: z.string().max(300),
			concurrency: Concurrency.default(2),
			tags: Tags.default([]),
		}),
		status: 201,
		reply: FarmNode,
	}),
	edit: endpoint({
		method: 'patch',
		path: '/farm/nodes/:id',
		summary: 'Changes how work is given to a server; `changed-meanwhile` when somebody else did since.',
		allow: 'administrator',
		params: ById,
		body: z.strictObject({
			revision: z.int().min(1),
			enabled: z.boolean().optional(),
			draining: z.boolean().optional(),
			concurrency: Concurrency.optional(),
			tags: Tags.optional(),
		}),
		reply: FarmNode,
	}),
	remove: endpoint({
		method: 'delete',
		path: '/farm/nodes/:id',
		summary: 'Removes a server that was added on the page; its tasks move.',
		allow: 'administrator',
		params: ById,
		status: 204,
	}),
	allowClasses: endpoint({
		method: 'put',
		path: '/farm/classes',
		summary: 'Says which node classes may run besides the safe ones of ComfyUI and of the ready workflows.',
		allow: 'administrator',
		body: z.strictObject({ revision: z.int().min(0), added: z.array(ClassName).max(2000) }),
		reply: FarmClasses,
	}),
};
