import { createHash } from 'node:crypto';
import { limits } from '@reelroom/shared/limits.ts';
import type { PreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import { toTake, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { toTask, type RequestMark, type TaskRecord, type TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { Queue } from '@reelroom/shared/node/queue.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import { isFinished, taskStatuses, type Task, type TaskStatus, type TaskWork } from '@reelroom/shared/task/task.ts';
import type { Documents } from '../live/documents-port.ts';
import type { Actor } from '../http/on.ts';
import { chooseShots, pictureRequest, readSnapshot, renderRequest, type ProjectFormat } from './submit-task.ts';

export type TasksDeps = {
	store: TaskStore;
	takes: TakeStore;
	previews: PreviewStore;
	queue: Queue;
	documents: Documents;
	/** Null for a project that is gone. */
	formatOf: (projectId: string) => Promise<ProjectFormat | null>;
	now: () => Date;
	newId: () => string;
};
export type Tasks = ReturnType<typeof createTasks>;

type Wish = InputOf<typeof taskApi.generate>['body'];
type By = { id: string; name: string };
const statusesOf: Record<'active' | 'finished' | 'all', readonly TaskStatus[]> = {
	active: taskStatuses.filter((status) => !isFinished(status)),
	finished: taskStatuses.filter(isFinished),
	all: taskStatuses,
};

/** Marks a request by its key, which belongs to one account, and by what it asks. */
function markOf(by: By, key: string | undefined, asked: Record<string, unknown>): RequestMark | undefined {
	if (key === undefined) return undefined;
	return { key: `${by.id}/${key}`, digest: createHash('sha256').update(JSON.stringify(asked)).digest('hex') };
}

/** The use cases of tasks. A task document is there before its bell rings; a crash between the two is mended by the workers' sweep. */
export function createTasks(deps: TasksDeps) {
	const { store, takes, previews, queue, documents, now, newId } = deps;

	const readable = async (actor: Actor, id: string): Promise<TaskRecord> => {
		const record = await store.find(id);
		if (record === null) throw new Problem('not-found');
		await actor.must('task.read', record.projectId);
		return record;
	};
	const formatOf = async (projectId: string): Promise<ProjectFormat> => {
		const format = await deps.formatOf(projectId);
		if (format === null) throw new Problem('not-found');
		return format;
	};
	/** Tasks with their places in the queue. */
	const present = async (records: readonly TaskRecord[]): Promise<Task[]> => {
		const kinds = new Set(records.filter(({ status }) => status === 'queued').map(({ kind }) => kind));
		const places = new Map<string, number>();
		for (const kind of kinds) (await store.queueOf(kind)).forEach((id, index) => places.set(id, index + 1));
		return records.map((record) => toTask(record, places.get(record._id) ?? null));
	};
	const presentOne = async (record: TaskRecord): Promise<Task> => {
		const [task] = await present([record]);
		if (task === undefined) throw new Problem('internal');
		return task;
	};
	/** What a request under a key has already brought; null when it is new. */
	const earlier = async (mark: RequestMark | undefined): Promise<Task[] | null> => {
		const records = mark === undefined ? [] : await store.ofRequest(mark.key);
		if (records.length === 0) return null;
		if (records.some(({ request }) => request?.digest !== mark?.digest)) throw new Problem('idempotency-key-reused');
		return present(records);
	};
	const submit = async (
		projectId: string,
		by: By,
		mark: RequestMark | undefined,
		works: readonly { work: TaskWork; shotId: string | null; label: string; provider: string; style: string }[],
	): Promise<Task[]> => {
		const at = now();
		const records = works.map(({ work, ...about }, index): TaskRecord => {
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
		if (mark === undefined) await store.insertMany(records);
		else if (!(await store.insertRequest(records))) {
			const twin = await earlier(mark);
			if (twin === null) throw new Problem('unavailable');
			return twin;
		}
		for (const { kind, _id } of records) await queue.enqueue(kind, _id);
		return present(records);
	};
	const generate = async (projectId: string, by: By, wish: Wish, key?: string): Promise<Task[]> => {
		const mark = markOf(by, key, { generate: projectId, ...wish });
		const answered = await earlier(mark);
		if (answered !== null) return answered;
		const [snapshot, format, taken, busy] = await Promise.all([
			readSnapshot(documents, projectId),
			formatOf(projectId),
			takes.list(projectId),
			store.busyShots(projectId),
		]);
		const covered = new Set([...busy, ...taken.map(({ shotId }) => shotId)]);
		const shots = chooseShots(snapshot.board, wish.shotIds, covered);
		if (shots.length * wish.count > limits.shotsPerRequest)
			throw new Problem('too-large', `At most ${limits.shotsPerRequest} pictures at once`);
		const works = shots.flatMap((shot) =>
			Array.from({ length: wish.count }, (_, number) => {
				const request = pictureRequest(shot, snapshot, format, wish, number);
				return {
					work: { kind: 'image', request } as const,
					shotId: shot.id,
					label: shot.label,
					provider: wish.provider,
					style: request.style,
				};
			}),
		);
		return submit(projectId, by, mark, works);
	};

	return {
		present,
		/** Queues pictures for shots of the board; under one key once, however often it is asked. */
		async generate(actor: Actor, projectId: string, wish: Wish, key?: string) {
			await actor.must('task.create', projectId);
			return { tasks: await generate(projectId, actor.signedIn(), wish, key) };
		},
		/** Queues what a new project's board lacks, on behalf of its maker; a board that lacks nothing is fine. */
		async generateMissing(projectId: string, by: By): Promise<void> {
			await generate(projectId, by, { provider: 'sketch', count: 1 }).catch((error: unknown) => {
				if (!(error instanceof Problem && error.code === 'nothing-to-generate')) throw error;
			});
		},
		/** Queues the film of the board as it stands; under one key once, however often it is asked. */
		async render(
			actor: Actor,
			projectId: string,
			wish: InputOf<typeof taskApi.render>['body'],
			key?: string,
		): Promise<Task> {
			await actor.must('task.create', projectId);
			const mark = markOf(actor.signedIn(), key, { render: projectId, ...wish });
			const [answered] = (await earlier(mark)) ?? [];
			if (answered !== undefined) return answered;
			const [snapshot, format, taken] = await Promise.all([
				readSnapshot(documents, projectId),
				formatOf(projectId),
				takes.list(projectId),
			]);
			const request = renderRequest(snapshot, format, taken.map(toTake), wish);
			const [task] = await submit(projectId, actor.signedIn(), mark, [
				{
					work: { kind: 'render', request },
					shotId: null,
					label: format.name,
					provider: 'ffmpeg',
					style: request.style,
				},
			]);
			if (task === undefined) throw new Problem('internal');
			return task;
		},
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
			return presentOne(cancelled);
		},
		/** Queues a failed or cancelled task again, with all its attempts. */
		async retry(actor: Actor, id: string): Promise<Task> {
			const task = await readable(actor, id);
			await actor.must('task.retry', task.projectId);
			const queued = await store.retry(id, now());
			if (queued === null)
				throw new Problem(task.status === 'succeeded' ? 'task-already-finished' : 'task-not-finished');
			await queue.enqueue(queued.kind, id);
			return presentOne(queued);
		},
	};
}
