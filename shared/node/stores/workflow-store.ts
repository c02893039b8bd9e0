import { MongoServerError, type ClientSession, type Db } from 'mongodb';

/** A workflow of a workspace as it is stored, without what its versions hold. */
export type WorkflowRecord = {
	_id: string;
	workspaceId: string;
	title: string;
	about: string;
	/** Whether all of the workspace see it. */
	shared: boolean;
	/** The newest version. */
	version: number;
	revision: number;
	createdBy: string;
	createdAt: Date;
	changedAt: Date;
	deletedAt: Date | null;
};
/** One version, never changed. `text` is its content as JSON with exact numbers: BSON holds no whole numbers beyond 2^63, and no keys that begin with `$`. */
export type WorkflowVersionRecord = {
	_id: string;
	workflowId: string;
	version: number;
	text: string;
	by: string;
	at: Date;
};
type Changes = Partial<Pick<WorkflowRecord, 'title' | 'about' | 'shared'>>;
export type WorkflowStore = ReturnType<typeof createWorkflowStore>;

const isDuplicate = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11000;
const idOf = (workflowId: string, version: number): string => `${workflowId}/${version}`;

/**
 * Workflows of workspaces. A version is written together with the number that names it as the newest, in one transaction: of two who save from the same
 * version one is refused, and no version is ever named that is not there.
 */
export function createWorkflowStore(db: Db) {
	const workflows = db.collection<WorkflowRecord>('workflows');
	const versions = db.collection<WorkflowVersionRecord>('workflowVersions');
	const together = <T>(work: (session: ClientSession) => Promise<T>): Promise<T> =>
		db.client.withSession((session) => session.withTransaction(() => work(session)));
	return {
		ready: async () => {
			await workflows.createIndexes([{ key: { workspaceId: 1, changedAt: -1 } }]);
			await versions.createIndexes([{ key: { workflowId: 1, version: -1 } }]);
		},
		/** Adds a workflow with its first version. */
		add: async (record: WorkflowRecord, text: string): Promise<void> => {
			await together(async (session) => {
				await workflows.insertOne(record, { session });
				const { _id: workflowId, createdBy: by, createdAt: at } = record;
				await versions.insertOne({ _id: idOf(workflowId, 1), workflowId, version: 1, text, by, at }, { session });
			});
		},
		/** Those of a workspace that this member may see, the last changed first. */
		list: (workspaceId: string, accountId: string): Promise<WorkflowRecord[]> =>
			workflows
				.find({ workspaceId, deletedAt: null, $or: [{ shared: true }, { createdBy: accountId }] })
				.sort({ changedAt: -1, _id: 1 })
				.limit(1000)
				.toArray(),
		count: (workspaceId: string) => workflows.countDocuments({ workspaceId, deletedAt: null }),
		/** One of a workspace that this member may see, removed or not. */
		find: (workspaceId: string, accountId: string, id: string): Promise<WorkflowRecord | null> =>
			workflows.findOne({ _id: id, workspaceId, $or: [{ shared: true }, { createdBy: accountId }] }),
		/** Adds the version after `from`; null when there is a newer one than that already. */
		save: async (id: string, from: number, text: string, by: string, at: Date): Promise<WorkflowRecord | null> => {
			try {
				return await together(async (session) => {
					const saved = await workflows.findOneAndUpdate(
						{ _id: id, version: from, deletedAt: null },
						{ $set: { version: from + 1, changedAt: at } },
						{ session, returnDocument: 'after' },
					);
					if (saved === null) return null;
					const version = from + 1;
					await versions.insertOne({ _id: idOf(id, version), workflowId: id, version, text, by, at }, { session });
					return saved;
				});
			} catch (error) {
				if (isDuplicate(error)) return null;
				throw error;
			}
		},
		/** Changes what is no part of a version, where it still has this revision. */
		edit: (id: string, revision: number, changes: Changes, at: Date): Promise<WorkflowRecord | null> =>
			workflows.findOneAndUpdate(
				{ _id: id, revision, deletedAt: null },
				{ $set: { ...changes, changedAt: at }, $inc: { revision: 1 } },
				{ returnDocument: 'after' },
			),
		/** Takes it off the list, or brings it back; null when it is so already. */
		setDeleted: (id: string, at: Date | null): Promise<WorkflowRecord | null> =>
			workflows.findOneAndUpdate(
				{ _id: id, deletedAt: at === null ? { $ne: null } : null },
				{ $set: { deletedAt: at }, $inc: { revision: 1 } },
				{ returnDocument: 'after' },
			),
		/** The content of a version; also of a removed workflow, as tasks and takes name it. */
		text: async (id: string, version: number): Promise<string | null> =>
			(await versions.findOne({ _id: idOf(id, version) }))?.text ?? null,
		/** The contents of the newest versions of these. */
		texts: async (newest: readonly Pick<WorkflowRecord, '_id' | 'version'>[]): Promise<Map<string, string>> => {
			const ids = newest.map(({ _id, version }) => idOf(_id, version));
			const found = await versions.find({ _id: { $in: ids } }).toArray();
			return new Map(found.map(({ workflowId, text }) => [workflowId, text]));
		},
		versions: (id: string): Promise<Pick<WorkflowVersionRecord, 'version' | 'by' | 'at'>[]> =>
			versions
				.find({ workflowId: id }, { projection: { version: 1, by: 1, at: 1 } })
				.sort({ version: -1 })
				.limit(1000)
				.toArray(),
	};
}
