import type { Take } from '@reelroom/shared/board/take.ts';
import type { Shot } from '@reelroom/shared/board/shot.ts';
import { takeInUse } from '@reelroom/shared/board/take-in-use.ts';
import { isFinished, type Task } from '@reelroom/shared/task/task.ts';

/** What a board cell shows. */
export type Cell = {
	/** `held`: asked for, and kept on this device until the server is in reach. */
	state: 'picture' | 'forming' | 'queued' | 'held' | 'failed' | 'empty';
	take: Take | null;
	task: Task | null;
};

/** Decides a cell from its takes (oldest first) and tasks (any order). */
export function cellOf(
	shot: Pick<Shot, 'id' | 'selectedTakeId'>,
	takes: readonly Take[],
	tasks: readonly Task[],
): Cell {
	const take = takeInUse(shot, takes);
	const active =
		tasks.find((task) => task.status === 'running' || task.status === 'cancelling') ??
		tasks.find((task) => task.status === 'queued');
	if (active !== undefined) return { state: active.status === 'queued' ? 'queued' : 'forming', take, task: active };
	const last = tasks.filter((task) => isFinished(task.status)).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
	const newest = takes.at(-1);
	if (last?.status === 'failed' && (newest === undefined || newest.createdAt < last.createdAt))
		return { state: 'failed', take, task: last };
	return { state: take === null ? 'empty' : 'picture', take, task: null };
}
