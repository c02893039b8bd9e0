import { takeApi } from '@reelroom/shared/task/api.ts';
import { on, type Route } from '../http/on.ts';
import { stillAnswered } from '../http/still-answered.ts';
import type { Takes } from './takes.ts';

/** Takes and their pictures over HTTP. A take never changes, so its pictures may be kept for ever. */
export const mediaRoutes = (takes: Takes): Route[] => [
	on(takeApi.list, ({ params }, actor) => takes.list(actor, params.id)),
	on(takeApi.file, async ({ params }, actor) => ({
		...(await takes.file(actor, params.id)),
		cache: 'immutable' as const,
		// A clip is sent for as long as it is watched: whoever may no longer see it is cut off.
		stillAllowed: stillAnswered(() => takes.file(actor, params.id)),
	})),
	on(takeApi.thumbnail, async ({ params }, actor) => ({
		...(await takes.thumbnail(actor, params.id)),
		cache: 'immutable' as const,
	})),
];
