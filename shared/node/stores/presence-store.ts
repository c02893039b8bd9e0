import type { Db } from 'mongodb';

/** Where a client of another server is, as its awareness says; `null` as state: it has left. */
export type PresenceRecord = {
	_id: string;
	projectId: string;
	serverId: string;
	clientId: number;
	clock: number;
	state: string;
	at: Date;
};
/** A server that lives. */
export type BeatRecord = { _id: string; at: Date };
export type PresenceStore = ReturnType<typeof createPresenceStore>;

/** Where everybody is, for the other servers: hints, written weakly, gone by themselves a minute after nobody renewed them. */
export function createPresenceStore(db: Db) {
	const weakly = { writeConcern: { w: 1, journal: false } } as const;
	const presences = db.collection<PresenceRecord>('presences', weakly);
	const beats = db.collection<BeatRecord>('beats', weakly);
	return {
		ready: async () => {
			await presences.createIndexes([{ key: { at: 1 }, expireAfterSeconds: 3600 }, { key: { projectId: 1 } }]);
			await beats.createIndexes([{ key: { at: 1 }, expireAfterSeconds: 60 }]);
		},
		/** Writes what clients of this server said last. One that has gone to another server is left to that one. */
		async put(records: readonly PresenceRecord[]): Promise<void> {
			if (records.length === 0) return;
			await presences.bulkWrite(
				records.map(({ _id, ...record }) =>
					record.state === 'null'
						? { replaceOne: { filter: { _id, serverId: record.serverId }, replacement: record } }
						: { replaceOne: { filter: { _id }, replacement: record, upsert: true } },
				),
				{ ordered: false },
			);
		},
		list: (projectId: string) => presences.find({ projectId }).toArray(),
		beat: async (serverId: string, at: Date) =>
			void (await beats.replaceOne({ _id: serverId }, { at }, { upsert: true })),
		async end(serverId: string): Promise<void> {
			await presences.deleteMany({ serverId });
			await beats.deleteOne({ _id: serverId });
		},
	};
}
