import { MongoServerError, type Db } from 'mongodb';
import type { NotificationKind } from '../../src/review/notification.ts';

/** That a note concerns an account; what it says stays in the note. */
export type NotificationRecord = {
	/** Note and account in one: told again, it is the same. */
	_id: string;
	accountId: string;
	projectId: string;
	noteId: string;
	kind: NotificationKind;
	at: Date;
	readAt: Date | null;
};

export type NotificationStore = ReturnType<typeof createNotificationStore>;

/** Questions asked of the `notifications` collection. */
export function createNotificationStore(db: Db) {
	const notifications = db.collection<NotificationRecord>('notifications');
	return {
		ready: async () =>
			void (await notifications.createIndexes([{ key: { accountId: 1, at: -1 } }, { key: { projectId: 1 } }])),
		/** Adds one; an account is told of a note once. */
		async add(record: NotificationRecord): Promise<void> {
			try {
				await notifications.updateOne({ _id: record._id }, { $setOnInsert: record }, { upsert: true });
			} catch (error) {
				if (!(error instanceof MongoServerError) || error.code !== 11000) throw error;
			}
		},
		list: (accountId: string, limit: number) =>
			notifications.find({ accountId }).sort({ at: -1 }).limit(limit).toArray(),
		/** Marks those of an account as read, once; without ids all of them. */
		read: async (accountId: string, ids: readonly string[] | undefined, at: Date) =>
			void (await notifications.updateMany(
				{ accountId, readAt: null, ...(ids === undefined ? {} : { _id: { $in: [...ids] } }) },
				{ $set: { readAt: at } },
			)),
		removeOfProject: async (projectId: string) => void (await notifications.deleteMany({ projectId })),
	};
}
