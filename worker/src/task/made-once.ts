import { setTimeout as wait } from 'node:timers/promises';
import type { MakingStore } from '@reelroom/shared/node/stores/making-store.ts';
import type { TakeRecord, TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';

export type MadeOnceDeps = {
	makings: MakingStore;
	tasks: Pick<TaskStore, 'find'>;
	takes: Pick<TakeStore, 'find'>;
	now: () => Date;
};
/** How often the one that makes it is looked at. */
const lookMs = 200;

/**
 * Lets one of several tasks with the same recipe make it, while the others wait for its take. Answers that take, or null for the one that is to make it:
 * the first; the next one when that fails, is cancelled, or its worker dies.
 */
export async function takeOfTwin(
	{ makings, tasks, takes, now }: MadeOnceDeps,
	{ _id: taskId, claim, recipeKey }: Pick<TaskRecord, '_id' | 'claim' | 'recipeKey'>,
	signal: AbortSignal,
): Promise<TakeRecord | null> {
	if (recipeKey === undefined) return null;
	for (;;) {
		const own = { _id: recipeKey, taskId, claim, at: now() };
		const holder = await makings.take(own);
		if (holder.taskId === taskId && holder.claim === claim) return null;
		const twin = holder.taskId === taskId ? null : await tasks.find(holder.taskId);
		const take = twin?.status === 'succeeded' && twin.takeId !== null ? await takes.find(twin.takeId) : null;
		if (take !== null) return take;
		const isAtWork = twin?.status === 'running' || twin?.status === 'cancelling';
		if (isAtWork && (twin.leaseUntil ?? now()) > now()) await wait(lookMs, undefined, { signal });
		else if (await makings.takeOver(holder, own)) return null;
	}
}
