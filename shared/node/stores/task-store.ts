import { MongoServerError } from 'mongodb';
import type { Db, Filter, UpdateFilter } from 'mongodb';
import { limits } from '../../src/limits.ts';
import type { TaskKind } from '../../src/task/job.ts';
import type { Waiting } from '../../src/task/turns.ts';
import type { Charge } from './quota-store.ts';
import {
	isFinished,
	taskMoves,
	taskStatuses,
	type Refused,
	type Task,
	type TaskStatus,
	type TaskWork,
} from '../../src/task/task.ts';

export type TaskRecord = {
	_id: string;
	projectId: string;
	kind: TaskKind;
	shotId: string | null;
	label: string;
	provider: string;
	style: string;
	status: TaskStatus;
	/** Grows with every claim; a write with an older number is refused. */
	claim: number;
	attempt: number;
	workerId: string | null;
	leaseUntil: Date | null;
	progress: Task['progress'];
	problem: Task['problem'];
	takeId: string | null;
	filmId: string | null;
	work: TaskWork;
	createdBy: string;
	createdByName: string;
	createdAt: Date;
	/** When it last came into the queue. */
	queuedAt: Date;
	/** Its turn there: the smallest of a kind is next. */
	turn?: number;
	startedAt: Date | null;
	finishedAt: Date | null;
	revision: number;
	/** Where a provider does its work elsewhere; kept before it is sent off, and until the task is begun anew by hand. */
	providerReference?: { node: string; promptId: string; clientId?: string } | null;
	/** Of a task that was asked for under an idempotency key: the key with its account, the task's place in the reply, and a digest of what was asked and, at the first, what else was answered. */
	request?: RequestMark & { place: number; told?: { left?: number; refused?: Refused } };
	/** When it was deleted; it is kept for its request and its charge. */
	deletedAt?: Date;
	/** What it has reserved of its asker's plan; none where it costs nothing. */
	charge?: Charge | null;
};
export type RequestMark = { key: string; digest: string };

/** The record as clients see it. */
export const toTask = (record: TaskRecord, place: number | null): Task => ({
	id: record._id,
	projectId: record.projectId,
	kind: record.kind,
	shotId: record.shotId,
	label: record.label,
	provider: record.provider,
	style: record.style,
	status: record.status,
	place: record.status === 'queued' ? place : null,
	attempt: record.attempt,
	progress: record.progress,
	problem: record.problem,
	takeId: record.takeId,
	filmId: record.filmId,
	createdBy: record.createdBy,
	createdByName: record.createdByName,
	createdAt: record.createdAt.toISOString(),
	startedAt: record.startedAt?.toISOString() ?? null,
	finishedAt: record.finishedAt?.toISOString() ?? null,
	revision: record.revision,
});

/** What is looked for; a field that is left out fits all. */
export type TaskSearch = {
	projectIds: readonly string[];
	createdBy?: string;
	kind?: TaskRecord['kind'];
	kinds?: readonly TaskRecord['kind'][];
	provider?: string;
	statuses?: readonly TaskStatus[];
	/** Part of its label. */
	text?: string;
};
export type TaskStore = ReturnType<typeof createTaskStore>;
const kept = { deletedAt: { $exists: false } } as const;
type Fields = Partial<Pick<TaskRecord, 'problem' | 'takeId' | 'filmId' | 'progress'>>;

/**
 * Questions asked of the `tasks` collection. A status changes only by one conditional update that names where it comes from and, for a worker, its claim:
 * of any number of racers one wins, and a worker that lost its claim can write nothing.
 */
export function createTaskStore(db: Db, { leaseMs = limits.taskLeaseMs }: { leaseMs?: number } = {}) {
	const tasks = db.collection<TaskRecord>('tasks');
	const lease = (now: Date) => new Date(now.getTime() + leaseMs);
	const change = (filter: Filter<TaskRecord>, set: Partial<TaskRecord>, add: Record<string, number> = {}) =>
		tasks.findOneAndUpdate(filter, { $set: set, $inc: { revision: 1, ...add } } as UpdateFilter<TaskRecord>, {
			returnDocument: 'after',
		});
	const cameFrom = (to: TaskStatus) =>
		(Object.keys(taskMoves) as TaskStatus[]).filter((from) => taskMoves[from].includes(to));
	return {
		ready: async () => {
			await tasks.createIndexes([
				{ key: { projectId: 1, createdAt: -1 } },
				{ key: { kind: 1, status: 1, turn: 1, queuedAt: 1 } },
				{ key: { status: 1, createdBy: 1, kind: 1 } },
				{ key: { status: 1, leaseUntil: 1 } },
				{
					key: { 'request.key': 1, 'request.place': 1 },
					unique: true,
					partialFilterExpression: { request: { $exists: true } },
				},
			]);
		},
		insertMany: async (records: TaskRecord[]) => void (await tasks.insertMany(records)),
		/** Inserts all the tasks of one request or none; false when a twin of the request, sent at the same time, was first. */
		insertRequest: async (records: TaskRecord[]): Promise<boolean> => {
			try {
				await db.client.withSession((session) => session.withTransaction(() => tasks.insertMany(records, { session })));
				return true;
			} catch (error) {
				if (error instanceof MongoServerError && error.code === 11000) return false;
				throw error;
			}
		},
		/** The tasks that were asked for under a key, as they were answered. */
		ofRequest: (key: string) => tasks.find({ 'request.key': key }).sort({ 'request.place': 1 }).toArray(),
		find: (id: string) => tasks.findOne({ _id: id }),
		/** What somebody has waiting or running in these projects. */
		unfinishedOf: async (createdBy: string, projectIds: readonly string[]): Promise<string[]> =>
			(
				await tasks
					.find(
						{ createdBy, projectId: { $in: [...projectIds] }, status: { $in: ['queued', 'running'] } },
						{ projection: { _id: 1 } },
					)
					.toArray()
			).map(({ _id }) => _id),
		list: (projectId: string, statuses: readonly TaskStatus[], limit: number) =>
			tasks
				.find({ projectId, status: { $in: [...statuses] }, ...kept }, { projection: { work: 0 } })
				.sort({ createdAt: -1, _id: -1 })
				.limit(limit)
				.toArray() as Promise<TaskRecord[]>,
		/** Tasks that fit, newest first, a page at a time; `next` is where the next page begins. */
		search: async (
			about: TaskSearch,
			{ limit, before }: { limit: number; before?: string | undefined },
		): Promise<{ records: TaskRecord[]; next: string | null }> => {
			const { projectIds, statuses, kinds, text, ...same } = about;
			const filter: Filter<TaskRecord> = { projectId: { $in: [...projectIds] }, ...same, ...kept };
			if (statuses !== undefined) filter.status = { $in: [...statuses] };
			if (kinds !== undefined) filter.kind = { $in: [...kinds] };
			if (text !== undefined) filter.label = { $regex: text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), $options: 'i' };
			const [, at = '', id = ''] = /^(\d{1,15})-([\w-]+)$/.exec(before ?? '') ?? [];
			if (at !== '') {
				const createdAt = new Date(Number(at));
				filter.$or = [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }];
			}
			const records = (await tasks
				.find(filter, { projection: { work: 0 } })
				.sort({ createdAt: -1, _id: -1 })
				.limit(limit + 1)
				.toArray()) as TaskRecord[];
			const last = records.length > limit ? records[limit - 1] : undefined;
			return {
				records: records.slice(0, limit),
				next: last === undefined ? null : `${last.createdAt.getTime()}-${last._id}`,
			};
		},
		/** Ids of a kind's queue, the next one first. */
		queueOf: async (kind: TaskRecord['kind']): Promise<string[]> =>
			(
				await tasks
					.find({ kind, status: 'queued' }, { projection: { _id: 1 } })
					.sort({ turn: 1, queuedAt: 1, _id: 1 })
					.limit(5000)
					.toArray()
			).map(({ _id }) => _id),
		/** Where the queue of a kind begins, and where it ends for each project of this account. */
		waiting: async (kind: TaskRecord['kind'], createdBy: string): Promise<Waiting> => {
			const [next, own] = await Promise.all([
				tasks.findOne(
					{ kind, status: 'queued', turn: { $exists: true } },
					{ sort: { turn: 1 }, projection: { turn: 1 } },
				),
				tasks
					.aggregate<{ _id: string; turn: number | null }>([
						{ $match: { status: 'queued', createdBy, kind } },
						{ $group: { _id: '$projectId', turn: { $max: '$turn' } } },
					])
					.toArray(),
			]);
			return {
				first: next?.turn ?? null,
				lastOf: Object.fromEntries(own.flatMap(({ _id, turn }) => (turn === null ? [] : [[_id, turn]]))),
			};
		},
		/** Takes a task to work on it, when it waits or its worker has been silent past its lease; null when somebody else has it. */
		claim: (id: string, workerId: string, now: Date) =>
			change(
				{
					_id: id,
					attempt: { $lt: limits.taskAttempts },
					$or: [{ status: 'queued' }, { status: 'running', leaseUntil: { $lt: now } }],
				},
				{ status: 'running', workerId, leaseUntil: lease(now), startedAt: now, progress: null },
				{ claim: 1, attempt: 1 },
			),
		/** Keeps a claim alive; answers the status, or null for a claim that is lost. */
		renew: async (id: string, claim: number, now: Date): Promise<TaskStatus | null> => {
			const kept = await tasks.findOneAndUpdate(
				{ _id: id, claim, status: { $in: ['running', 'cancelling'] } },
				{ $set: { leaseUntil: lease(now) } },
				{ returnDocument: 'after', projection: { status: 1 } },
			);
			return kept?.status ?? null;
		},
		/** Writes progress; false when the claim is lost or the task is being cancelled. */
		progress: async (id: string, claim: number, progress: NonNullable<Task['progress']>, now: Date): Promise<boolean> =>
			(await change({ _id: id, claim, status: 'running' }, { progress, leaseUntil: lease(now) })) !== null,
		/** Keeps where a provider does the work, before it is sent there; false when the claim is lost or the task is being cancelled. */
		keepReference: async (id: string, claim: number, providerReference: NonNullable<TaskRecord['providerReference']>) =>
			(await tasks.updateOne({ _id: id, claim, status: 'running' }, { $set: { providerReference } })).matchedCount ===
			1,
		/** A worker's last word; null when its claim is lost or the task is already at its end. */
		finish: (id: string, claim: number, to: 'succeeded' | 'failed' | 'cancelled', now: Date, fields: Fields = {}) =>
			change(
				{ _id: id, claim, status: { $in: cameFrom(to).filter((from) => !isFinished(from)) } },
				{ ...fields, status: to, finishedAt: now, leaseUntil: null, workerId: null },
			),
		/** Gives a task back unfinished; the attempt does not count. */
		release: (id: string, claim: number) =>
			change(
				{ _id: id, claim, status: 'running' },
				{ status: 'queued', leaseUntil: null, workerId: null, progress: null, startedAt: null },
				{ attempt: -1 },
			),
		/** Cancels at once what waits, and asks the worker of what runs to stop; null when it has finished. */
		cancel: async (id: string, now: Date) =>
			(await change({ _id: id, status: 'queued' }, { status: 'cancelled', finishedAt: now })) ??
			(await change({ _id: id, status: 'running' }, { status: 'cancelling' })) ??
			tasks.findOne({ _id: id, status: 'cancelling' }),
		/** Queues a failed or cancelled task anew; null for any other. */
		retry: (id: string, now: Date, { charge = null, turn }: Pick<TaskRecord, 'charge' | 'turn'> = {}) =>
			change(
				{ _id: id, status: { $in: ['failed', 'cancelled'] } },
				{
					charge,
					...(turn === undefined ? {} : { turn }),
					status: 'queued',
					attempt: 0,
					problem: null,
					progress: null,
					providerReference: null,
					startedAt: null,
					finishedAt: null,
					queuedAt: now,
				},
			),
		/** Ends what its worker left: cancelled where that was asked, failed where every attempt is used up. */
		endAbandoned: async (now: Date) => {
			const left = { leaseUntil: { $lt: now } };
			for (const { _id } of await tasks.find({ status: 'cancelling', ...left }, { projection: { _id: 1 } }).toArray())
				await change(
					{ _id, status: 'cancelling', ...left },
					{ status: 'cancelled', finishedAt: now, leaseUntil: null },
				);
			for (const { _id } of await tasks
				.find({ status: 'running', attempt: { $gte: limits.taskAttempts }, ...left }, { projection: { _id: 1 } })
				.toArray())
				await change(
					{ _id, status: 'running', ...left },
					{
						status: 'failed',
						finishedAt: now,
						leaseUntil: null,
						problem: { code: 'attempts-exhausted', detail: `Tried ${limits.taskAttempts} times` },
					},
				);
		},
		/** Tasks that somebody should work on: waiting since `before`, or abandoned by their worker. */
		unattended: (now: Date, before: Date) =>
			tasks
				.find(
					{
						$or: [
							{ status: 'queued', queuedAt: { $lt: before } },
							{ status: 'running', leaseUntil: { $lt: now } },
						],
					},
					{ projection: { kind: 1, turn: 1 } },
				)
				.sort({ queuedAt: 1 })
				.limit(500)
				.toArray(),
		/** Where these tasks stand and what they have reserved. */
		chargesOf: (ids: readonly string[]) =>
			tasks
				.find({ _id: { $in: [...ids] } })
				.project<Pick<TaskRecord, '_id' | 'status' | 'charge'>>({ status: 1, charge: 1 })
				.toArray(),
		/** Shots of a project that have a task under way. */
		busyShots: async (projectId: string): Promise<Set<string>> =>
			new Set(
				(await tasks.distinct('shotId', { projectId, status: { $in: ['queued', 'running', 'cancelling'] } })).filter(
					(id): id is string => id !== null,
				),
			),
		/** Takes a task that has ended off every list; null for any other. */
		remove: (id: string, now: Date) =>
			change({ _id: id, status: { $in: taskStatuses.filter(isFinished) }, ...kept }, { deletedAt: now }),
		removeOfProject: async (projectId: string) => void (await tasks.deleteMany({ projectId })),
	};
}
