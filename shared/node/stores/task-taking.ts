import { createHash, randomInt } from 'node:crypto';
import { MongoBulkWriteError, MongoServerError } from 'mongodb';
import type { AnyBulkWriteOperation, Db, Filter, UpdateFilter } from 'mongodb';
import type { TaskKind } from '../../src/task/task.ts';
import type { RungTask } from '../bell.ts';
import { quickly } from '../on-disk.ts';
import type { AttemptRecord, TaskRecord } from './task-record.ts';

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
/** What a look has brought; `isDry` when nothing else of the kind waits, not even for a place, a provider, or the end of a pause. */
export type Looked = { taken: TaskRecord[]; isDry: boolean };
/** What is passed over: people who have no place left, and paused projects. */
type Without = { accountIds: readonly string[]; projectIds: readonly string[] };

/** Whoever loses a race for tasks reaches for the next ones, this often. */
const rounds = 12;
/** A crash may take a claim back, of which its worker does not hear at once: by steps of chance no number is given twice. */
const mostStep = 2 ** 24;

/** Fields of the attempt of a claim. */
export const ofAttempt = (claim: number, about: AttemptRecord | Omit<AttemptRecord, 'startedAt' | 'worker'>) =>
	Object.fromEntries(Object.entries(about).map(([name, value]) => [`attempts.${claim}.${name}`, value]));

/**
 * How tasks are claimed. A claim need not be on disk when work begins: all that the worker says under it later is, and can be there only when the claim is; one
 * that a crash takes back has not been told to anybody, and what its worker says then is refused. For the same reason what waits is read as it stands, and
 * not only what is on the disks of a majority: what is claimed of it is there when the claim is.
 */
export function createTaskTaking(db: Db, leaseOf: (now: Date) => Date) {
	const tasks = db.collection<TaskRecord>('tasks', { readConcern: { level: 'local' }, ...quickly });

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
	/** What a claim sets. */
	const claimOf = (by: Claimant, before: number, slot: string | null, now: Date) => {
		const claim = before + randomInt(1, mostStep);
		const set = {
			status: 'running' as const,
			workerId: by.id,
			leaseUntil: leaseOf(now),
			startedAt: now,
			progress: null,
			problem: null,
			retryAt: null,
			claim,
			...(slot === null ? {} : { slot }),
		};
		const update = {
			$set: { ...set, ...ofAttempt(claim, { startedAt: now, worker: by.name }) },
			$inc: { attempt: 1, revision: 1 },
		} as UpdateFilter<TaskRecord>;
		return { set, update };
	};
	/** Claims these; of those that somebody else was quicker with nothing is answered. */
	const claimAll = async (
		chosen: readonly { record: TaskRecord; slot: string | null }[],
		by: Claimant,
		now: Date,
	): Promise<TaskRecord[]> => {
		if (chosen.length === 0) return [];
		const claimed: TaskRecord[] = [];
		const writes = chosen.map(({ record, slot }): AnyBulkWriteOperation<TaskRecord> => {
			const { _id, revision, claim, attempt } = record;
			const { set, update } = claimOf(by, claim, slot, now);
			claimed.push({ ...record, ...set, attempt: attempt + 1, revision: revision + 1 });
			// What has not changed since it was read is known after the write, too.
			const filter: Filter<TaskRecord> = { _id, status: 'queued', revision };
			return { updateOne: { filter, update, hint: { _id: 1 } } };
		});
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

	return {
		/** Takes what is next of a kind, at most as much as is wanted. */
		async take(wanted: Wanted, by: Claimant, now: Date): Promise<Looked> {
			const taken: TaskRecord[] = [];
			const full = new Set<string>();
			const paused = new Set<string>();
			const rooms = new Map(wanted.rooms);
			let isDry = false;
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
				const isAll = found.length < most && chosen.length === found.length;
				isDry = isAll && round === 0 && [...wanted.rooms.values()].every((room) => room > 0);
				if (isAll) break;
			}
			return { taken, isDry };
		},
		/**
		 * Claims the one task that was rung for, where it still is as it was then; null where it is not. `own` are places that the worker knows to be taken.
		 * Whoever calls knows that nothing else waits that would come first.
		 */
		async takeRung(rung: RungTask, own: ReadonlySet<string>, by: Claimant, now: Date): Promise<TaskRecord | null> {
			const { id, revision, claim, ...about } = rung;
			const slot = freeSlot(about, new Set(own), firstPlaceOf(by, about.atOnce));
			if (slot === undefined) return null;
			const filter: Filter<TaskRecord> = { _id: id, status: 'queued', retryAt: null, revision, claim, ...about };
			try {
				const { update } = claimOf(by, claim, slot, now);
				return await tasks.findOneAndUpdate(filter, update, { returnDocument: 'after', hint: { _id: 1 } });
			} catch (error) {
				// Another worker has that place.
				if (error instanceof MongoServerError && error.code === 11000) return null;
				throw error;
			}
		},
	};
}

/** Workers try the places of one person from different ones on. */
const firstPlaceOf = ({ id }: Claimant, atOnce: number | null): number =>
	atOnce === null || atOnce < 1 ? 0 : createHash('sha256').update(id).digest().readUInt16BE() % atOnce;

/** A free place for a task: null where it needs none, undefined where whoever asked has none left. It counts as taken from then on. */
function freeSlot(
	{ createdBy, kind, atOnce = null }: Pick<TaskRecord, 'createdBy' | 'kind' | 'atOnce'>,
	taken: Set<string>,
	first = 0,
): string | null | undefined {
	if (atOnce === null) return null;
	for (let tried = 0; tried < atOnce; tried++) {
		const slot = `${kind}/${createdBy}/${(first + tried) % atOnce}`;
		if (taken.has(slot)) continue;
		taken.add(slot);
		return slot;
	}
	return undefined;
}
