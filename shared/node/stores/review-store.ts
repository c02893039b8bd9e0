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
			const write = () => reviews.updateOne({ _id }, { $set: record }, { upsert: true });
			try {
				await write();
			} catch (error) {
				// Two firsts at once: the other one is there now, and is written over.
				if (!(error instanceof MongoServerError) || error.code !== 11000) throw error;
				await write();
			}
		},
		removeOfProject: async (projectId: string) => void (await reviews.deleteMany({ projectId })),
	};
}
