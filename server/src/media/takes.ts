import type { Take } from '@reelroom/shared/board/take.ts';
import { toTake, type TakeRecord, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Actor } from '../http/on.ts';

/** A picture of a take: the file it is in, and what it is. */
export type TakeFile = { file: string; mediaType: string };
export type Takes = ReturnType<typeof createTakes>;

/** The use cases of takes. A take never changes; whoever may not read it does not learn that it is there. */
export function createTakes({ store, pathOf }: { store: TakeStore; pathOf: (sha256: string) => string }) {
	const readable = async (actor: Actor, id: string): Promise<TakeRecord> => {
		const take = await store.find(id);
		if (take === null) throw new Problem('not-found');
		await actor.must('take.read', take.projectId);
		return take;
	};
	return {
		/** Every take of a project, oldest first. */
		async list(actor: Actor, projectId: string): Promise<Take[]> {
			await actor.must('take.read', projectId);
			return (await store.list(projectId)).map(toTake);
		},
		/** The picture or clip itself. */
		async file(actor: Actor, id: string): Promise<TakeFile> {
			const take = await readable(actor, id);
			return { file: pathOf(take.sha256), mediaType: take.mediaType };
		},
		/** The small picture for boards and lists. */
		async thumbnail(actor: Actor, id: string): Promise<TakeFile> {
			const take = await readable(actor, id);
			return { file: pathOf(take.thumbnailSha256), mediaType: 'image/webp' };
		},
	};
}
