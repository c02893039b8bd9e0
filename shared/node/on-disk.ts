import type { Db } from 'mongodb';

/** For a write that need not be on disk when it is answered, because whoever relies on it waits for what is written after it. */
export const quickly = { writeConcern: { w: 1, journal: false } } as const;

/**
 * Waits until everything that this process was answered so far is on the disks of a majority: what is written here changes nothing, and is answered
 * only when all that came before it is safe. Rejects when that cannot be said.
 */
export const onDisk = async (db: Db): Promise<void> =>
	void (await db
		.collection<{ _id: string }>('tasks')
		.updateOne({ _id: '' }, { $unset: { none: '' } }, { writeConcern: { w: 'majority', journal: true } }));
