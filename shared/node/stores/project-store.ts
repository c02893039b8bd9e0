import mongoose, { type Connection, Schema } from 'mongoose';
import type { Project } from '@reelroom/shared/project/project.ts';

/** A project as it is stored. */
export type ProjectRow = Pick<Project, 'workspaceId' | 'name' | 'aspectRatio' | 'fps' | 'style' | 'sample'> & {
	_id: string;
	createdBy: string;
	/** Keeps its maker's pictures of words alone; one for each. */
	forPrompts?: true;
	/** A sample whose script and pictures are still being prepared. */
	preparing: boolean;
	createdAt: Date;
	changedAt: Date;
};

const schema = new Schema<ProjectRow>(
	{
		_id: { type: String, required: true },
		workspaceId: { type: String, required: true },
		name: { type: String, required: true },
		aspectRatio: { type: String, required: true },
		fps: { type: Number, required: true },
		style: { type: String, required: true },
		sample: { type: Boolean, required: true },
		createdBy: { type: String, required: true },
		forPrompts: { type: Boolean },
		preparing: { type: Boolean, required: true },
		createdAt: { type: Date, required: true },
		changedAt: { type: Date, required: true },
	},
	{ collection: 'projects', versionKey: false },
);
schema.index({ workspaceId: 1, changedAt: -1 });
schema.index({ createdBy: 1 }, { unique: true, partialFilterExpression: { forPrompts: true } });
schema.index({ preparing: 1 }, { partialFilterExpression: { preparing: true } });

export type ProjectStore = ReturnType<typeof createProjectStore>;
type ProjectChange = { [Key in 'name' | 'aspectRatio' | 'fps' | 'style']?: ProjectRow[Key] | undefined };

/** Projects; what people edit together is in their live documents. */
export function createProjectStore(connection: Connection) {
	const model = connection.model<ProjectRow>('Project', schema);
	return {
		/** Creates the collection with its indexes. */
		open: () => model.createIndexes(),
		add: async (...rows: ProjectRow[]) => void (await model.insertMany(rows)),
		find: (id: string): Promise<ProjectRow | null> => model.findOne({ _id: id }).lean<ProjectRow>().exec(),
		/** The project of an account's pictures of words alone. */
		async forPrompts(createdBy: string): Promise<string | null> {
			const row = await model.findOne({ createdBy, forPrompts: true }, { _id: 1 }).lean<ProjectRow>().exec();
			return row?._id ?? null;
		},
		async workspaceOf(id: string): Promise<string | null> {
			const row = await model.findOne({ _id: id }, { workspaceId: 1 }).lean<ProjectRow>().exec();
			return row?.workspaceId ?? null;
		},
		/** Projects of these workspaces, newest change first. */
		ofWorkspaces: (workspaceIds: readonly string[]): Promise<ProjectRow[]> =>
			model
				.find({ workspaceId: mongoose.trusted({ $in: workspaceIds }) })
				.sort({ changedAt: -1, _id: 1 })
				.lean<ProjectRow[]>()
				.exec(),
		async idsOfWorkspace(workspaceId: string): Promise<string[]> {
			const rows = await model.find({ workspaceId }, { _id: 1 }).lean<Pick<ProjectRow, '_id'>[]>().exec();
			return rows.map((row) => row._id);
		},
		edit: (id: string, change: ProjectChange, changedAt: Date): Promise<ProjectRow | null> =>
			model
				.findOneAndUpdate({ _id: id }, { $set: { ...change, changedAt } }, { returnDocument: 'after' })
				.lean<ProjectRow>()
				.exec(),
		/** Notes that something inside the project changed. */
		touch: async (id: string, changedAt: Date) => void (await model.updateOne({ _id: id }, { $max: { changedAt } })),
		/** Deletes a project; answers whether it was there. */
		remove: async (id: string): Promise<boolean> => (await model.deleteOne({ _id: id })).deletedCount > 0,
		/** Samples that an earlier process did not finish. */
		findPreparing: (): Promise<ProjectRow[]> =>
			model.find({ preparing: true }).sort({ createdAt: 1 }).lean<ProjectRow[]>().exec(),
		/** Notes that a sample is complete. */
		prepared: async (id: string) => void (await model.updateOne({ _id: id }, { $set: { preparing: false } })),
	};
}
