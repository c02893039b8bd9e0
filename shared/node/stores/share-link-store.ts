import { Schema, type Connection } from 'mongoose';
import type { ShareKind } from '../../src/cut/film.ts';

export type ShareLinkRecord = {
	_id: string;
	projectId: string;
	filmId: string;
	kind: ShareKind;
	/** SHA-256 of the token, hex; the token itself is shown once and kept nowhere. */
	tokenHash: string;
	createdBy: string;
	createdByName: string;
	createdAt: Date;
	revokedAt: Date | null;
	views: number;
};

const schema = new Schema<ShareLinkRecord>(
	{
		_id: { type: String, required: true },
		projectId: { type: String, required: true },
		filmId: { type: String, required: true },
		// Links of earlier releases have no kind.
		kind: { type: String, default: 'view' },
		tokenHash: { type: String, required: true },
		createdBy: { type: String, required: true },
		createdByName: { type: String, required: true },
		createdAt: { type: Date, required: true },
		revokedAt: { type: Date, default: null },
		views: { type: Number, default: 0 },
	},
	{ versionKey: false },
);
schema.index({ tokenHash: 1 }, { unique: true });
schema.index({ projectId: 1, createdAt: -1 });

export type ShareLinkStore = ReturnType<typeof createShareLinkStore>;

/** Questions asked of the `shareLinks` collection. */
export function createShareLinkStore(connection: Connection) {
	const model = connection.model<ShareLinkRecord>('ShareLink', schema, 'shareLinks');
	return {
		ready: () => model.createIndexes(),
		insert: async (link: ShareLinkRecord) => void (await model.create(link)),
		list: (projectId: string) => model.find({ projectId }).sort({ createdAt: -1 }).limit(500).lean<ShareLinkRecord[]>(),
		find: (id: string) => model.findById(id).lean<ShareLinkRecord | null>(),
		findByHash: (tokenHash: string) => model.findOne({ tokenHash }).lean<ShareLinkRecord | null>(),
		/** Ends a link; ending it again keeps the first instant. */
		revoke: async (id: string, at: Date) =>
			void (await model.updateOne({ _id: id, revokedAt: null }, { $set: { revokedAt: at } })),
		countView: async (id: string) => void (await model.updateOne({ _id: id }, { $inc: { views: 1 } })),
		removeOfProject: async (projectId: string) => void (await model.deleteMany({ projectId })),
	};
}
