import { toTask, type TaskRecord, type TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { Task } from '@reelroom/shared/task/task.ts';

/** Tasks as people see them, those that wait with their places in the queue. */
export async function presentTasks(store: Pick<TaskStore, 'queueOf'>, records: readonly TaskRecord[]): Promise<Task[]> {
	const kinds = new Set(records.filter(({ status }) => status === 'queued').map(({ kind }) => kind));
	const places = new Map<string, number>();
	for (const kind of kinds) (await store.queueOf(kind)).forEach((id, index) => places.set(id, index + 1));
	return records.map((record) => toTask(record, places.get(record._id) ?? null));
}
