import { MongoBulkWriteError } from 'mongodb';
import type { Db } from 'mongodb';
import type { Unit } from '../../src/plan/quota.ts';
import type { ChargeOutcome } from './quota-store.ts';

/** How one reservation ended; its key is the id, so that it is written once. */
export type LedgerRecord = {
	_id: string;
	accountId: string;
	projectId: string;
	provider: string;
	day: string;
	unit: Unit;
	/** 0 when it was refunded. */
	units: number;
	outcome: ChargeOutcome;
	at: Date;
};
export type LedgerStore = ReturnType<typeof createLedgerStore>;

/** Questions asked of the `ledger` collection: one row for each reservation that ended, never changed. */
export function createLedgerStore(db: Db) {
	const ledger = db.collection<LedgerRecord>('ledger');
	return {
		ready: async () => {
			await ledger.createIndexes([{ key: { accountId: 1, day: 1 } }, { key: { projectId: 1, day: 1 } }]);
		},
		/** Writes rows, each once. */
		async add(rows: readonly LedgerRecord[]): Promise<void> {
			try {
				await ledger.insertMany([...rows], { ordered: false });
			} catch (error) {
				// The others are written all the same.
				if (!(error instanceof MongoBulkWriteError && writeErrorsOf(error).every(({ code }) => code === 11000)))
					throw error;
			}
		},
		/** Those of these keys that have a row. */
		has: async (keys: readonly string[]): Promise<Set<string>> =>
			new Set(
				(await ledger.find({ _id: { $in: [...keys] } }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id),
			),
	};
}
const writeErrorsOf = ({ writeErrors }: MongoBulkWriteError) =>
	Array.isArray(writeErrors) ? writeErrors : [writeErrors];
