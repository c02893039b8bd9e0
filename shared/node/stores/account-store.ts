import mongoose, { type ClientSession, type Connection, Schema } from 'mongoose';
import type { Language, Theme } from '@reelroom/shared/account/account.ts';

/** An account as it is stored. */
export type AccountRow = {
	_id: string;
	email: string;
	name: string;
	passwordHash: string;
	language: Language;
	theme: Theme;
	administrator: boolean;
	createdAt: Date;
};

const schema = new Schema<AccountRow>(
	{
		_id: { type: String, required: true },
		email: { type: String, required: true },
		name: { type: String, required: true },
		passwordHash: { type: String, required: true },
		language: { type: String, required: true },
		theme: { type: String, required: true },
		administrator: { type: Boolean, required: true },
		createdAt: { type: Date, required: true },
	},
	{ collection: 'accounts', versionKey: false },
);
schema.index({ email: 1 }, { unique: true });

export type AccountStore = ReturnType<typeof createAccountStore>;

/** Accounts, one per e-mail. */
export function createAccountStore(connection: Connection) {
	const model = connection.model<AccountRow>('Account', schema);
	return {
		/** Creates the collection with its indexes. */
		open: () => model.createIndexes(),
		/** Adds an account; a taken e-mail breaks the unique index. */
		add: async (row: AccountRow, session: ClientSession) => void (await model.insertMany([row], { session })),
		find: (id: string): Promise<AccountRow | null> => model.findOne({ _id: id }).lean<AccountRow>().exec(),
		findByEmail: (email: string): Promise<AccountRow | null> => model.findOne({ email }).lean<AccountRow>().exec(),
		isEmpty: async () => (await model.findOne({}, { _id: 1 }).lean().exec()) === null,
		edit: (id: string, change: Partial<Pick<AccountRow, 'name' | 'language' | 'theme'>>): Promise<AccountRow | null> =>
			model.findOneAndUpdate({ _id: id }, { $set: change }, { returnDocument: 'after' }).lean<AccountRow>().exec(),
		/** Names by id. */
		async namesOf(ids: readonly string[]): Promise<Map<string, string>> {
			const rows = await model
				.find({ _id: mongoose.trusted({ $in: ids }) }, { name: 1 })
				.lean<Pick<AccountRow, '_id' | 'name'>[]>()
				.exec();
			return new Map(rows.map((row) => [row._id, row.name]));
		},
	};
}
