import { MongoServerError } from 'mongodb';
import type { Db } from 'mongodb';
import { lostSight } from '../lost-sight.ts';
import { onDisk, quickly } from '../on-disk.ts';
import type { TaskRecord } from './task-record.ts';

/** How tasks come into the `tasks` collection: workers find them at once, and whoever asked for them is answered when they are on disk. */
export function createTaskIntake(db: Db) {
	const tasks = db.collection<TaskRecord>('tasks');
	/** As it stands, and not only what is on the disks of a majority. */
	const present = db.collection<TaskRecord>('tasks', { readConcern: { level: 'local' } });
	/** Waits until these are on disk. What a database that died meanwhile has forgotten is written once more, all of it or nothing; `losses` were counted before they were written. */
	const keep = async (records: readonly TaskRecord[], losses: number): Promise<void> => {
		await onDisk(db);
		if (lostSight(db) === losses) return;
		const ids = records.map(({ _id }) => _id);
		const there = new Set(
			(await present.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id),
		);
		const lost = records.filter(({ _id }) => !there.has(_id));
		if (lost.length === 0) return onDisk(db);
		await db.client
			.withSession((session) => session.withTransaction(() => tasks.insertMany(lost, { session })))
			.catch((error: unknown) => {
				// A repeat of the same request was quicker.
				if (!(error instanceof MongoServerError && error.code === 11000)) throw error;
			});
	};
	return {
		/** Inserts tasks. `there` is called as soon as workers find them, which is before they are on disk: that they are when it resolves. */
		async insertMany(records: TaskRecord[], there: () => void = () => {}): Promise<void> {
			const losses = lostSight(db);
			await tasks.insertMany(records, quickly);
			there();
			await keep(records, losses);
		},
		/** Inserts all the tasks of one request or none, see `insertMany`; false when a twin of the request, sent at the same time, was first. */
		async insertRequest(records: TaskRecord[], there: () => void = () => {}): Promise<boolean> {
			const [only, ...others] = records;
			const losses = lostSight(db);
			try {
				if (only !== undefined && others.length === 0) await tasks.insertOne(only, quickly);
				else
					await db.client.withSession((session) =>
						session.withTransaction(() => tasks.insertMany(records, { session }), quickly),
					);
			} catch (error) {
				if (error instanceof MongoServerError && error.code === 11000) return false;
				throw error;
			}
			there();
			await keep(records, losses);
			return true;
		},
		/** The tasks that were asked for under a key, as they were answered; on disk, as whoever asked before may not have heard yet. */
		async ofRequest(key: string): Promise<TaskRecord[]> {
			for (;;) {
				const losses = lostSight(db);
				const found = await present.find({ 'request.key': key }).sort({ 'request.place': 1 }).toArray();
				if (found.length > 0) await onDisk(db);
				if (lostSight(db) === losses) return found;
			}
		},
	};
}
