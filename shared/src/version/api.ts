import * as z from 'zod';
import { countUpTo } from '../http/count.ts';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { Version, VersionContent, VersionName } from './version.ts';

const ById = z.strictObject({ id: Id });

export const versionApi = {
	list: endpoint({
		method: 'get',
		path: '/projects/:id/versions',
		summary: 'The versions of a project, the newest first.',
		allow: 'version.read',
		params: ById,
		query: z.strictObject({
			/** Only those that are older than this version. */
			before: Id.optional(),
			limit: countUpTo(limits.pageItems).default(limits.pageItems),
		}),
		reply: z.array(Version),
	}),
	name: endpoint({
		method: 'post',
		path: '/projects/:id/versions',
		summary: 'Keeps the project as it is now under a name.',
		allow: 'version.name',
		params: ById,
		body: z.strictObject({ name: VersionName }),
		status: 201,
		reply: Version,
	}),
	read: endpoint({
		method: 'get',
		path: '/versions/:id',
		summary: 'What a version holds, and who wrote it.',
		allow: 'version.read',
		params: ById,
		reply: VersionContent,
	}),
};
