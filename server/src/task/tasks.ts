import type { Queue } from '@reelroom/shared/node/queue.ts';
import type { PreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import type { TaskRecord, TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { isFinished, taskStatuses, type Task, type TaskStatus } from '@reelroom/shared/task/task.ts';
import type { Actor } from '../http/on.ts';
import { presentTasks } from './present-tasks.ts';
import { createSubmitTask, type SubmitTaskDeps } from './submit-task.ts';

export type TasksDeps = SubmitTaskDeps & {
	store: TaskStore;
	queue: Queue;
	previews: PreviewStore;
	/** Gives back what a task had reserved. */
	settle: (task: TaskRecord) => Promise<void>;
};
export type Tasks = ReturnType<typeof createTasks>;

const statusesOf: Record<'active' | 'finished' | 'all', readonly TaskStatus[]> = {
	active: taskStatuses.filter((status) => !isFinished(status)),
	finished: taskStatuses.filter(isFinished),
	all: taskStatuses,
};

/** The use cases of tasks. A task document is there before its bell rings; a crash between the two is mended by the workers' sweep. */
export function createTasks(deps: TasksDeps) {
	const { store, previews, queue, admit, quotaExceeded, settle, now } = deps;
	const present = (records: readonly TaskRecord[]): Promise<Task[]> => presentTasks(store, records);

	const readable = async (actor: Actor, id: string): Promise<TaskRecord> => {
		const record = await store.find(id);
		if (record === null) throw new Problem('not-found');
		await actor.must('task.read', record.projectId);
		return record;
	};
	const presentOne = async (record: TaskRecord): Promise<Task> => {
		const [task] = await present([record]);
		if (task === undefined) throw new Problem('internal');
		return task;
	};
	return {
		present,
		...createSubmitTask(deps),
		async list(
			actor: Actor,
			projectId: string,
			query: { status: 'active' | 'finished' | 'all'; limit: number },
		): Promise<Task[]> {
			await actor.must('task.read', projectId);
			return present(await store.list(projectId, statusesOf[query.status], query.limit));
		},
		/** The present tasks of a project, for somebody who has just come. */
		async current(projectId: string): Promise<Task[]> {
			const [active, finished] = await Promise.all([
				store.list(projectId, statusesOf.active, 2000),
				store.list(projectId, statusesOf.finished, 200),
			]);
			return present([...active, ...finished]);
		},
		read: async (actor: Actor, id: string): Promise<Task> => presentOne(await readable(actor, id)),
		/** The forming frame; not found when there is none now. */
		async preview(actor: Actor, id: string): Promise<Uint8Array> {
			await readable(actor, id);
			const preview = await previews.find(id);
			if (preview === null) throw new Problem('not-found', 'This task has no preview now');
			return new Uint8Array(preview.bytes);
		},
		/** Cancels a task that has not finished; a running one stops as soon as its worker hears of it. */
		async cancel(actor: Actor, id: string): Promise<Task> {
			const task = await readable(actor, id);
			await actor.must('task.cancel', task.projectId);
			const cancelled = await store.cancel(id, now());
			if (cancelled === null) throw new Problem('task-already-finished');
			await settle(cancelled);
			return presentOne(cancelled);
		},
		/** Queues a failed or cancelled task again, with all its attempts and a new reservation. */
		async retry(actor: Actor, id: string): Promise<Task> {
			const task = await readable(actor, id);
			await actor.must('task.retry', task.projectId);
			const mayBegin = task.status === 'failed' || task.status === 'cancelled';
			const { admitted } = mayBegin ? await admit(actor.signedIn().id, [task]) : { admitted: [task] };
			const [again] = admitted;
			if (again === undefined) throw quotaExceeded(now());
			// Of two at once one queues it; both have reserved under the same key, that is once.
			const queued = mayBegin ? await store.retry(id, now(), again.charge) : null;
			if (queued === null)
				throw new Problem(task.status === 'succeeded' ? 'task-already-finished' : 'task-not-finished');
			await queue.enqueue(queued.kind, id);
			return presentOne(queued);
		},
	};
}
