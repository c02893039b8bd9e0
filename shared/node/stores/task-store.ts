import type { Db, Filter, UpdateFilter } from 'mongodb';
import { isFinished, taskStatuses, type TaskKind, type TaskStatus } from '../../src/task/task.ts';
import type { Waiting } from '../../src/task/turns.ts';
import { createTaskIntake } from './task-intake.ts';
import { attemptsToForget, type EndedTask, type TaskRecord } from './task-record.ts';

/** What is looked for; a field that is left out fits all. */
export type TaskSearch = {
	projectIds: readonly string[];
	createdBy?: string;
	kind?: TaskKind;
	kinds?: readonly TaskKind[];
	provider?: string;
	statuses?: readonly TaskStatus[];
	/** Part of its label. */
	text?: string;
};
type QueuedTask = Pick<
	TaskRecord,
	'_id' | 'kind' | 'createdBy' | 'projectId' | 'provider' | 'timeKey' | 'retryAt' | 'atOnce'
>;
type RunningTask = Pick<TaskRecord, '_id' | 'kind' | 'createdBy' | 'provider' | 'timeKey' | 'startedAt' | 'progress'>;
export type TaskStore = ReturnType<typeof createTaskStore>;
/** What is off every list is kept so long for repeats of its request. */
const forgottenAfterMs = 30 * 86_400_000;
const cleanedAtOnce = 500;
const kept = { deletedAt: { $exists: false } } as const;
/** Whether something of a task that has ended may be out there, paid for, unknown to whoever asks for it again. */
const mayBePaidFor = ({ problem, providerReference }: Pick<TaskRecord, 'problem' | 'providerReference'>): boolean =>
	providerReference?.isPaid === true && problem?.code !== 'provider-outcome-unknown';

/** The `tasks` collection: one conditional update that answers what came of it, or null where its condition did not hold. */
export function changeTask(
	db: Db,
	filter: Filter<TaskRecord>,
	set: Partial<TaskRecord> & Record<string, unknown>,
	more: { add?: Record<string, number>; unset?: readonly string[] } = {},
): Promise<TaskRecord | null> {
	const update: Record<string, unknown> = { $set: set, $inc: { revision: 1, ...more.add } };
	if (more.unset !== undefined && more.unset.length > 0)
		update['$unset'] = Object.fromEntries(more.unset.map((name) => [name, '']));
	return db
		.collection<TaskRecord>('tasks')
		.findOneAndUpdate(filter, update as UpdateFilter<TaskRecord>, { returnDocument: 'after' });
}

/**
 * Questions asked of the `tasks` collection by whoever asks for tasks; those of workers are in `task-claims.ts`. A status changes only by one conditional update
 * that names where it comes from, so that of any number of racers one wins.
 */
export function createTaskStore(db: Db) {
	const tasks = db.collection<TaskRecord>('tasks');
	/** As it stands, and not only what is on the disks of a majority. */
	const present = db.collection<TaskRecord>('tasks', { readConcern: { level: 'local' } });
	return {
		ready: async () => {
			await tasks.createIndexes([
				{ key: { projectId: 1, createdAt: -1 } },
				{ key: { projectId: 1, status: 1, turn: 1 } },
				// What is next of a kind; the rest of it lets workers pass over whom they must leave out.
				{
					key: {
						status: 1,
						kind: 1,
						retryAt: 1,
						turn: 1,
						queuedAt: 1,
						_id: 1,
						projectId: 1,
						createdBy: 1,
						provider: 1,
					},
				},
				{ key: { status: 1, createdBy: 1, kind: 1 } },
				{ key: { status: 1, leaseUntil: 1 } },
				{ key: { slot: 1 }, unique: true, partialFilterExpression: { slot: { $exists: true } } },
				{
					key: { 'request.key': 1, 'request.place': 1 },
					unique: true,
					partialFilterExpression: { request: { $exists: true } },
				},
			]);
		},
		...createTaskIntake(db),
		find: (id: string) => present.findOne({ _id: id }),
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
		/** Who has tasks waiting or running, and where. */
		askers: async (): Promise<{ createdBy: string; projectId: string }[]> =>
			(
				await tasks
					.aggregate<{ _id: { createdBy: string; projectId: string } }>([
						{ $match: { status: { $in: ['queued', 'running'] } } },
						{ $group: { _id: { createdBy: '$createdBy', projectId: '$projectId' } } },
					])
					.toArray()
			).map(({ _id }) => _id),
		list: (projectId: string, statuses: readonly TaskStatus[], limit: number) =>
			tasks
				.find({ projectId, status: { $in: [...statuses] }, ...kept }, { projection: { work: 0, attempts: 0 } })
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
			if (text !== undefined) {
				// A pattern ends at a NUL on its way to the database.
				const literal = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('\0', '\\x00');
				filter.label = { $regex: literal, $options: 'i' };
			}
			const [, at = '', id = ''] = /^(\d{1,15})-([\w-]+)$/.exec(before ?? '') ?? [];
			if (at !== '') {
				const createdAt = new Date(Number(at));
				filter.$or = [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }];
			}
			const records = (await tasks
				.find(filter, { projection: { work: 0, attempts: 0 } })
				.sort({ createdAt: -1, _id: -1 })
				.limit(limit + 1)
				.toArray()) as TaskRecord[];
			const last = records.length > limit ? records[limit - 1] : undefined;
			return {
				records: records.slice(0, limit),
				next: last === undefined ? null : `${last.createdAt.getTime()}-${last._id}`,
			};
		},
		/** The queue of a kind, the next one first, as far as its order and times go. */
		queueOf: (kind: TaskKind): Promise<QueuedTask[]> =>
			tasks
				.find({ kind, status: 'queued' })
				.project<QueuedTask>({
					...{ kind: 1, createdBy: 1, projectId: 1, provider: 1, timeKey: 1, retryAt: 1, atOnce: 1 },
				})
				.sort({ turn: 1, queuedAt: 1, _id: 1 })
				.limit(5000)
				.toArray(),
		/** What waits in these projects, as far as it is shown: the next ones first. */
		queuedIn: (projectIds: readonly string[]): Promise<TaskRecord[]> =>
			tasks
				.find({ projectId: { $in: [...projectIds] }, status: 'queued' }, { projection: { work: 0, attempts: 0 } })
				.sort({ turn: 1, queuedAt: 1, _id: 1 })
				.limit(1000)
				.toArray() as Promise<TaskRecord[]>,
		/** What runs of a kind. */
		runningOf: (kind: TaskKind): Promise<RunningTask[]> =>
			tasks
				.find({ kind, status: { $in: ['running', 'cancelling'] } })
				.project<RunningTask>({ kind: 1, createdBy: 1, provider: 1, timeKey: 1, startedAt: 1, progress: 1 })
				.limit(1000)
				.toArray(),
		/** How far the queue of a kind has come, and where it ends for each project of this account. */
		waiting: async (kind: TaskKind, createdBy: string): Promise<Waiting> => {
			const edge = (status: TaskStatus, way: 1 | -1) =>
				tasks.findOne({ kind, status, turn: { $exists: true } }, { sort: { turn: way }, projection: { turn: 1 } });
			const [next, latest, own] = await Promise.all([
				edge('queued', 1),
				edge('running', -1),
				tasks
					.aggregate<{ _id: string; turn: number | null }>([
						{ $match: { kind, status: 'queued', createdBy } },
						{ $group: { _id: '$projectId', turn: { $max: '$turn' } } },
					])
					.toArray(),
			]);
			const turns = [next?.turn, latest?.turn].filter((turn) => turn !== undefined);
			return {
				// What was begun last says how far the queue has come: what still waits before that is held back for a reason of its own.
				first: turns.length === 0 ? null : Math.max(...turns),
				lastOf: Object.fromEntries(own.flatMap(({ _id, turn }) => (turn === null ? [] : [[_id, turn]]))),
			};
		},
		/** Cancels at once what waits, and asks the worker of what runs to stop; null when it has finished, or what it made is being stored. */
		cancel: async (id: string, now: Date) =>
			(await changeTask(db, { _id: id, status: 'queued' }, { status: 'cancelled', finishedAt: now, retryAt: null })) ??
			(await changeTask(
				db,
				{ _id: id, status: 'running', $expr: { $ne: ['$sealed', '$claim'] } },
				{ status: 'cancelling' },
			)) ??
			tasks.findOne({ _id: id, status: 'cancelling' }),
		/** Ends the pause of a task that waits to be tried again; null for any other. */
		retryNow: (id: string) =>
			changeTask(db, { _id: id, status: 'queued', retryAt: { $type: 'date' } }, { retryAt: null }),
		/** Queues a failed or cancelled task anew; null for any other, and for one that has changed since its `revision`, from which its reservation has its key. */
		retry: async (
			id: string,
			now: Date,
			about: Partial<Pick<TaskRecord, 'charge' | 'turn' | 'atOnce' | 'revision'>> = {},
		) => {
			const { charge = null, turn, atOnce, revision } = about;
			const before = await tasks.findOne(
				{
					...{ _id: id, status: { $in: ['failed', 'cancelled'] } },
					...(revision === undefined ? {} : { revision }),
				},
				{ projection: { attempts: 1, problem: 1, providerReference: 1, revision: 1 } },
			);
			if (before === null) return null;
			return changeTask(
				db,
				{ _id: id, status: { $in: ['failed', 'cancelled'] }, revision: before.revision, ...kept },
				{
					charge,
					...(turn === undefined ? {} : { turn }),
					...(atOnce === undefined ? {} : { atOnce }),
					status: 'queued',
					attempt: 0,
					problem: null,
					progress: null,
					providerReference: mayBePaidFor(before) ? (before.providerReference ?? null) : null,
					retryAt: null,
					startedAt: null,
					finishedAt: null,
					queuedAt: now,
				},
				{ unset: attemptsToForget(before.attempts).map((claim) => `attempts.${claim}`) },
			);
		},
		/** Where these tasks stand and what they have reserved. */
		chargesOf: (ids: readonly string[]) =>
			tasks
				.find({ _id: { $in: [...ids] } })
				.project<EndedTask>({ status: 1, charge: 1, cached: 1 })
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
			changeTask(db, { _id: id, status: { $in: taskStatuses.filter(isFinished) }, ...kept }, { deletedAt: now }),
		/** Puts one back on the lists that was taken off them since then; null for any other. */
		restore: (id: string, since: Date) =>
			changeTask(db, { _id: id, deletedAt: { $gte: since } }, {}, { unset: ['deletedAt'] }),
		/**
		 * Takes tasks that ended before an instant off every list, and forgets for good those that have been off the lists for a month: until then a repeat of
		 * their request is answered as it was. Answers how many were taken off.
		 */
		async clean(endedBefore: Date, now: Date): Promise<number> {
			const ended: Filter<TaskRecord> = { status: { $in: taskStatuses.filter(isFinished) } };
			const forgetBefore = new Date(now.getTime() - forgottenAfterMs);
			await tasks.deleteMany({ ...ended, deletedAt: { $lt: forgetBefore } });
			for (let cleaned = 0; ;) {
				const old = await tasks
					.find({ ...ended, ...kept, finishedAt: { $lt: endedBefore } }, { projection: { _id: 1 } })
					.limit(cleanedAtOnce)
					.toArray();
				const ids = old.map(({ _id }) => _id);
				// One that was begun anew meanwhile stays.
				const { modifiedCount } = await tasks.updateMany(
					{ _id: { $in: ids }, ...ended, ...kept, finishedAt: { $lt: endedBefore } },
					{ $set: { deletedAt: now }, $inc: { revision: 1 } },
				);
				cleaned += modifiedCount;
				if (ids.length < cleanedAtOnce) return cleaned;
			}
		},
		/** What tasks of a project have reserved that are not at their end. */
		reservedIn: (projectId: string) =>
			tasks
				.find({ projectId, status: { $in: ['queued', 'running', 'cancelling'] }, charge: { $type: 'object' } })
				.project<EndedTask>({ status: 1, charge: 1, cached: 1 })
				.toArray(),
		removeOfProject: async (projectId: string) => void (await tasks.deleteMany({ projectId })),
	};
}
