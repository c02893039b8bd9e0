import type { Db } from 'mongodb';
import type { TaskPause } from '../../src/task/task.ts';

/** Whether the tasks of a project are held back, and who said so last. */
export type PauseRecord = { _id: string; isPaused: boolean; by: string; byName: string; at: Date };
/** The record as clients see it; null where nobody ever paused. */
export const toPause = (projectId: string, record: PauseRecord | null): TaskPause => ({
	projectId,
	isPaused: record?.isPaused ?? false,
	by: record === null ? null : { id: record.by, name: record.byName },
	at: record?.at.toISOString() ?? null,
});
export type PauseStore = ReturnType<typeof createPauseStore>;

/** Questions asked of the `pauses` collection: one document for each project whose tasks were ever paused. */
export function createPauseStore(db: Db) {
	const pauses = db.collection<PauseRecord>('pauses');
	return {
		ready: async () => {
			await pauses.createIndexes([{ key: { isPaused: 1 } }]);
		},
		/** Pauses or resumes; whoever comes second changes nothing, and is answered what stands. */
		async set(pause: PauseRecord): Promise<PauseRecord> {
			const { _id, isPaused } = pause;
			const unlike = { _id, isPaused: !isPaused };
			if (isPaused) {
				const { upsertedCount } = await pauses.updateOne({ _id }, { $setOnInsert: pause }, { upsert: true });
				if (upsertedCount === 1) return pause;
			}
			const { by, byName, at } = pause;
			const changed = await pauses.findOneAndUpdate(
				unlike,
				{ $set: { isPaused, by, byName, at } },
				{ returnDocument: 'after' },
			);
			return changed ?? (await pauses.findOne({ _id })) ?? pause;
		},
		/** Null where it was never paused. */
		find: (projectId: string) => pauses.findOne({ _id: projectId }),
		/** The projects that are paused now. */
		paused: async (): Promise<string[]> =>
			(await pauses.find({ isPaused: true }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id),
		removeOfProject: async (projectId: string) => void (await pauses.deleteOne({ _id: projectId })),
	};
}
