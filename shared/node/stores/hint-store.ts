import type { Db } from 'mongodb';

/** What one server did that the others must act upon at once. */
export type HintRecord = {
	_id: string;
	serverId: string;
	kind: 'access.ended' | 'project.changed' | 'project.deleted';
	projectIds: string[];
	accountId: string | null;
	at: Date;
};
export type HintStore = ReturnType<typeof createHintStore>;

/** Hints from server to server, told by the change stream and gone by themselves. */
export function createHintStore(db: Db) {
	const hints = db.collection<HintRecord>('hints', { writeConcern: { w: 1, journal: false } });
	return {
		ready: async () => void (await hints.createIndexes([{ key: { at: 1 }, expireAfterSeconds: 60 }])),
		put: async (hint: HintRecord) => void (await hints.insertOne(hint)),
	};
}
