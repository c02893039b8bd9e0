import { MongoServerError } from 'mongodb';
import type { Db } from 'mongodb';

export type SpentTicketStore = ReturnType<typeof createSpentTicketStore>;

/** The tickets that were used, kept until they would have ended anyway. Of any number of servers that ask at once, one spends a ticket. */
export function createSpentTicketStore(db: Db) {
	const spent = db.collection<{ _id: string; endsAt: Date }>('spentTickets', { writeConcern: { w: 'majority' } });
	return {
		ready: async () => void (await spent.createIndexes([{ key: { endsAt: 1 }, expireAfterSeconds: 60 }])),
		/** Spends a ticket; false when it was spent before. */
		async spend(id: string, endsAt: Date): Promise<boolean> {
			try {
				await spent.insertOne({ _id: id, endsAt });
				return true;
			} catch (error) {
				if (error instanceof MongoServerError && error.code === 11000) return false;
				throw error;
			}
		},
	};
}
