import { MongoBulkWriteError } from 'mongodb';
import type { AnyBulkWriteOperation, Db, Filter, UpdateFilter } from 'mongodb';
import { limits } from '../../src/limits.ts';
import type { Task, TaskKind, TaskStatus } from '../../src/task/task.ts';
import type { AttemptRecord, TaskRecord } from './task-record.ts';
import { changeTask } from './task-store.ts';

/** Who works, and as whom that is told. */
export type Claimant = { id: string; name: string };
/** What a worker looks for. */
export type Wanted = {
	kind: TaskKind;
	most: number;
	/** Providers that can work now, and how many more tasks each has room for. */
	rooms: ReadonlyMap<string, number>;
	/** Asks which projects are paused: their tasks are passed over. */
	pausedProjects: () => Promise<readonly string[]>;
};
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
/** What is passed over: people who have no place left, and paused projects. */
type Without = { accountIds: readonly string[]; projectIds: readonly string[] };
export type TaskClaims = ReturnType<typeof createTaskClaims>;

const fromOf: Readonly<Record<TaskEnd['to'], readonly TaskStatus[]>> = {
	succeeded: ['running', 'cancelling'],
	failed: ['running'],
	cancelled: ['cancelling'],
};
/** Whoever loses a race for tasks reaches for the next ones, this often. */
const rounds = 12;
/** Fields of the attempt of a claim. */
const ofAttempt = (claim: number, about: AttemptRecord | Omit<AttemptRecord, 'startedAt' | 'worker'>) =>
	Object.fromEntries(Object.entries(about).map(([name, value]) => [`attempts.${claim}.${name}`, value]));

/**
 * Questions that workers ask of the `tasks` collection. Each claim of a task has a number of its own, and everything that is written under it is refused once it
 * is not the last one: whoever lost a claim can write nothing. Whoever asked for tasks has as many places to run in as their plan gives, and no two tasks
 * can have the same place, so that they never run more at once, whichever workers reach for them.
 */
export function createTaskClaims(db: Db, { leaseMs = limits.taskLeaseMs }: { leaseMs?: number } = {}) {
	const tasks = db.collection<TaskRecord>('tasks');
	const lease = (now: Date) => new Date(now.getTime() + leaseMs);

	/** The places that are taken, by who has them. */
	const slotsTaken = async (): Promise<Set<string>> =>
		new Set(
			(await tasks.find({ slot: { $exists: true } }, { projection: { _id: 0, slot: 1 } }).toArray()).flatMap(
				({ slot }) => slot ?? [],
			),
		);
	const queued = ({ kind, rooms }: Wanted, { accountIds, projectIds }: Without): Filter<TaskRecord> => ({
		status: 'queued',
		kind,
		provider: { $in: [...rooms].flatMap(([provider, room]) => (room > 0 ? [provider] : [])) },
		...(projectIds.length === 0 ? {} : { projectId: { $nin: [...projectIds] } }),
		...(accountIds.length === 0 ? {} : { createdBy: { $nin: [...accountIds] } }),
	});
	const next = async (wanted: Wanted, most: number, without: Without, now: Date) => {
		const filter = queued(wanted, without);
		const [due, others] = await Promise.all([
			tasks
				.find({ ...filter, retryAt: { $lte: now } })
				.sort({ retryAt: 1 })
				.limit(most)
				.toArray(),
			tasks
				.find({ ...filter, retryAt: null })
				.sort({ turn: 1, queuedAt: 1, _id: 1 })
				.limit(most)
				.toArray(),
		]);
		return [...due, ...others].slice(0, most);
	};
	/** Claims these; of those that somebody else was quicker with nothing is answered. */
	const claimAll = async (
		chosen: readonly { record: TaskRecord; slot: string | null }[],
		by: Claimant,
		now: Date,
	): Promise<TaskRecord[]> => {
		const claimed = chosen.map(({ record, slot }): TaskRecord => ({
			...record,
			status: 'running',
			workerId: by.id,
			leaseUntil: lease(now),
			startedAt: now,
			progress: null,
			problem: null,
			retryAt: null,
			...(slot === null ? {} : { slot }),
			claim: record.claim + 1,
			attempt: record.attempt + 1,
			revision: record.revision + 1,
		}));
		const writes = claimed.map(({ _id, revision, claim, ...record }): AnyBulkWriteOperation<TaskRecord> => {
			const { status, workerId, leaseUntil, startedAt, progress, problem, retryAt, slot } = record;
			const set = {
				...{ status, workerId, leaseUntil, startedAt, progress, problem, retryAt },
				...(slot === undefined ? {} : { slot }),
				...ofAttempt(claim, { startedAt: now, worker: by.name }),
			};
			// What has not changed since it was read is known after the write, too.
			const filter: Filter<TaskRecord> = { _id, status: 'queued', revision: revision - 1 };
			const update = { $set: set, $inc: { claim: 1, attempt: 1, revision: 1 } } as UpdateFilter<TaskRecord>;
			return { updateOne: { filter, update } };
		});
		if (writes.length === 0) return [];
		try {
			if ((await tasks.bulkWrite(writes, { ordered: false })).matchedCount === writes.length) return claimed;
		} catch (error) {
			// A place that another worker took a moment earlier.
			if (!(error instanceof MongoBulkWriteError && error.code === 11000)) throw error;
		}
		const ids = claimed.map(({ _id }) => _id);
		const own = await tasks
			.find({ _id: { $in: ids }, status: 'running', workerId: by.id }, { projection: { claim: 1 } })
			.toArray();
		const claims = new Map(own.map(({ _id, claim }) => [_id, claim]));
		return claimed.filter(({ _id, claim }) => claims.get(_id) === claim);
	};
	/** Sets a running task to wait again; `counts`: whether the attempt does. */
	const putBack = (
		{ _id, claim }: { _id: string; claim: number },
		held: Filter<TaskRecord>,
		set: Partial<TaskRecord> & Record<string, unknown>,
		counts: boolean,
	) =>
		changeTask(
			db,
			{ _id, claim, status: 'running', ...held },
			{ status: 'queued', leaseUntil: null, workerId: null, progress: null, startedAt: null, ...set },
			{ unset: ['slot'], ...(counts ? {} : { add: { attempt: -1 } }) },
		);

	return {
		/** Takes what is next of a kind, at most as much as is wanted. */
		async take(wanted: Wanted, by: Claimant, now: Date): Promise<TaskRecord[]> {
			const taken: TaskRecord[] = [];
			const full = new Set<string>();
			const paused = new Set<string>();
			const rooms = new Map(wanted.rooms);
			for (let round = 0; round < rounds && taken.length < wanted.most; round++) {
				const most = wanted.most - taken.length;
				const without = { accountIds: [...full], projectIds: [...paused] };
				// Asked all at once: which projects are paused is seldom news.
				const [found, slots, held] = await Promise.all([
					next({ ...wanted, rooms }, most, without, now),
					slotsTaken(),
					round === 0 ? wanted.pausedProjects() : [],
				]);
				held.forEach((projectId) => paused.add(projectId));
				const chosen = found.flatMap((record) => {
					if (paused.has(record.projectId)) return [];
					const room = rooms.get(record.provider) ?? 0;
					if (room <= 0) return [];
					const slot = freeSlot(record, slots);
					if (slot === undefined) full.add(record.createdBy);
					if (slot === undefined) return [];
					rooms.set(record.provider, room - 1);
					return [{ record, slot }];
				});
				taken.push(...(await claimAll(chosen, by, now)));
				if (found.length < most && chosen.length === found.length) break;
			}
			return taken;
		},
		/** When the next task of a kind will be due that waits to be tried again; null when none does. */
		nextDue: async (kind: TaskKind, now: Date): Promise<Date | null> => {
			const filter: Filter<TaskRecord> = { status: 'queued', kind, retryAt: { $gt: now } };
			const first = await tasks.findOne(filter, { sort: { retryAt: 1 }, projection: { _id: 0, retryAt: 1 } });
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
				(await tasks.find({ _id: { $in: [...ids] } }, { projection: { status: 1, claim: 1 } }).toArray()).map(
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
			for (const { _id, claim } of await tasks.find(filter, { projection: { claim: 1 } }).toArray())
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

/** A free place for a task: null where it needs none, undefined where whoever asked has none left. It counts as taken from then on. */
function freeSlot({ createdBy, kind, atOnce = null }: TaskRecord, taken: Set<string>): string | null | undefined {
	if (atOnce === null) return null;
	for (let place = 0; place < atOnce; place++) {
		const slot = `${kind}/${createdBy}/${place}`;
		if (taken.has(slot)) continue;
		taken.add(slot);
		return slot;
	}
	return undefined;
}
