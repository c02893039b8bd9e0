import type { Db } from 'mongodb';
import type { TaskKind } from '../../src/task/task.ts';
import type { BellAddress } from '../bell.ts';

/** Of a provider that works elsewhere how many of its nodes answer, and how many more tasks they have room for; null of one that works in the worker. */
export type ProviderState = { up: number; room: number } | null;
/** A worker as it tells of itself. */
export type WorkerRecord = {
	_id: string;
	name: string;
	/** How many tasks of each kind it can have running. */
	places: Record<TaskKind, number>;
	/** What it can do of each kind, by name. */
	providers: Record<TaskKind, Record<string, ProviderState>>;
	bell: BellAddress;
	/** When it last told. */
	at: Date;
};
export type WorkerStore = ReturnType<typeof createWorkerStore>;

/** Workers tell of themselves this often; one that has been silent for three times as long is taken for gone. */
export const workerBeatMs = 5_000;

/** Questions asked of the `workers` collection: who works now. Hints, written weakly, gone by themselves. */
export function createWorkerStore(db: Db) {
	const workers = db.collection<WorkerRecord>('workers', { writeConcern: { w: 1, journal: false } });
	return {
		ready: async () => void (await workers.createIndexes([{ key: { at: 1 }, expireAfterSeconds: 60 }])),
		put: async ({ _id, ...record }: WorkerRecord) => void (await workers.replaceOne({ _id }, record, { upsert: true })),
		remove: async (id: string) => void (await workers.deleteOne({ _id: id })),
		/** Those who live. */
		alive: (now: Date) => workers.find({ at: { $gt: new Date(now.getTime() - 3 * workerBeatMs) } }).toArray(),
	};
}
