import { MongoServerError } from 'mongodb';
import type { Binary, Db } from 'mongodb';
import { bytesOf } from './journal-store.ts';

/** The whole of a live document up to a row of its journal. */
export type Snapshot = {
	projectId: string;
	/** Grows with every write; a writer that has not seen the newest one is refused. */
	version: number;
	seq: number;
	update: Uint8Array;
	owners: [clientId: number, accountId: string][];
	/** The same document as it is sent to whoever has nothing of it. */
	packed?: Uint8Array;
};

type Stored = Omit<Snapshot, 'projectId' | 'update' | 'packed'> & {
	_id: string;
	update: Uint8Array | Binary;
	packed?: Uint8Array | Binary;
};

export type SnapshotStore = {
	read(projectId: string): Promise<Snapshot | null>;
	/** True when it was written; false when somebody else has written `snapshot.version` already. */
	write(snapshot: Snapshot): Promise<boolean>;
	remove(projectId: string): Promise<void>;
};

/** Snapshots of live documents, one per project. */
export function createSnapshotStore(db: Db): SnapshotStore {
	const snapshots = db.collection<Stored>('snapshots', {
		writeConcern: { w: 'majority', journal: true },
		readConcern: { level: 'majority' },
	});

	return {
		async read(projectId) {
			const stored = await snapshots.findOne({ _id: projectId });
			if (stored === null) return null;
			const { _id, update, packed, ...rest } = stored;
			const read = { ...rest, projectId: _id, update: bytesOf(update) };
			return packed === undefined ? read : { ...read, packed: bytesOf(packed) };
		},
		async write({ projectId, update, packed, ...rest }) {
			const fields = {
				...rest,
				update: Buffer.from(update),
				...(packed !== undefined && { packed: Buffer.from(packed) }),
			};
			if (rest.version > 1)
				return (await snapshots.replaceOne({ _id: projectId, version: rest.version - 1 }, fields)).matchedCount === 1;
			try {
				await snapshots.insertOne({ _id: projectId, ...fields });
				return true;
			} catch (error) {
				if (error instanceof MongoServerError && error.code === 11000) return false;
				throw error;
			}
		},
		async remove(projectId) {
			await snapshots.deleteOne({ _id: projectId });
		},
	};
}
