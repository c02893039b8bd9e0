import type { Db } from 'mongodb';
import type { LearnedTime } from '../../src/task/waiting.ts';

type DurationRecord = LearnedTime & { _id: string; at: Date };
export type DurationStore = ReturnType<typeof createDurationStore>;
/** How much the latest counts against all before. */
const share = 0.2;

/** Questions asked of the `durations` collection: how long tasks take, learned from those that succeeded. Hints, written weakly. */
export function createDurationStore(db: Db) {
	const durations = db.collection<DurationRecord>('durations', { writeConcern: { w: 1, journal: false } });
	return {
		/** Learns from how long tasks took, oldest first. */
		async learn(took: ReadonlyMap<string, readonly number[]>, at: Date): Promise<void> {
			const before = new Map(
				(await durations.find({ _id: { $in: [...took.keys()] } }).toArray()).map((one) => [one._id, one]),
			);
			const writes = [...took].map(([_id, times]) => {
				let known: LearnedTime | undefined = before.get(_id);
				for (const ms of times)
					known =
						known === undefined
							? { ms, spreadMs: ms / 2 }
							: {
									ms: known.ms + share * (ms - known.ms),
									spreadMs: known.spreadMs + share * (Math.abs(ms - known.ms) - known.spreadMs),
								};
				return {
					replaceOne: { filter: { _id }, replacement: { ...(known ?? { ms: 0, spreadMs: 0 }), at }, upsert: true },
				};
			});
			if (writes.length > 0) await durations.bulkWrite(writes, { ordered: false });
		},
		/** What was learned, by key. */
		all: async (): Promise<Map<string, LearnedTime>> =>
			new Map((await durations.find().toArray()).map(({ _id, ms, spreadMs }) => [_id, { ms, spreadMs }])),
	};
}
