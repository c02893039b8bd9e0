import { randomUUID } from 'node:crypto';
import { MongoServerError } from 'mongodb';
import type { Db, Filter, UpdateFilter } from 'mongodb';
import type { DayCount, Unit } from '../../src/plan/quota.ts';
import { lostSight } from '../lost-sight.ts';
import { quickly } from '../on-disk.ts';

/** What a task has reserved; kept in the task, so that it can be settled by whoever sees the task end. */
export type Charge = { key: string; accountId: string; day: string; unit: Unit; units: number };
export type ChargeOutcome = 'charged' | 'refunded';
/** One reservation in the document of its day. `mark` tells it from another under the same key. */
export type Hold = {
	key: string;
	mark: string;
	unit: Unit;
	units: number;
	projectId: string;
	provider: string;
	at: Date;
	outcome: ChargeOutcome | null;
};
/** How a reservation of a day is to end. */
export type Settling = { day: Pick<Charge, 'accountId' | 'day'>; hold: Hold; outcome: ChargeOutcome };
export type QuotaRecord = DayCount & { _id: string; accountId: string; day: string; holds: Hold[] };
/** What is to be reserved: the same for each key. */
export type Reservation = {
	accountId: string;
	day: string;
	unit: Unit;
	/** Of each key. */
	units: number;
	/** Null is without a limit. */
	limit: number | null;
	projectId: string;
	provider: string;
};

export type QuotaStore = ReturnType<typeof createQuotaStore>;
const idOf = ({ accountId, day }: Pick<QuotaRecord, 'accountId' | 'day'>) => `${accountId}/${day}`;
const rounds = 100;

/**
 * Questions asked of the `quotas` collection: one document for each account and UTC day. Whatever is reserved is counted and recorded under its key by one
 * conditional update, so that of any number of takers no unit is given twice; `taken` is what is settled and reserved together.
 */
export function createQuotaStore(db: Db) {
	const quotas = db.collection<QuotaRecord>('quotas');
	/** As it stands, and not only what is on the disks of a majority: a task may be taken up while its reservation is written there. */
	const present = db.collection<QuotaRecord>('quotas', { readConcern: { level: 'local' } });
	const open = async ({ accountId, day }: Pick<QuotaRecord, 'accountId' | 'day'>): Promise<void> => {
		const none = { image: 0, video: 0 };
		try {
			await quotas.insertOne({ _id: idOf({ accountId, day }), accountId, day, taken: none, used: none, holds: [] });
		} catch (error) {
			if (!(error instanceof MongoServerError && error.code === 11000)) throw error;
		}
	};
	const reserveAll = async (what: Reservation, keys: readonly string[], at: Date): Promise<boolean> => {
		const { unit, units, limit, projectId, provider } = what;
		const sum = keys.length * units;
		const filter: Record<string, unknown> = { _id: idOf(what), 'holds.key': { $nin: [...keys] } };
		if (limit !== null) filter[`taken.${unit}`] = { $lte: limit - sum };
		const holds = keys.map((key): Hold => ({
			key,
			mark: randomUUID(),
			unit,
			units,
			projectId,
			provider,
			at,
			outcome: null,
		}));
		const update = { $inc: { [`taken.${unit}`]: sum }, $push: { holds: { $each: holds } } };
		const { matchedCount } = await quotas.updateOne(
			filter as Filter<QuotaRecord>,
			update as unknown as UpdateFilter<QuotaRecord>,
			// The task that is written next is acknowledged only when it is on disk, and whatever was written before it is then, too; unless the database died between the two, see `losses`.
			quickly,
		);
		return matchedCount === 1;
	};
	return {
		ready: async () => {
			await quotas.createIndexes([{ key: { 'holds.at': 1 } }]);
		},
		/** A count that changes when reservations made before may be gone. */
		losses: (): number => lostSight(db),
		find: (accountId: string, day: string) => quotas.findOne({ _id: idOf({ accountId, day }) }),
		/** Reserves for as many of these keys as the day still has, the first ones first; a key that is reserved already counts as granted and is not taken again. */
		async reserve(what: Reservation, keys: readonly string[], at: Date): Promise<Set<string>> {
			if (keys.length === 0 || (await reserveAll(what, keys, at))) return new Set(keys);
			// Each round that fails is one that somebody else has won.
			for (let round = 0; round < rounds; round++) {
				const day = await quotas.findOne({ _id: idOf(what) });
				if (day === null) {
					await open(what);
					if (await reserveAll(what, keys, at)) return new Set(keys);
					continue;
				}
				const held = new Set(day.holds.map(({ key }) => key));
				const granted = keys.filter((key) => held.has(key));
				const free = what.limit === null ? Infinity : what.limit - day.taken[what.unit];
				const more = keys.filter((key) => !held.has(key)).slice(0, Math.max(0, Math.floor(free / what.units)));
				if (more.length === 0 || (await reserveAll(what, more, at))) return new Set([...granted, ...more]);
			}
			throw new Error('the quota of an account was too busy to reserve from');
		},
		/** The reservations under these keys that are there, by key. */
		async held(charges: readonly Pick<Charge, 'key' | 'accountId' | 'day'>[]): Promise<Map<string, Hold>> {
			const keys = new Set(charges.map(({ key }) => key));
			const days = await present
				.aggregate<{ hold: Hold }>([
					{ $match: { _id: { $in: [...new Set(charges.map(idOf))] } } },
					{ $project: { hold: { $filter: { input: '$holds', cond: { $in: ['$$this.key', [...keys]] } } } } },
					{ $unwind: '$hold' },
				])
				.toArray();
			return new Map(days.map(({ hold }) => [hold.key, hold]));
		},
		/** Settles reservations: charged is counted as used, refunded is given back. One that was settled before stays as it is; answers how many were not. */
		async settle(all: readonly Settling[]): Promise<number> {
			const { matchedCount } = await quotas.bulkWrite(
				all.map(({ day, hold: { mark, unit, units }, outcome }) => {
					const count = outcome === 'charged' ? { [`used.${unit}`]: units } : { [`taken.${unit}`]: -units };
					const update = { $set: { 'holds.$.outcome': outcome }, $inc: count } as UpdateFilter<QuotaRecord>;
					return { updateOne: { filter: { _id: idOf(day), holds: { $elemMatch: { mark, outcome: null } } }, update } };
				}),
				{ ordered: false },
			);
			return matchedCount;
		},
		/** Forgets reservations that are settled and written in the ledger. */
		async drop(all: readonly Pick<Settling, 'day' | 'hold'>[]): Promise<void> {
			const byDay = Map.groupBy(all, ({ day }) => idOf(day));
			await quotas.bulkWrite(
				[...byDay].map(([_id, settled]) => {
					const marks = settled.map(({ hold }) => hold.mark);
					const update = { $pull: { holds: { mark: { $in: marks }, outcome: { $ne: null } } } };
					return { updateOne: { filter: { _id }, update: update as unknown as UpdateFilter<QuotaRecord> } };
				}),
				{ ordered: false },
			);
		},
		/** Days with reservations that are older than `before`, one after the other: of some most are still to stand. */
		withHoldsBefore: (before: Date): AsyncIterable<QuotaRecord> =>
			quotas.find({ 'holds.at': { $lt: before } }).batchSize(100),
	};
}
