import mongoose, { type Connection, Schema } from 'mongoose';

/** One sign-in: a family of refresh tokens of which only the newest works. */
export type SessionRow = {
	_id: string;
	accountId: string;
	/** How often it was refreshed; the number of the newest token. */
	generation: number;
	/** SHA-256 of the newest token. */
	tokenHash: string;
	refreshedAt: Date;
	createdAt: Date;
	expiresAt: Date;
};

const schema = new Schema<SessionRow>(
	{
		_id: { type: String, required: true },
		accountId: { type: String, required: true },
		generation: { type: Number, required: true },
		tokenHash: { type: String, required: true },
		refreshedAt: { type: Date, required: true },
		createdAt: { type: Date, required: true },
		expiresAt: { type: Date, required: true },
	},
	{ collection: 'sessions', versionKey: false },
);
schema.index({ accountId: 1 });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Sign-ins and the hash of the one refresh token that each has. */
export function createSessionStore(connection: Connection) {
	const model = connection.model<SessionRow>('Session', schema);
	return {
		/** Creates the collection with its indexes. */
		open: () => model.createIndexes(),
		add: async (row: SessionRow) => void (await model.insertMany([row])),
		find: (id: string): Promise<SessionRow | null> => model.findOne({ _id: id }).lean<SessionRow>().exec(),
		/** Replaces the newest token by its successor; null when it was not the newest any more or the sign-in is over. */
		rotate: (id: string, tokenHash: string, successorHash: string, now: Date): Promise<SessionRow | null> =>
			model
				.findOneAndUpdate(
					{ _id: id, tokenHash, expiresAt: mongoose.trusted({ $gt: now }) },
					{ $set: { tokenHash: successorHash, refreshedAt: now }, $inc: { generation: 1 } },
					{ returnDocument: 'after' },
				)
				.lean<SessionRow>()
				.exec(),
		/** Whether a sign-in is there and not over. */
		stands: async (id: string, now: Date): Promise<boolean> =>
			(await model.countDocuments({ _id: id, expiresAt: mongoose.trusted({ $gt: now }) })) === 1,
		/** Ends a sign-in: none of its refresh tokens works again. */
		end: async (id: string) => void (await model.deleteOne({ _id: id })),
	};
}
