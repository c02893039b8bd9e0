import { MongoServerError, type Db } from 'mongodb';

/** Which task makes a recipe, or was the last to. */
export type MakingRecord = { _id: string; taskId: string; /** Its claim when it began. */ claim: number; at: Date };
export type MakingStore = ReturnType<typeof createMakingStore>;
/** Longer than any task runs. */
const keptS = 86_400;

/** Questions asked of the `makings` collection: of any number of tasks with the same recipe one makes it at a time. */
export function createMakingStore(db: Db) {
	const makings = db.collection<MakingRecord>('makings');
	return {
		ready: async () => void (await makings.createIndexes([{ key: { at: 1 }, expireAfterSeconds: keptS }])),
		/** Takes a recipe to make it; answers who has it: whoever asks, or whoever was first. */
		async take(making: MakingRecord): Promise<MakingRecord> {
			try {
				await makings.insertOne(making);
				return making;
			} catch (error) {
				if (!(error instanceof MongoServerError && error.code === 11000)) throw error;
				// Gone again meanwhile: it is nobody's, and taken at the next try.
				return (await makings.findOne({ _id: making._id })) ?? this.take(making);
			}
		},
		/** Takes it over from whoever does not make it any more; false when somebody else was first. */
		async takeOver(before: MakingRecord, { taskId, claim, at }: MakingRecord): Promise<boolean> {
			const { _id, taskId: theirs, claim: their } = before;
			const done = await makings.updateOne({ _id, taskId: theirs, claim: their }, { $set: { taskId, claim, at } });
			return done.matchedCount === 1;
		},
	};
}
