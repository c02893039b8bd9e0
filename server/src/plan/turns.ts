import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { tasksAtOnce, type Plan } from '@reelroom/shared/plan/quota.ts';
import { turnsOf } from '@reelroom/shared/task/turns.ts';

export type TurnsDeps = {
	store: Pick<TaskStore, 'waiting'>;
	planOf: (accountId: string) => Promise<Plan>;
	now: () => Date;
};

/** Makes the function that gives tasks of one request their turns among all that wait, and says how many of them may run at once. Two requests at once may get the same turns, which harms nobody. */
export function createTurns({ store, planOf, now }: TurnsDeps) {
	return async (
		{ id, inBackground = false }: { id: string; inBackground?: boolean },
		tasks: readonly TaskRecord[],
	): Promise<TaskRecord[]> => {
		const [first] = tasks;
		if (first === undefined) return [];
		const { kind, projectId } = first;
		const [plan, waiting] = await Promise.all([planOf(id), store.waiting(kind, id)]);
		const turns = turnsOf({ now: now(), plan, projectId, waiting, count: tasks.length, inBackground });
		return tasks.map((task, index) => ({ ...task, turn: turns[index] ?? 0, atOnce: tasksAtOnce[plan] }));
	};
}
