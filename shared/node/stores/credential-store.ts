import type { Db } from 'mongodb';
import type { CredentialKind } from '../../src/provider/credential.ts';
import type { Sealed } from '../credential-keys.ts';

/** A key for a service; it belongs to the workspace, the service and the address together, and is encrypted for these. */
export type CredentialRecord = {
	/** `workspaceId/kind`: a workspace has at most one of a kind. */
	_id: string;
	workspaceId: string;
	kind: CredentialKind;
	/** Null where the service needs none. */
	sealed: Sealed | null;
	ending: string | null;
	baseUrl: string;
	region: string | null;
	models: string[];
	/** Models that the service listed when it was tried. */
	listed: string[];
	setBy: string;
	setByName: string;
	setAt: Date;
	check: { at: Date; ok: boolean; code: string | null; detail: string } | null;
	/** Another at every change, so that what is learned of an older one is not written to it. */
	revision: string;
};
export type CredentialSettings = Pick<
	CredentialRecord,
	'region' | 'models' | 'setBy' | 'setByName' | 'setAt' | 'revision'
>;
export type CredentialStore = ReturnType<typeof createCredentialStore>;

const idOf = (workspaceId: string, kind: CredentialKind): string => `${workspaceId}/${kind}`;

/** Questions asked of the `credentials` collection. Of changes made at the same time the last one stands as a whole. */
export function createCredentialStore(db: Db) {
	const credentials = db.collection<CredentialRecord>('credentials');
	return {
		ready: async () => void (await credentials.createIndexes([{ key: { workspaceId: 1 } }])),
		list: (workspaceId: string) => credentials.find({ workspaceId }).sort({ kind: 1 }).toArray(),
		find: (workspaceId: string, kind: CredentialKind) => credentials.findOne({ _id: idOf(workspaceId, kind) }),
		/** Adds a key with all that goes with it, or puts it in the place of the one that is there. */
		async put(record: Omit<CredentialRecord, '_id' | 'listed' | 'check'>): Promise<CredentialRecord> {
			const _id = idOf(record.workspaceId, record.kind);
			const whole: CredentialRecord = { _id, ...record, listed: [], check: null };
			await credentials.replaceOne({ _id }, whole, { upsert: true });
			return whole;
		},
		/** Changes what goes with a key and leaves the key; null when there is none, or none for this address. */
		change: (workspaceId: string, kind: CredentialKind, baseUrl: string, settings: CredentialSettings) =>
			credentials.findOneAndUpdate(
				{ _id: idOf(workspaceId, kind), baseUrl },
				{ $set: { ...settings, check: null } },
				{ returnDocument: 'after' },
			),
		/** Notes how it went when a key was tried, unless it has been changed since. */
		noteCheck: (id: string, revision: string, check: NonNullable<CredentialRecord['check']>, listed: string[]) =>
			credentials.updateOne({ _id: id, revision }, { $set: { check, ...(check.ok ? { listed } : {}) } }),
		/** Puts a key that was encrypted anew in the place of the same key. */
		reseal: (id: string, from: Sealed, to: Sealed) =>
			credentials.updateOne({ _id: id, 'sealed.box': from.box }, { $set: { sealed: to } }),
		remove: async (workspaceId: string, kind: CredentialKind): Promise<boolean> =>
			(await credentials.deleteOne({ _id: idOf(workspaceId, kind) })).deletedCount === 1,
	};
}
