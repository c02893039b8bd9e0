import mongoose, { type ClientSession, type Connection, Schema } from 'mongoose';

/** A workspace as it is stored. */
export type WorkspaceRow = { _id: string; name: string; createdAt: Date };

const schema = new Schema<WorkspaceRow>(
	{
		_id: { type: String, required: true },
		name: { type: String, required: true },
		createdAt: { type: Date, required: true },
	},
	{ collection: 'workspaces', versionKey: false },
);

export type WorkspaceStore = ReturnType<typeof createWorkspaceStore>;

/** Workspaces. */
export function createWorkspaceStore(connection: Connection) {
	const model = connection.model<WorkspaceRow>('Workspace', schema);
	return {
		/** Creates the collection. */
		open: () => model.createCollection(),
		add: async (row: WorkspaceRow, session: ClientSession) => void (await model.insertMany([row], { session })),
		find: (id: string): Promise<WorkspaceRow | null> => model.findOne({ _id: id }).lean<WorkspaceRow>().exec(),
		/** The workspaces with these ids. */
		findAll: (ids: readonly string[]): Promise<WorkspaceRow[]> =>
			model
				.find({ _id: mongoose.trusted({ $in: ids }) })
				.lean<WorkspaceRow[]>()
				.exec(),
	};
}
