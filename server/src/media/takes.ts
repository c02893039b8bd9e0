import type { Lineage } from '@reelroom/shared/board/lineage.ts';
import type { Take } from '@reelroom/shared/board/take.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { toTake, type TakeRecord, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Actor } from '../http/on.ts';
import type { MustNotShowApproved } from '../review/approved-take.ts';

/** A picture of a take: the file it is in, and what it is. */
export type TakeFile = { file: string; mediaType: string };
type AboutTask = Pick<TaskRecord, 'createdByName' | 'createdAt' | 'startedAt' | 'finishedAt' | 'attempt'>;
export type TakesDeps = {
	store: TakeStore;
	taskOf: (taskId: string) => Promise<AboutTask | null>;
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	pathOf: (sha256: string) => string;
	/** Throws where an approved shot shows this take while it is there. */
	mustNotShowApproved: MustNotShowApproved;
	now: () => Date;
};
export type Takes = ReturnType<typeof createTakes>;

/** The use cases of takes. A take never changes; whoever may not read it does not learn that it is there. */
export function createTakes({ store, taskOf, namesOf, pathOf, mustNotShowApproved, now }: TakesDeps) {
	const readable = async (actor: Actor, id: string): Promise<TakeRecord> => {
		const take = await store.find(id);
		if (take === null) throw new Problem('not-found');
		await actor.must('take.read', take.projectId);
		return take;
	};
	/** Since when what was discarded can be brought back. */
	const since = (): Date => new Date(now().getTime() - limits.discardedTakeMs);
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
		/** The small picture for boards and lists; of a discarded take for whoever may bring it back. */
		async thumbnail(actor: Actor, id: string): Promise<TakeFile> {
			const discarded = await store.findDiscarded(id, since());
			if (discarded !== null) {
				await actor.must('take.read', discarded.projectId);
				await actor.must('take.delete', discarded.projectId);
			}
			const take = discarded ?? (await readable(actor, id));
			return { file: pathOf(take.thumbnailSha256), mediaType: 'image/webp' };
		},
		/** How a take came about. */
		async lineage(actor: Actor, id: string): Promise<Lineage> {
			const record = await readable(actor, id);
			const { request = null, origin = null, createdBy } = record;
			const [task, names] = await Promise.all([taskOf(record.taskId), namesOf([createdBy])]);
			return {
				take: toTake(record),
				request,
				origin,
				by: { id: createdBy, name: names.get(createdBy) ?? task?.createdByName ?? '' },
				askedAt: task?.createdAt.toISOString() ?? null,
				startedAt: task?.startedAt?.toISOString() ?? null,
				finishedAt: task?.finishedAt?.toISOString() ?? null,
				attempts: task?.attempt ?? null,
			};
		},
		/** Discards a take; it can be brought back for a while. */
		async discard(actor: Actor, id: string, mayChangeApproved: boolean): Promise<undefined> {
			const take = await readable(actor, id);
			await actor.must('take.delete', take.projectId);
			if (!mayChangeApproved) await mustNotShowApproved(take);
			if (!(await store.discard(id, now()))) throw new Problem('not-found');
		},
		/** Brings a discarded take back; one that is there is answered as it is. */
		async restore(actor: Actor, id: string, mayChangeApproved: boolean): Promise<Take> {
			const discarded = await store.findDiscarded(id, since());
			const take = discarded ?? (await readable(actor, id));
			await actor.must('take.read', take.projectId);
			await actor.must('take.delete', take.projectId);
			if (discarded !== null && !mayChangeApproved) await mustNotShowApproved(take);
			const restored = discarded === null ? take : ((await store.restore(id, since())) ?? (await store.find(id)));
			if (restored === null) throw new Problem('not-found');
			return toTake(restored);
		},
		/** What was discarded of a project and can be brought back. */
		async discarded(actor: Actor, projectId: string): Promise<{ take: Take; discardedAt: string }[]> {
			await actor.must('take.delete', projectId);
			return (await store.discarded(projectId, since())).map((record) => ({
				take: toTake(record),
				discardedAt: (record.discardedAt ?? now()).toISOString(),
			}));
		},
	};
}
