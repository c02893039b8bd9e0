import mongoose, { type ClientSession, type Connection, Schema } from 'mongoose';
import type { Language, Theme } from '@reelroom/shared/account/account.ts';
import type { Plan } from '@reelroom/shared/plan/quota.ts';

/** An account as it is stored. */
export type AccountRow = {
	_id: string;
	email: string;
	name: string;
	passwordHash: string;
	language: Language;
	theme: Theme;
	administrator: boolean;
	/** Absent: the plan of this install. */
	plan?: Plan;
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
		plan: { type: String },
		createdAt: { type: Date, required: true },
	},
	{ collection: 'accounts', versionKey: false },
);
schema.index({ email: 1 }, { unique: true });

/** The one seat of the first administrator; whoever writes it first has it. */
type SeatRow = { _id: 'administrator'; accountId: string };
const seatSchema = new Schema<SeatRow>(
	{ _id: { type: String, required: true }, accountId: { type: String, required: true } },
	{ collection: 'seats', versionKey: false },
);

export type AccountStore = ReturnType<typeof createAccountStore>;

/** Accounts, one per e-mail. */
export function createAccountStore(connection: Connection) {
	const model = connection.model<AccountRow>('Account', schema);
	const seats = connection.model<SeatRow>('Seat', seatSchema);
	return {
		/** Creates the collection with its indexes. */
		async open() {
			await seats.createCollection();
			await model.createIndexes();
		},
		/** Adds an account; a taken e-mail breaks the unique index. */
		add: async (row: AccountRow, session: ClientSession) => void (await model.insertMany([row], { session })),
		find: (id: string): Promise<AccountRow | null> => model.findOne({ _id: id }).lean<AccountRow>().exec(),
		findByEmail: (email: string): Promise<AccountRow | null> => model.findOne({ email }).lean<AccountRow>().exec(),
		/** Gives the seat of the administrator to this account, with the account or not at all; false when it is taken. Of two at once one starts its transaction again. */
		async takeSeat(accountId: string, session: ClientSession): Promise<boolean> {
			await seats.updateOne({ _id: 'administrator' }, { $setOnInsert: { accountId } }, { upsert: true, session });
			const seat = await seats.findOne({ _id: 'administrator' }, null, { session }).lean<SeatRow>().exec();
			return seat?.accountId === accountId;
		},
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
