import { takeCareApi } from '@reelroom/shared/board/take-care-api.ts';
import { taskApi } from '@reelroom/shared/task/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Pauses } from './pauses.ts';
import type { Tasks } from './tasks.ts';

/** Tasks over HTTP. */
export const taskRoutes = (tasks: Tasks, pauses: Pauses): Route[] => [
	on(taskApi.generate, ({ params, body, idempotencyKey }, actor) =>
		tasks.generate(actor, params.id, body, idempotencyKey),
	),
	on(takeCareApi.stale, ({ params }, actor) => tasks.staleTakes(actor, params.id)),
	on(takeCareApi.regenerate, ({ params, body, idempotencyKey }, actor) =>
		tasks.regenerate(actor, params.id, body, idempotencyKey),
	),
	on(takeCareApi.reproduce, ({ params, idempotencyKey }, actor) => tasks.reproduce(actor, params.id, idempotencyKey)),
	on(taskApi.render, ({ params, body, idempotencyKey }, actor) => tasks.render(actor, params.id, body, idempotencyKey)),
	on(taskApi.list, ({ params, query }, actor) => tasks.list(actor, params.id, query)),
	on(taskApi.paused, ({ params }, actor) => pauses.read(actor, params.id)),
	on(taskApi.pause, ({ params }, actor) => pauses.pause(actor, params.id)),
	on(taskApi.resume, ({ params }, actor) => pauses.resume(actor, params.id)),
	on(taskApi.search, ({ query }, actor) => tasks.search(actor, query)),
	on(taskApi.batch, ({ body }, actor) => tasks.batch(actor, body)),
	on(taskApi.remove, ({ params }, actor) => tasks.remove(actor, params.id)),
	on(taskApi.restore, ({ params }, actor) => tasks.restore(actor, params.id)),
	on(taskApi.read, ({ params }, actor) => tasks.read(actor, params.id)),
	on(taskApi.details, ({ params }, actor) => tasks.details(actor, params.id)),
	on(taskApi.preview, async ({ params }, actor) => ({
		file: await tasks.preview(actor, params.id),
		mediaType: 'image/webp',
		cache: 'none' as const,
	})),
	on(taskApi.cancel, ({ params }, actor) => tasks.cancel(actor, params.id)),
	on(taskApi.retry, ({ params, body }, actor) => tasks.retry(actor, params.id, body)),
];
