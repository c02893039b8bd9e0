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
	rename: endpoint({
		method: 'patch',
		path: '/versions/:id',
		summary: 'Names a version, or names it otherwise; a named one is kept for ever.',
		allow: 'version.name',
		params: ById,
		body: z.strictObject({ name: VersionName }),
		reply: Version,
	}),
	delete: endpoint({
		method: 'delete',
		path: '/versions/:id',
		summary: 'Deletes a named version; the others go by themselves in time.',
		allow: 'version.name',
		params: ById,
		status: 204,
	}),
	restore: endpoint({
		method: 'post',
		path: '/versions/:id/restore',
		summary:
			'Makes the project what it was, or brings one scene of it back, as a new edit; what was there before is kept as a version.',
		allow: 'version.restore',
		params: ById,
		body: z.strictObject({
			/** Only this scene, text and shots. */
			sceneId: Id.optional(),
			/** Takes a restore back that was made on this version; what was changed since then stays. */
			undoes: z.strictObject({ versionId: Id, sceneId: Id.optional() }).optional(),
		}),
		/** What was there before; restoring it with `undoes` takes this restore back. */
		reply: Version,
	}),
};
