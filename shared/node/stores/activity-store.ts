import { MongoServerError, type Db } from 'mongodb';
import { activityKinds, type ActivityKind, type ActivitySubject } from '../../src/activity/activity.ts';

export type ActivityRecord = {
	/** Follows from what the row folds, so that telling it twice is telling it once. */
	_id: string;
	projectId: string;
	kind: ActivityKind;
	by: string;
	subject: ActivitySubject;
	/** What it was done to, each once. */
	things: string[];
	since: Date;
	at: Date;
};
type Seen = { _id: string; projectId: string; at: Date };

const keptMs = 180 * 24 * 3_600_000;
const mostThings = 500;
export const mostUnread = 100;
const seenId = (accountId: string, projectId: string): string => `${accountId}/${projectId}`;

export type ActivityStore = ReturnType<typeof createActivityStore>;

/** What people did, kept for half a year, and until when each of them has seen it. */
export function createActivityStore(db: Db) {
	const rows = db.collection<ActivityRecord>('activities');
	const seen = db.collection<Seen>('activitySeen');

	/** Adds a row, or more things to it; false when the row has all that it holds. */
	async function put({ _id, projectId, kind, by, subject, things, since, at }: ActivityRecord): Promise<boolean> {
		const isOnce = activityKinds[kind] === 'once';
		try {
			await rows.updateOne(
				{ _id, [`things.${mostThings - 1}`]: { $exists: false } },
				{
					$setOnInsert: { projectId, kind, by, subject, since, ...(isOnce ? { at } : {}) },
					...(isOnce ? {} : { $max: { at } }),
					$addToSet: { things: { $each: things } },
				},
				{ upsert: true },
			);
			return true;
		} catch (error) {
			if (error instanceof MongoServerError && error.code === 11000) return false;
			throw error;
		}
	}

	return {
		ready: async () => {
			await rows.createIndexes([
				{ key: { projectId: 1, at: -1, _id: -1 } },
				{ key: { at: 1 }, expireAfterSeconds: keptMs / 1000 },
			]);
			await seen.createIndex({ projectId: 1 });
		},
		/** Adds a row or folds into it; of two that add it at once the second folds. */
		async add(record: ActivityRecord): Promise<void> {
			if (!(await put(record))) await put(record);
		},
		/** Rows of a project, the newest first, from behind a place on. */
		list: (projectId: string, { after, limit }: { after?: { at: Date; id: string } | undefined; limit: number }) =>
			rows
				.find(
					after === undefined
						? { projectId }
						: { projectId, $or: [{ at: { $lt: after.at } }, { at: after.at, _id: { $lt: after.id } }] },
				)
				.sort({ at: -1, _id: -1 })
				.limit(limit)
				.toArray(),
		/** How many rows of others are newer; counted no further than anybody would read. */
		countOfOthers: (projectId: string, accountId: string, since: Date): Promise<number> =>
			rows.countDocuments({ projectId, at: { $gt: since }, by: { $ne: accountId } }, { limit: mostUnread }),
		seenAt: async (projectId: string, accountId: string): Promise<Date | null> =>
			(await seen.findOne({ _id: seenId(accountId, projectId) }))?.at ?? null,
		see: async (projectId: string, accountId: string, at: Date) =>
			void (await seen.updateOne(
				{ _id: seenId(accountId, projectId) },
				{ $max: { at }, $setOnInsert: { projectId } },
				{ upsert: true },
			)),
		removeOfProject: async (projectId: string) => {
			await rows.deleteMany({ projectId });
			await seen.deleteMany({ projectId });
		},
	};
}
