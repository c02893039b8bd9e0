import type { Db } from 'mongodb';
import type { Take } from '../../src/board/take.ts';

export type TakeRecord = Omit<Take, 'id' | 'createdAt'> & {
	_id: string;
	thumbnailSha256: string;
	createdAt: Date;
	/** When it was deleted: it is kept for its number and its task alone. */
	discardedAt?: Date;
};
const kept = { discardedAt: { $exists: false } } as const;

/** The record as clients see it. */
export const toTake = ({
	_id,
	thumbnailSha256: _thumbnail,
	discardedAt: _at,
	createdAt,
	...take
}: TakeRecord): Take => ({
	...take,
	id: _id,
	createdAt: createdAt.toISOString(),
});
export type TakeStore = ReturnType<typeof createTakeStore>;

/** Questions asked of the `takes` collection. A task has one take at most, and a number is given once per shot, even after a crash between the two steps. */
export function createTakeStore(db: Db) {
	const takes = db.collection<TakeRecord>('takes');
	const counters = db.collection<{ _id: string; next: number }>('takeNumbers');
	return {
		ready: async () => {
			await takes.createIndexes([
				{ key: { taskId: 1 }, unique: true },
				{ key: { projectId: 1, shotId: 1, number: 1 }, unique: true },
				{ key: { projectId: 1, createdAt: 1 } },
				{ key: { sha256: 1 } },
				{ key: { thumbnailSha256: 1 } },
			]);
		},
		/** Stores the take of a task with the shot's next number; the one that is there already, when an earlier attempt got so far. */
		async add(take: Omit<TakeRecord, 'number'>): Promise<TakeRecord> {
			const there = await takes.findOne({ taskId: take.taskId });
			if (there !== null) return there;
			const counted = await counters.findOneAndUpdate(
				{ _id: `${take.projectId}/${take.shotId}` },
				{ $inc: { next: 1 } },
				{ upsert: true, returnDocument: 'after' },
			);
			const record = { ...take, number: counted?.next ?? 1 };
			try {
				await takes.insertOne(record);
				return record;
			} catch (error) {
				const twin = await takes.findOne({ taskId: take.taskId });
				if (twin !== null) return twin;
				throw error;
			}
		},
		find: (id: string) => takes.findOne({ _id: id, ...kept }),
		ofTask: (taskId: string) => takes.findOne({ taskId, ...kept }),
		/** Deletes a take for everybody; false when it was deleted before. */
		discard: async (id: string, at: Date): Promise<boolean> =>
			(await takes.updateOne({ _id: id, ...kept }, { $set: { discardedAt: at } })).matchedCount === 1,
		list: (projectId: string) =>
			takes
				.find({ projectId, ...kept })
				.sort({ createdAt: 1, _id: 1 })
				.toArray(),
		/** The newest take of each project that has one. */
		covers: async (projectIds: readonly string[]): Promise<Map<string, string>> => {
			const rows = await takes
				.aggregate<{ _id: string; takeId: string }>([
					{ $match: { projectId: { $in: [...projectIds] }, ...kept } },
					{ $sort: { createdAt: -1, _id: -1 } },
					{ $group: { _id: '$projectId', takeId: { $first: '$_id' } } },
				])
				.toArray();
			return new Map(rows.map(({ _id, takeId }) => [_id, takeId]));
		},
		/** Those of these files that a take refers to. */
		filesInUse: async (sha256s: readonly string[]): Promise<string[]> => {
			const names = { $in: [...sha256s] };
			const rows = await takes
				.find({ $or: [{ sha256: names }, { thumbnailSha256: names }], ...kept })
				.project<Pick<TakeRecord, 'sha256' | 'thumbnailSha256'>>({ sha256: 1, thumbnailSha256: 1 })
				.toArray();
			return rows.flatMap(({ sha256, thumbnailSha256 }) => [sha256, thumbnailSha256]);
		},
		removeOfTask: async (taskId: string) => void (await takes.deleteOne({ taskId })),
		removeOfProject: async (projectId: string) => void (await takes.deleteMany({ projectId })),
	};
}
