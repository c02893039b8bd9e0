import type { AnyBulkWriteOperation, Db, Filter, UpdateFilter } from 'mongodb';
import { limits } from '../../src/limits.ts';
import type { Task, TaskKind, TaskStatus } from '../../src/task/task.ts';
import type { RungTask } from '../bell.ts';
import { quickly } from '../on-disk.ts';
import type { TaskRecord } from './task-record.ts';
import { changeTask } from './task-store.ts';
import { createTaskTaking, ofAttempt, type Claimant, type Wanted } from './task-taking.ts';

/** A worker's last word about a task. */
export type TaskEnd = {
	id: string;
	claim: number;
	to: 'succeeded' | 'failed' | 'cancelled';
	at: Date;
	problem?: NonNullable<Task['problem']>;
	takeId?: string;
	filmId?: string;
	/** Its take had been made before. */
	cached?: true;
};
export type TaskClaims = ReturnType<typeof createTaskClaims>;

const fromOf: Readonly<Record<TaskEnd['to'], readonly TaskStatus[]>> = {
	succeeded: ['running', 'cancelling'],
	failed: ['running'],
	cancelled: ['cancelling'],
};

/**
 * Questions that workers ask of the `tasks` collection. Each claim of a task has a number of its own, and everything that is written under it is refused once it
 * is not the last one: whoever lost a claim can write nothing. Whoever asked for tasks has as many places to run in as their plan gives, and no two tasks
 * can have the same place, so that they never run more at once, whichever workers reach for them.
 */
export function createTaskClaims(db: Db, { leaseMs = limits.taskLeaseMs }: { leaseMs?: number } = {}) {
	const tasks = db.collection<TaskRecord>('tasks');
	/** As it stands, and not only what is on the disks of a majority. */
	const present = db.collection<TaskRecord>('tasks', { readConcern: { level: 'local' } });
	const lease = (now: Date) => new Date(now.getTime() + leaseMs);
	const taking = createTaskTaking(db, lease);

	/** Sets a running task to wait again; `counts`: whether the attempt does. */
	const putBack = (
		{ _id, claim }: { _id: string; claim: number },
		held: Filter<TaskRecord>,
		set: Partial<TaskRecord> & Record<string, unknown>,
		counts: boolean,
		forget: readonly string[] = [],
	) =>
		changeTask(
			db,
			{ _id, claim, status: 'running', ...held },
			{ status: 'queued', leaseUntil: null, workerId: null, progress: null, startedAt: null, ...set },
			{ unset: ['slot', ...forget], ...(counts ? {} : { add: { attempt: -1 } }) },
		);

	return {
		/** Takes what is next of a kind, at most as much as is wanted. */
		take: taking.take,
		/** Claims the one task that was rung for and gives it back, as if nothing had been, where its project is paused; null where it is not to be had. */
		async takeRung(
			rung: RungTask,
			{ own, pausedProjects }: { own: ReadonlySet<string> } & Pick<Wanted, 'pausedProjects'>,
			by: Claimant,
			now: Date,
		): Promise<TaskRecord | null> {
			const [task, paused] = await Promise.all([taking.takeRung(rung, own, by, now), pausedProjects()]);
			if (task === null || !paused.includes(task.projectId)) return task;
			await putBack(task, {}, {}, false, [`attempts.${task.claim}`]);
			return null;
		},
		/** When the next task of a kind will be due that waits to be tried again; null when none does. */
		nextDue: async (kind: TaskKind, now: Date): Promise<Date | null> => {
			const filter: Filter<TaskRecord> = { status: 'queued', kind, retryAt: { $gt: now } };
			const first = await present.findOne(filter, { sort: { retryAt: 1 }, projection: { _id: 0, retryAt: 1 } });
			return first?.retryAt ?? null;
		},
		/** Keeps claims alive. */
		renewAll: async (workerId: string, ids: readonly string[], now: Date) =>
			void (await tasks.updateMany(
				{ _id: { $in: [...ids] }, workerId, status: { $in: ['running', 'cancelling'] } },
				{ $set: { leaseUntil: lease(now) } },
			)),
		/** How these tasks stand, and under which claim. */
		standing: async (ids: readonly string[]): Promise<Map<string, Pick<TaskRecord, 'status' | 'claim'>>> =>
			new Map(
				(await present.find({ _id: { $in: [...ids] } }, { projection: { status: 1, claim: 1 } }).toArray()).map(
					({ _id, status, claim }) => [_id, { status, claim }],
				),
			),
		/** Says that what was made is stored now: a cancel is too late from then on. Answers whether the task runs or is being cancelled, or null for a claim that is lost. */
		seal: async (id: string, claim: number, now: Date): Promise<TaskStatus | null> => {
			const sealed = await tasks.updateOne(
				{ _id: id, claim, status: 'running' },
				{ $set: { leaseUntil: lease(now), sealed: claim } },
			);
			if (sealed.matchedCount === 1) return 'running';
			return (await tasks.findOne({ _id: id, claim, status: 'cancelling' }))?.status ?? null;
		},
		/** Writes progress; false when the claim is lost or the task is being cancelled. */
		progress: async (id: string, claim: number, progress: NonNullable<Task['progress']>, now: Date): Promise<boolean> =>
			(
				await tasks.updateOne(
					{ _id: id, claim, status: 'running' },
					{ $set: { progress, leaseUntil: lease(now) }, $inc: { revision: 1 } },
					// Nobody misses it who has not heard of it yet.
					quickly,
				)
			).matchedCount === 1,
		/** Keeps where a provider does the work, before it is sent there; false when the claim is lost or the task is being cancelled. */
		keepReference: async (id: string, claim: number, providerReference: NonNullable<TaskRecord['providerReference']>) =>
			(
				await tasks.updateOne({ _id: id, claim, status: 'running' }, {
					$set: { providerReference, [`attempts.${claim}.node`]: providerReference.node },
				} as UpdateFilter<TaskRecord>)
			).matchedCount === 1,
		/** Last words of a worker; for each whether it was written, which it is not when the claim is lost, the task at its end, or, unless it succeeded, being cancelled. */
		async finishMany(ends: readonly TaskEnd[]): Promise<boolean[]> {
			const writes = ends.map(({ id, claim, to, at, problem, ...made }): AnyBulkWriteOperation<TaskRecord> => {
				const attempt = { endedAt: at, outcome: to, ...(problem === undefined ? {} : { problem }) };
				const set = {
					...{ ...made, status: to, finishedAt: at, leaseUntil: null, workerId: null, retryAt: null },
					...(problem === undefined ? {} : { problem }),
					...ofAttempt(claim, attempt),
				};
				const update = { $set: set, $unset: { slot: '' }, $inc: { revision: 1 } } as UpdateFilter<TaskRecord>;
				return { updateOne: { filter: { _id: id, claim, status: { $in: [...fromOf[to]] } }, update } };
			});
			if (writes.length === 0) return [];
			if ((await tasks.bulkWrite(writes, { ordered: false })).matchedCount === writes.length)
				return ends.map(() => true);
			// Some were refused, or written already by a try whose answer was lost.
			const found = await tasks
				.find({ _id: { $in: ends.map(({ id }) => id) } }, { projection: { status: 1, claim: 1 } })
				.toArray();
			const stands = new Map(found.map((task) => [task._id, task]));
			return ends.map(({ id, claim, to }) => stands.get(id)?.status === to && stands.get(id)?.claim === claim);
		},
		/** Sets a task to wait until it is tried again after a passing fault; null when the claim is lost or the task is being cancelled. */
		again: (id: string, claim: number, about: { problem: NonNullable<Task['problem']>; retryAt: Date; now: Date }) => {
			const { problem, retryAt, now } = about;
			const attempt = ofAttempt(claim, { endedAt: now, outcome: 'failed', problem, retryAt });
			return putBack({ _id: id, claim }, {}, { problem, retryAt, ...attempt }, true);
		},
		/** Gives a task back unfinished; the attempt does not count. */
		release: (id: string, claim: number, now: Date) =>
			putBack({ _id: id, claim }, {}, ofAttempt(claim, { endedAt: now, outcome: 'given-back' }), false),
		/** Gives back what this worker has claimed without knowing: the answer to a claim was lost. */
		async releaseStrays(workerId: string, known: readonly string[], now: Date): Promise<void> {
			const filter: Filter<TaskRecord> = { workerId, status: 'running', _id: { $nin: [...known] } };
			for (const { _id, claim } of await present.find(filter, { projection: { claim: 1 } }).toArray())
				await putBack({ _id, claim }, { workerId }, ofAttempt(claim, { endedAt: now, outcome: 'given-back' }), false);
		},
		/** Goes on with what its worker left: to be taken up again, cancelled where that was asked, failed where every attempt is used up. Answers what has come to its end. */
		async endAbandoned(now: Date): Promise<TaskRecord[]> {
			const ended: TaskRecord[] = [];
			const left: Filter<TaskRecord> = { leaseUntil: { $lt: now } };
			const problem = { code: 'worker-lost', detail: 'The worker that had it is gone' };
			const over = { finishedAt: now, leaseUntil: null, workerId: null };
			const found = await tasks
				.find(
					{ status: { $in: ['running', 'cancelling'] }, ...left },
					{ projection: { claim: 1, status: 1, attempt: 1 } },
				)
				.limit(500)
				.toArray();
			for (const { _id, claim, status, attempt } of found) {
				const lost = ofAttempt(claim, { endedAt: now, outcome: 'lost', problem });
				if (status === 'running' && attempt < limits.taskAttempts) {
					await putBack({ _id, claim }, left, lost, true);
					continue;
				}
				const used = { code: 'attempts-exhausted', detail: `Tried ${limits.taskAttempts} times` };
				const end =
					status === 'cancelling'
						? { status: 'cancelled' as const, ...ofAttempt(claim, { endedAt: now, outcome: 'cancelled' }) }
						: { status: 'failed' as const, problem: used, ...lost };
				const done = await changeTask(db, { _id, claim, status, ...left }, { ...over, ...end }, { unset: ['slot'] });
				if (done !== null) ended.push(done);
			}
			return ended;
		},
	};
}
