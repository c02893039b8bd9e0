import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { Activity } from './activity.ts';

const ById = z.strictObject({ id: Id });
const Instant = z.iso.datetime();

export const activityApi = {
	list: endpoint({
		method: 'get',
		path: '/projects/:id/activity',
		summary: 'Who did what in a project, the newest first.',
		allow: 'activity.read',
		params: ById,
		query: z.strictObject({
			/** The place behind which to go on, as a page before told it. */
			after: z.string().max(200).optional(),
			limit: z.coerce.number().int().min(1).max(limits.pageItems).default(50),
		}),
		reply: z.strictObject({
			items: z.array(Activity),
			/** Where the next page goes on; null at the end. */
			next: z.string().nullable(),
			/** Until when one has seen what others did; null before the first look. */
			seenAt: z.string().nullable(),
		}),
	}),
	unread: endpoint({
		method: 'get',
		path: '/projects/:id/activity/unread',
		summary: 'How much others have done since one looked last, up to 100.',
		allow: 'activity.read',
		params: ById,
		reply: z.strictObject({ count: z.int() }),
	}),
	see: endpoint({
		method: 'post',
		path: '/projects/:id/activity/seen',
		summary: 'Notes that one has seen everything until an instant; an earlier one changes nothing.',
		allow: 'activity.read',
		params: ById,
		body: z.strictObject({ at: Instant }),
		status: 204,
	}),
};
