import { activityApi } from '@reelroom/shared/activity/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Activities } from './activities.ts';

/** Answers the endpoints of activity. */
export const activityRoutes = (activities: Activities): Route[] => [
	on(activityApi.list, ({ params, query }, actor) => activities.list(actor, params.id, query)),
	on(activityApi.unread, ({ params }, actor) => activities.unread(actor, params.id)),
	on(activityApi.see, async ({ params, body }, actor) => void (await activities.see(actor, params.id, body.at))),
];
