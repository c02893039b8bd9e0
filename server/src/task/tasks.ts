import type { Ringer } from '@reelroom/shared/node/bell.ts';
import type { PreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import { toDetails, type TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import { isFinished, taskStatuses, type Task, type TaskDetails, type TaskStatus } from '@reelroom/shared/task/task.ts';
import type { Actor } from '../http/on.ts';
import { createSubmitTask, type SubmitTaskDeps } from './submit-task.ts';

export type TasksDeps = Omit<SubmitTaskDeps, 'withdraw'> & {
	store: TaskStore;
	ringer: Pick<Ringer, 'stop'>;
	previews: PreviewStore;
	/** Gives back what a task had reserved. */
	settle: (task: TaskRecord) => Promise<void>;
	/** Tasks that ended so many days ago are taken off the lists; null where none is. */
	keptDays: number | null;
	/** The projects that an account may see. */
	projectIdsOf: (accountId: string) => Promise<string[]>;
};
export type Tasks = ReturnType<typeof createTasks>;

const statusesOf: Record<'active' | 'finished' | 'all', readonly TaskStatus[]> = {
	active: taskStatuses.filter((status) => !isFinished(status)),
	finished: taskStatuses.filter(isFinished),
	all: taskStatuses,
};

type SearchWish = InputOf<typeof taskApi.search>['query'];
type RetryWish = InputOf<typeof taskApi.retry>['body'];
type BatchWish = InputOf<typeof taskApi.batch>['body'];

/** The use cases of tasks. A task document is there before its bell rings; a crash between the two is mended by the workers' sweep. */
export function createTasks(deps: TasksDeps) {
	const {
		store,
		present,
		previews,
		ringer,
		announce,
		admit,
		takeTurns,
		quotaExceeded,
		settle,
		keptDays,
		projectIdsOf,
		approvedShots,
		now,
	} = deps;

	const readable = async (actor: Actor, id: string): Promise<TaskRecord> => {
		const record = await store.find(id);
		if (record === null || record.deletedAt !== undefined) throw new Problem('not-found');
		await actor.must('task.read', record.projectId);
		return record;
	};
	const presentOne = async (record: TaskRecord): Promise<Task> => {
		const [task] = await present([record]);
		if (task === undefined) throw new Problem('internal');
		return task;
	};
	const tellWaiting = (task: TaskRecord): void =>
		announce({ projectId: task.projectId, reason: 'asked', taskId: task._id, kinds: [task.kind] }, task);
	/** Cancels one that has not finished; null for any other. */
	const cancelOne = async (id: string): Promise<TaskRecord | null> => {
		const cancelled = await store.cancel(id, now());
		if (cancelled?.status === 'cancelling') ringer.stop(id);
		if (cancelled === null) return null;
		// A worker that died may have stored a take and not come to say so.
		if (cancelled.status === 'cancelled' && cancelled.claim > 0) await deps.takes.discardOfTask(id, now());
		await settle(cancelled);
		return cancelled;
	};
	const withdraw = async (ids: readonly string[]): Promise<void> => {
		for (const id of ids) await cancelOne(id);
	};
	const tasks = {
		...createSubmitTask({ ...deps, withdraw }),
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
		async details(actor: Actor, id: string): Promise<TaskDetails> {
			const record = await readable(actor, id);
			return toDetails(record, await presentOne(record));
		},
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
			const cancelled = await cancelOne(id);
			if (cancelled === null) throw new Problem('task-already-finished');
			return presentOne(cancelled);
		},
		/**
		 * Cancels what somebody has under way in projects that they were removed from, and gives back what it had reserved: nobody pays or waits for the
		 * work of a person who is gone. What runs stops as soon as its worker hears of it.
		 */
		cancelOf: async (accountId: string, projectIds: readonly string[]): Promise<void> =>
			withdraw(await store.unfinishedOf(accountId, projectIds)),
		/** Queues a failed or cancelled task again, with all its attempts and a new reservation; one that waits to be tried again goes on at once. For an approved shot only once that is confirmed. */
		async retry(actor: Actor, id: string, { confirmApproved = false }: RetryWish = {}): Promise<Task> {
			const task = await readable(actor, id);
			await actor.must('task.retry', task.projectId);
			if (!confirmApproved && task.shotId !== null && (await approvedShots(task.projectId)).has(task.shotId))
				throw new Problem('shot-approved', `Approved: ${task.label}`);
			const hastened = await store.retryNow(id);
			if (hastened !== null) {
				tellWaiting(hastened);
				return presentOne(hastened);
			}
			const mayBegin = task.status === 'failed' || task.status === 'cancelled';
			if (!mayBegin) throw new Problem(task.status === 'succeeded' ? 'task-already-finished' : 'task-not-finished');
			const { admitted, keep } = await admit(actor.signedIn().id, [task]);
			const [again] = admitted;
			if (again === undefined) throw quotaExceeded(now());
			// Of two at once one queues it; both have reserved under the same key, that is once.
			const [turned] = await takeTurns(actor.signedIn(), [again]);
			const queued = turned === undefined ? null : await store.retry(id, now(), turned);
			if (queued === null) throw new Problem('task-not-finished');
			await keep();
			tellWaiting(queued);
			return presentOne(queued);
		},
		/** Takes a task that has ended off every list. */
		async remove(actor: Actor, id: string): Promise<undefined> {
			const task = await readable(actor, id);
			await actor.must('task.delete', task.projectId);
			if ((await store.remove(id, now())) === null) throw new Problem('task-not-finished');
		},
		/** Puts a task back that was taken off the lists a while ago; one that is there is answered as it is. */
		async restore(actor: Actor, id: string): Promise<Task> {
			const task = await store.find(id);
			if (task === null) throw new Problem('not-found');
			await actor.must('task.read', task.projectId);
			await actor.must('task.delete', task.projectId);
			if (task.deletedAt === undefined) return presentOne(task);
			const restored =
				(await store.restore(id, new Date(now().getTime() - limits.deletedTaskMs))) ?? (await store.find(id));
			if (restored === null || restored.deletedAt !== undefined) throw new Problem('not-found');
			return presentOne(restored);
		},
		/** Tasks of every project that somebody may see, or of one of them. */
		async search(actor: Actor, { status, projectId, limit, before, kind, createdBy, provider, text }: SearchWish) {
			const { id } = actor.signedIn();
			if (projectId !== undefined) await actor.must('task.read', projectId);
			const projectIds = projectId === undefined ? await projectIdsOf(id) : [projectId];
			const statuses = status in statusesOf ? statusesOf[status as keyof typeof statusesOf] : [status as TaskStatus];
			const about = {
				projectIds,
				statuses,
				...(kind === undefined ? {} : { kind }),
				...(createdBy === undefined ? {} : { createdBy }),
				...(provider === undefined ? {} : { provider }),
				...(text === undefined || text === '' ? {} : { text }),
			};
			const { records, next } = await store.search(about, { limit, before });
			return { tasks: await present(records), next, keptDays };
		},
		/** Does one thing to many tasks, each with its own question of rights; what could not be done is told with its reason. */
		async batch(actor: Actor, { action, ids, ...wish }: BatchWish) {
			const done: string[] = [];
			const refused: { id: string; code: string }[] = [];
			const retry = (by: Actor, id: string) => tasks.retry(by, id, wish);
			const act = { cancel: tasks.cancel, retry, delete: tasks.remove, restore: tasks.restore }[action];
			for (const id of new Set(ids))
				await act(actor, id).then(
					() => done.push(id),
					(error: unknown) => {
						if (!(error instanceof Problem)) throw error;
						refused.push({ id, code: error.code });
					},
				);
			return { done, refused };
		},
	};
	return tasks;
}
