import { createHash } from 'node:crypto';
import type { RequestMark, TaskRecord, TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { Queue } from '@reelroom/shared/node/queue.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Task, TaskWork } from '@reelroom/shared/task/task.ts';
import { presentTasks } from './present-tasks.ts';

export type SubmitOnceDeps = {
	store: Pick<TaskStore, 'ofRequest' | 'insertMany' | 'insertRequest' | 'queueOf'>;
	queue: Pick<Queue, 'enqueue'>;
	now: () => Date;
	newId: () => string;
};
/** On whose behalf a task is queued. */
export type By = { id: string; name: string };
/** What is asked, under a key of the asker's when it may be asked again. */
export type Asked = { key: string | undefined; asked: Record<string, unknown> };
/** One task that is to be queued. */
export type Wanted = { work: TaskWork; shotId: string | null; label: string; provider: string; style: string };

/** Marks a request by its key, which belongs to one account, and by what it asks. */
function markOf(by: By, { key, asked }: Asked): RequestMark | undefined {
	if (key === undefined) return undefined;
	return { key: `${by.id}/${key}`, digest: createHash('sha256').update(JSON.stringify(asked)).digest('hex') };
}

/** Makes the function that queues what a request wants; under one key that is worked out and queued once, and the same tasks are answered ever after. */
export function createSubmitOnce({ store, queue, now, newId }: SubmitOnceDeps) {
	/** What a request under a key has already brought; null when it is new. */
	const earlier = async (mark: RequestMark | undefined): Promise<Task[] | null> => {
		const records = mark === undefined ? [] : await store.ofRequest(mark.key);
		if (records.length === 0) return null;
		if (records.some(({ request }) => request?.digest !== mark?.digest)) throw new Problem('idempotency-key-reused');
		return presentTasks(store, records);
	};
	const recordsOf = (projectId: string, by: By, mark: RequestMark | undefined, wanted: readonly Wanted[]) => {
		const at = now();
		return wanted.map(({ work, ...about }, index): TaskRecord => {
			// A millisecond apart, so that the queue keeps the order of the board.
			const queuedAt = new Date(at.getTime() + index);
			return {
				_id: newId(),
				projectId,
				kind: work.kind,
				...about,
				status: 'queued',
				claim: 0,
				attempt: 0,
				workerId: null,
				leaseUntil: null,
				progress: null,
				problem: null,
				takeId: null,
				filmId: null,
				work,
				createdBy: by.id,
				createdByName: by.name,
				createdAt: queuedAt,
				queuedAt,
				startedAt: null,
				finishedAt: null,
				revision: 1,
				...(mark === undefined ? {} : { request: { ...mark, place: index } }),
			};
		});
	};
	return async (projectId: string, by: By, ask: Asked, want: () => Promise<readonly Wanted[]>): Promise<Task[]> => {
		const mark = markOf(by, ask);
		const answered = await earlier(mark);
		if (answered !== null) return answered;
		let wanted: readonly Wanted[];
		try {
			wanted = await want();
		} catch (error) {
			// A repeat that came at the same time may have queued it meanwhile, and left nothing to want.
			const twin = await earlier(mark);
			if (twin === null) throw error;
			return twin;
		}
		const records = recordsOf(projectId, by, mark, wanted);
		if (mark === undefined) await store.insertMany(records);
		else if (!(await store.insertRequest(records))) {
			const twin = await earlier(mark);
			if (twin === null) throw new Problem('unavailable');
			return twin;
		}
		for (const { kind, _id } of records) await queue.enqueue(kind, _id);
		return presentTasks(store, records);
	};
}
