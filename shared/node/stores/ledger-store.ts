import { MongoServerError } from 'mongodb';
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
		/** Writes a row, once. */
		async add(row: LedgerRecord): Promise<void> {
			try {
				await ledger.insertOne(row);
			} catch (error) {
				if (!(error instanceof MongoServerError && error.code === 11000)) throw error;
			}
		},
		has: async (key: string): Promise<boolean> => (await ledger.countDocuments({ _id: key }, { limit: 1 })) > 0,
	};
}
