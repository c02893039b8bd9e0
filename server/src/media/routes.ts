import { toTake, type TakeRecord, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { takeApi } from '@reelroom/shared/task/api.ts';
import { on, type Actor, type Route } from '../http/on.ts';

/** Takes and their pictures over HTTP. A take never changes, so its pictures may be kept for ever. */
export function mediaRoutes({ takes, pathOf }: { takes: TakeStore; pathOf: (sha256: string) => string }): Route[] {
	const readable = async (actor: Actor, id: string): Promise<TakeRecord> => {
		const take = await takes.find(id);
		if (take === null) throw new Problem('not-found');
		await actor.must('take.read', take.projectId);
		return take;
	};
	return [
		on(takeApi.list, async ({ params }, actor) => {
			await actor.must('take.read', params.id);
			return (await takes.list(params.id)).map(toTake);
		}),
		on(takeApi.file, async ({ params }, actor) => {
			const take = await readable(actor, params.id);
			return { file: pathOf(take.sha256), mediaType: take.mediaType, cache: 'immutable' as const };
		}),
		on(takeApi.thumbnail, async ({ params }, actor) => {
			const take = await readable(actor, params.id);
			return { file: pathOf(take.thumbnailSha256), mediaType: 'image/webp', cache: 'immutable' as const };
		}),
	];
}
