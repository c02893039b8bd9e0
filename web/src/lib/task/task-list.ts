import type { TaskListChange } from '@reelroom/shared/live/events.ts';
import { isFinished, type Task } from '@reelroom/shared/task/task.ts';
import type { TaskFilter } from './task-filter.ts';

/** Whether a task is among those that are looked for, as the server would say. */
export function fits(task: Task, { status, kind, provider, projectId, createdBy, text }: TaskFilter): boolean {
	const isWanted = (wanted: string, is: string): boolean => wanted === 'all' || wanted === is;
	const group = isFinished(task.status) ? 'finished' : 'active';
	return (
		(isWanted(status, task.status) || status === group) &&
		isWanted(kind, task.kind) &&
		isWanted(provider, task.provider) &&
		isWanted(projectId, task.projectId) &&
		isWanted(createdBy, task.createdBy) &&
		task.label.toLowerCase().includes(text.toLowerCase())
	);
}

/**
 * Lays changes upon a list, newest first; `again` says whether it must be read anew: a task belongs into it that is not there yet, or those that wait have moved
 * up. `isWhole`: there is nothing behind its end.
 */
export function applyChanges(
	list: readonly Task[],
	changes: readonly TaskListChange[],
	{ filter, isWhole }: { filter: TaskFilter; isWhole: boolean },
): { list: readonly Task[]; again: boolean } {
	const shown = new Map(list.map((task) => [task.id, task]));
	const oldest = list.at(-1)?.createdAt ?? '';
	let [again, moved] = [false, false];
	for (const change of changes) {
		if ('removed' in change) {
			moved ||= shown.delete(change.removed);
			continue;
		}
		const { task } = change;
		const before = shown.get(task.id);
		if (before !== undefined && before.revision >= task.revision) continue;
		moved ||= before?.status !== task.status;
		if (!fits(task, filter)) shown.delete(task.id);
		else if (before !== undefined) shown.set(task.id, task);
		else again ||= isWhole || task.createdAt >= oldest;
	}
	again ||= moved && [...shown.values()].some(({ status }) => status === 'queued');
	// In the order it had.
	return { list: [...shown.values()], again };
}
