import type { Db } from 'mongodb';
import type { CredentialKind } from '../../src/provider/credential.ts';
import type { ChatMessage } from '../../src/provider/text.ts';

/** What a server asks of whichever worker hears it first: to try a key, to have a text model write, or to take in an uploaded clip. */
export type AskWork =
	| { kind: 'check-credential'; workspaceId: string; service: CredentialKind }
	| { kind: 'take-clip'; /** The file as it was uploaded. */ sha256: string }
	| { kind: 'write-text'; workspaceId: string; messages: ChatMessage[]; maxTokens: number };
/** Something a server asks a worker and waits for; it is forgotten soon after and may be asked again. */
export type AskRecord = {
	_id: string;
	work: AskWork;
	/** Of a text: where it is for, and who may read it. */
	projectId: string | null;
	askedBy: string | null;
	status: 'asked' | 'taken' | 'done' | 'failed';
	workerId: string | null;
	/** What is written so far. */
	text: string;
	problem: { code: string; detail: string } | null;
	at: Date;
	/** When a worker last had something to say. */
	touchedAt: Date;
};
export type AskStore = ReturnType<typeof createAskStore>;
const keptSeconds = 600;

/** Questions asked of the `asks` collection: what servers ask workers. Each is taken by one worker, and only that one answers it. */
export function createAskStore(db: Db) {
	const asks = db.collection<AskRecord>('asks');
	return {
		ready: async () =>
			void (await asks.createIndexes([
				{ key: { at: 1 }, expireAfterSeconds: keptSeconds },
				{ key: { askedBy: 1, status: 1 } },
			])),
		ask: async (record: Pick<AskRecord, '_id' | 'work' | 'projectId' | 'askedBy' | 'at'>): Promise<void> =>
			void (await asks.insertOne({
				...record,
				status: 'asked',
				workerId: null,
				text: '',
				problem: null,
				touchedAt: record.at,
			})),
		find: (id: string) => asks.findOne({ _id: id }),
		/** How much somebody has under way that began since. */
		underWay: (askedBy: string, since: Date) =>
			asks.countDocuments({ askedBy, status: { $in: ['asked', 'taken'] }, at: { $gt: since } }),
		/** What was asked since and nobody has taken, for a worker that has just come. */
		waiting: (since: Date) => asks.find({ status: 'asked', at: { $gt: since } }).toArray(),
		/** Takes it; null when another worker was first. */
		take: (id: string, workerId: string, now: Date) =>
			asks.findOneAndUpdate(
				{ _id: id, status: 'asked' },
				{ $set: { status: 'taken', workerId, touchedAt: now } },
				{ returnDocument: 'after' },
			),
		/** Tells what is written so far; false when nobody wants it any more. */
		tell: async (id: string, workerId: string, text: string, now: Date): Promise<boolean> =>
			(await asks.updateOne({ _id: id, workerId, status: 'taken' }, { $set: { text, touchedAt: now } }))
				.matchedCount === 1,
		end: async (
			id: string,
			workerId: string,
			{ problem, text }: { problem: AskRecord['problem']; text?: string },
			now: Date,
		): Promise<void> =>
			void (await asks.updateOne(
				{ _id: id, workerId, status: 'taken' },
				{
					$set: {
						status: problem === null ? 'done' : 'failed',
						problem,
						touchedAt: now,
						...(text === undefined ? {} : { text }),
					},
				},
			)),
		remove: async (id: string): Promise<boolean> => (await asks.deleteOne({ _id: id })).deletedCount === 1,
	};
}
