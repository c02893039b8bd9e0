import type { Db } from 'mongodb';

/** Somebody speaks for a take. */
export type TakeVoteRecord = {
	/** `<takeId>/<accountId>`: nobody speaks for a take twice. */
	_id: string;
	projectId: string;
	takeId: string;
	accountId: string;
	/** Taken back: kept, so that others hear of it. */
	withdrawn: boolean;
	at: Date;
};
export type TakeVoteStore = ReturnType<typeof createTakeVoteStore>;

/** Questions asked of the `takeVotes` collection. */
export function createTakeVoteStore(db: Db) {
	const votes = db.collection<TakeVoteRecord>('takeVotes');
	const given = { withdrawn: false } as const;
	return {
		ready: async () => void (await votes.createIndexes([{ key: { projectId: 1 } }, { key: { takeId: 1 } }])),
		/** Speaks for a take or takes that back; the last word of each person counts. */
		async set({ projectId, takeId, accountId, withdrawn, at }: Omit<TakeVoteRecord, '_id'>): Promise<void> {
			const _id = `${takeId}/${accountId}`;
			await votes.updateOne({ _id }, { $set: { projectId, takeId, accountId, withdrawn, at } }, { upsert: true });
		},
		ofTake: (takeId: string) => votes.find({ takeId, ...given }).toArray(),
		list: (projectId: string) =>
			votes
				.find({ projectId, ...given })
				.sort({ at: 1 })
				.toArray(),
		removeOfProject: async (projectId: string) => void (await votes.deleteMany({ projectId })),
	};
}
