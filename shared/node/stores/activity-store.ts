import { MongoBulkWriteError, type Db } from 'mongodb';
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

	/** Adds rows, or more things to them; answers those that were there already and did not take them: one added them just now, or has all that it holds. */
	async function put(records: readonly ActivityRecord[]): Promise<ActivityRecord[]> {
		const writes = records.map(({ _id, projectId, kind, by, subject, things, since, at }) => {
			const isOnce = activityKinds[kind] === 'once';
			return {
				updateOne: {
					filter: { _id, [`things.${mostThings - 1}`]: { $exists: false } },
					update: {
						$setOnInsert: { projectId, kind, by, subject, since, ...(isOnce ? { at } : {}) },
						...(isOnce ? {} : { $max: { at } }),
						$addToSet: { things: { $each: things } },
					},
					upsert: true,
				},
			};
		});
		try {
			await rows.bulkWrite(writes, { ordered: false });
			return [];
		} catch (error) {
			const faults = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
			if (faults.length === 0 || faults.some(({ code }) => code !== 11000)) throw error;
			return faults.flatMap(({ index }) => records[index] ?? []);
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
		/** Adds rows or folds into them; of two that add one at once the second folds. */
		async add(records: readonly ActivityRecord[]): Promise<void> {
			const again = await put(records);
			if (again.length > 0) await put(again);
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
