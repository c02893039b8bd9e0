import { isConfirmed } from '@reelroom/shared/board/take-care-api.ts';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import { generationApi } from '@reelroom/shared/task/generation-api.ts';
import { on, type Http, type Route } from '../http/on.ts';
import type { Generations } from './generations.ts';

/** Generating from words alone over HTTP; `Location` of a reply names the task. */
export function generationRoutes(generations: Generations): Route[] {
	const located = async <G extends { taskId: string }>({ response }: Http, work: Promise<G>): Promise<G> => {
		const generation = await work;
		response.setHeader('Location', `${apiPrefix}/generation/tasks/${generation.taskId}`);
		return generation;
	};
	return [
		on(generationApi.image, ({ body, idempotencyKey }, actor, http) =>
			located(http, generations.generate(actor, 'image', body, idempotencyKey)),
		),
		on(generationApi.video, ({ body, idempotencyKey }, actor, http) =>
			located(http, generations.generate(actor, 'video', body, idempotencyKey)),
		),
		on(generationApi.generate, ({ body: { type, ...wish }, idempotencyKey }, actor, http) =>
			located(http, generations.generate(actor, type, wish, idempotencyKey)),
		),
		on(generationApi.read, ({ params }, actor) => generations.read(actor, params.id)),
		on(generationApi.history, ({ query }, actor) => generations.history(actor, query)),
		on(generationApi.models, ({ query }, actor) => generations.models(actor, query.projectId)),
		on(generationApi.file, async ({ params }, actor) => ({
			file: await generations.png(actor, params.id),
			mediaType: 'image/png',
			cache: 'immutable' as const,
		})),
		on(generationApi.result, ({ params }, actor) => generations.result(actor, params.id)),
		on(generationApi.removeResult, ({ params, query }, actor) =>
			generations.remove(actor, params.id, isConfirmed(query)),
		),
	];
}
