import type { Db } from 'mongodb';

export type PreviewRecord = {
	_id: string;
	projectId: string;
	shotId: string | null;
	stage: string;
	bytes: Uint8Array;
	at: Date;
};
export type PreviewStore = ReturnType<typeof createPreviewStore>;

/** The forming frame of each running task: hints, written weakly, gone when the task ends or an hour later. */
export function createPreviewStore(db: Db) {
	const previews = db.collection<PreviewRecord>('previews', { writeConcern: { w: 1, journal: false } });
	return {
		ready: async () => void (await previews.createIndexes([{ key: { at: 1 }, expireAfterSeconds: 3600 }])),
		put: async ({ _id, ...preview }: PreviewRecord) =>
			void (await previews.replaceOne({ _id }, preview, { upsert: true })),
		list: (projectId: string) => previews.find({ projectId }, { promoteBuffers: true }).toArray(),
		find: (taskId: string) => previews.findOne({ _id: taskId }, { promoteBuffers: true }),
		remove: async (taskId: string) => void (await previews.deleteOne({ _id: taskId })),
	};
}
