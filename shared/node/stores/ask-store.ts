import type { Db } from 'mongodb';
import type { CredentialKind } from '../../src/provider/credential.ts';

/** What a server asks of whichever worker hears it first: to try a key. */
export type AskWork = { kind: 'check-credential'; credentialId: string; workspaceId: string; service: CredentialKind };
/** Something a server asks a worker and waits for; it is forgotten soon after and may be asked again. */
export type AskRecord = {
	_id: string;
	work: AskWork;
	status: 'asked' | 'taken' | 'done' | 'failed';
	workerId: string | null;
	problem: { code: string; detail: string } | null;
	at: Date;
};
export type AskStore = ReturnType<typeof createAskStore>;
const keptSeconds = 600;

/** Questions asked of the `asks` collection: what servers ask workers. Each is taken by one worker, and only that one answers it. */
export function createAskStore(db: Db) {
	const asks = db.collection<AskRecord>('asks');
	return {
		ready: async () => void (await asks.createIndexes([{ key: { at: 1 }, expireAfterSeconds: keptSeconds }])),
		ask: async (record: Pick<AskRecord, '_id' | 'work' | 'at'>): Promise<void> =>
			void (await asks.insertOne({ ...record, status: 'asked', workerId: null, problem: null })),
		find: (id: string) => asks.findOne({ _id: id }),
		/** What was asked since and nobody has taken, for a worker that has just come. */
		waiting: (since: Date) => asks.find({ status: 'asked', at: { $gt: since } }).toArray(),
		/** Takes it; null when another worker was first. */
		take: (id: string, workerId: string) =>
			asks.findOneAndUpdate(
				{ _id: id, status: 'asked' },
				{ $set: { status: 'taken', workerId } },
				{ returnDocument: 'after' },
			),
		end: async (id: string, workerId: string, problem: AskRecord['problem']): Promise<void> =>
			void (await asks.updateOne(
				{ _id: id, workerId, status: 'taken' },
				{ $set: { status: problem === null ? 'done' : 'failed', problem } },
			)),
		remove: async (id: string): Promise<void> => void (await asks.deleteOne({ _id: id })),
	};
}
