import type { Db } from 'mongodb';
import type { ApiKeyScope } from '../../src/account/api-key.ts';

export type ApiKeyRecord = {
	_id: string;
	accountId: string;
	/** The maker's name when it was made. */
	accountName: string;
	name: string;
	begins: string;
	/** SHA-256 of the whole key, hex; the key itself is nowhere. */
	hash: string;
	scopes: ApiKeyScope[];
	createdAt: Date;
	expiresAt: Date | null;
	lastUsedAt: Date | null;
};
export type ApiKeyStore = ReturnType<typeof createApiKeyStore>;
/** The last use is noted this often, so that a busy key does not write at every call. */
const noteUseMs = 60_000;

/** Questions asked of the `apiKeys` collection. A key is found by the digest of all of it; a revoked one is gone. */
export function createApiKeyStore(db: Db) {
	const keys = db.collection<ApiKeyRecord>('apiKeys');
	return {
		ready: async () => {
			await keys.createIndexes([{ key: { hash: 1 }, unique: true }, { key: { accountId: 1, createdAt: -1 } }]);
		},
		/** Adds a key unless its maker has `most` already; keys made at the same moment may go a little over. */
		async add(record: ApiKeyRecord, most: number): Promise<boolean> {
			if ((await keys.countDocuments({ accountId: record.accountId }, { limit: most })) >= most) return false;
			await keys.insertOne(record);
			return true;
		},
		list: (accountId: string) => keys.find({ accountId }).sort({ createdAt: -1, _id: 1 }).toArray(),
		/** The key with this digest that has not ended; its use is noted. */
		async use(hash: string, now: Date): Promise<ApiKeyRecord | null> {
			const found = await keys.findOne({ hash });
			if (found === null || (found.expiresAt !== null && found.expiresAt <= now)) return null;
			if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() > noteUseMs)
				await keys.updateOne({ _id: found._id }, { $set: { lastUsedAt: now } });
			return found;
		},
		/** Whether a key is there and has not ended. */
		stands: async (id: string, now: Date): Promise<boolean> =>
			(await keys.countDocuments({ _id: id, $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] })) === 1,
		revoke: async (accountId: string, id: string): Promise<boolean> =>
			(await keys.deleteOne({ _id: id, accountId })).deletedCount === 1,
	};
}
