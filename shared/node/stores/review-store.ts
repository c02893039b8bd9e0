import { MongoServerError, type Db } from 'mongodb';
import type { ReviewStatus } from '../../src/review/review.ts';

/** The review of a shot as it is stored: what was said last. */
export type ReviewRecord = {
	_id: string;
	projectId: string;
	shotId: string;
	status: ReviewStatus;
	by: string;
	at: Date;
	/** What was approved. */
	approved?: string;
	/** Who changed it last since then. */
	changedBy?: string;
	changedAt?: Date;
};

export type ReviewStore = ReturnType<typeof createReviewStore>;

/** Questions asked of the `reviews` collection; one record per shot. */
export function createReviewStore(db: Db) {
	const reviews = db.collection<ReviewRecord>('reviews');
	return {
		ready: async () => void (await reviews.createIndexes([{ key: { projectId: 1 } }])),
		list: (projectId: string) => reviews.find({ projectId }).toArray(),
		/** Writes what was said last. */
		async set(record: Omit<ReviewRecord, '_id'>): Promise<void> {
			const _id = `${record.projectId}/${record.shotId}`;
			const write = () => reviews.replaceOne({ _id }, record, { upsert: true });
			try {
				await write();
			} catch (error) {
				// Two firsts at once: the other one is there now, and is written over.
				if (!(error instanceof MongoServerError) || error.code !== 11000) throw error;
				await write();
			}
		},
		/** Those of these shots that are approved; without shots all of the project. */
		approved: (projectId: string, shotIds?: readonly string[]) =>
			reviews
				.find({
					projectId,
					status: 'approved',
					...(shotIds === undefined ? {} : { shotId: { $in: [...shotIds] } }),
				})
				.toArray(),
		/** Notes who changed what was approved, of that very approval; a later word stays as it is. */
		noteChange: async (
			{ _id, at }: Pick<ReviewRecord, '_id' | 'at'>,
			changedBy: string,
			changedAt: Date,
		): Promise<void> =>
			void (await reviews.updateOne({ _id, at, status: 'approved' }, { $set: { changedBy, changedAt } })),
		removeOfProject: async (projectId: string) => void (await reviews.deleteMany({ projectId })),
	};
}
