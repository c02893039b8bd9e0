import { MongoServerError, type Binary, type Db, type Filter } from 'mongodb';
import type { VersionKind } from '../../src/version/version.ts';
import { bytesOf } from './journal-store.ts';

/** A version as it is stored, without the document it holds. */
export type VersionRow = {
	_id: string;
	projectId: string;
	kind: VersionKind;
	name: string | null;
	by: string;
	authors: string[];
	at: Date;
	sizeBytes: number;
	scenes: number;
	shots: number;
	words: number;
	/** Digest of the content: the same twice in a row is one version. */
	digest: string;
	/** The version that an automatic one came after; only one of them may follow another. */
	follows?: string;
};
/** The document of a version: a Yjs update, compressed by whoever keeps it, and whose its client ids are. */
export type VersionBody = { update: Uint8Array; owners: [clientId: number, owner: string][] };

/** Who restores in a project at this time, and until when others wait for them at most. */
type Turn = { _id: string; by: string; until: Date };
type Stored = VersionRow & { update: Uint8Array | Binary; owners: VersionBody['owners'] };
const withoutBody = { projection: { update: 0, owners: 0 } } as const;
/** In order, with all that thinning and counting look at: neither of them reads a document that may be megabytes long. */
const byAge = { projectId: 1, at: -1, _id: -1, kind: 1 } as const;

export type VersionStore = ReturnType<typeof createVersionStore>;

/** Versions of live documents; one record each, written once and whole. */
export function createVersionStore(db: Db) {
	const versions = db.collection<Stored>('versions', {
		writeConcern: { w: 'majority', journal: true },
		readConcern: { level: 'majority' },
	});
	const turns = db.collection<Turn>('restoreTurns');
	const list = (filter: Filter<Stored>, limit: number): Promise<VersionRow[]> =>
		versions.find(filter, withoutBody).sort({ at: -1, _id: -1 }).limit(limit).toArray();

	return {
		ready: async () =>
			void (await versions.createIndexes([
				{ key: byAge },
				{
					key: { projectId: 1, follows: 1 },
					unique: true,
					partialFilterExpression: { follows: { $exists: true } },
				},
			])),
		/** True when it is durable; false when another automatic version follows the same one already. */
		async add(row: VersionRow, { update, owners }: VersionBody): Promise<boolean> {
			try {
				await versions.insertOne({ ...row, update: Buffer.from(update), owners });
				return true;
			} catch (error) {
				if (!(error instanceof MongoServerError) || error.code !== 11000) throw error;
				// The driver may have sent it twice: then the one in the way is our own.
				return (await versions.countDocuments({ _id: row._id })) === 1;
			}
		},
		find: (id: string): Promise<VersionRow | null> => versions.findOne({ _id: id }, withoutBody),
		async body(id: string): Promise<VersionBody | null> {
			const stored = await versions.findOne({ _id: id }, { projection: { update: 1, owners: 1 } });
			return stored === null ? null : { update: bytesOf(stored.update), owners: stored.owners };
		},
		/** Those of a project, the newest first, from behind `before` on. */
		list: (projectId: string, { before, limit }: { before?: Pick<VersionRow, '_id' | 'at'>; limit: number }) =>
			list(
				before === undefined
					? { projectId }
					: { projectId, $or: [{ at: { $lt: before.at } }, { at: before.at, _id: { $lt: before._id } }] },
				limit,
			),
		newest: async (projectId: string): Promise<VersionRow | null> => (await list({ projectId }, 1))[0] ?? null,
		/** All of a project with no more than what thinning looks at, the newest first. */
		ages: (projectId: string): Promise<Pick<VersionRow, '_id' | 'kind' | 'at'>[]> =>
			versions
				.find({ projectId }, { projection: { kind: 1, at: 1 } })
				.sort({ at: -1 })
				.limit(5000)
				.hint(byAge)
				.toArray(),
		/** Gives a version a name, which keeps it for ever; null when it is gone. */
		rename: (id: string, name: string): Promise<VersionRow | null> =>
			versions.findOneAndUpdate(
				{ _id: id },
				{ $set: { name, kind: 'named' } },
				{ returnDocument: 'after', ...withoutBody },
			),
		/** Deletes versions; a named one only where its kind is asked for, so that one named a moment ago stays. */
		async remove(ids: readonly string[], isNamed: boolean): Promise<number> {
			const kind = isNamed ? ({ kind: 'named' } as const) : ({ kind: { $ne: 'named' } } as const);
			return (await versions.deleteMany({ _id: { $in: [...ids] }, ...kind })).deletedCount;
		},
		/** Takes the turn to restore in a project, on whatever server; false while somebody else has it. One that was never given back ends by itself. */
		async takeTurn(projectId: string, by: string, now: Date, ms: number): Promise<boolean> {
			try {
				const until = new Date(now.getTime() + ms);
				await turns.updateOne({ _id: projectId, until: { $lte: now } }, { $set: { by, until } }, { upsert: true });
				return true;
			} catch (error) {
				if (error instanceof MongoServerError && error.code === 11000) return false;
				throw error;
			}
		},
		giveTurnBack: async (projectId: string, by: string) => void (await turns.deleteOne({ _id: projectId, by })),
		count: (projectId: string, kind: VersionKind) => versions.countDocuments({ projectId, kind }),
		removeOfProject: async (projectId: string) => void (await versions.deleteMany({ projectId })),
	};
}
