import mongoose, { type ClientSession, type Connection, Schema } from 'mongoose';
import type { Role } from '@reelroom/shared/workspace/access.ts';

/** That an account belongs to a workspace, and as what. */
export type MembershipRow = { _id: string; workspaceId: string; accountId: string; role: Role; joinedAt: Date };

const schema = new Schema<MembershipRow>(
	{
		_id: { type: String, required: true },
		workspaceId: { type: String, required: true },
		accountId: { type: String, required: true },
		role: { type: String, required: true },
		joinedAt: { type: Date, required: true },
	},
	{ collection: 'memberships', versionKey: false },
);
schema.index({ workspaceId: 1, accountId: 1 }, { unique: true });
schema.index({ accountId: 1, joinedAt: 1 });

export type MembershipStore = ReturnType<typeof createMembershipStore>;

/** Who belongs to which workspace; one membership per account and workspace. */
export function createMembershipStore(connection: Connection) {
	const model = connection.model<MembershipRow>('Membership', schema);
	return {
		/** Creates the collection with its indexes. */
		open: () => model.createIndexes(),
		add: async (row: MembershipRow, session: ClientSession) => void (await model.insertMany([row], { session })),
		async roleOf(workspaceId: string, accountId: string): Promise<Role | null> {
			const row = await model.findOne({ workspaceId, accountId }, { role: 1 }).lean<MembershipRow>().exec();
			return row?.role ?? null;
		},
		/** Memberships of an account, the oldest (its own workspace) first. */
		ofAccount: (accountId: string): Promise<MembershipRow[]> =>
			model.find({ accountId }).sort({ joinedAt: 1, _id: 1 }).lean<MembershipRow[]>().exec(),
		/** Members of a workspace, the oldest first. */
		ofWorkspace: (workspaceId: string): Promise<MembershipRow[]> =>
			model.find({ workspaceId }).sort({ joinedAt: 1, _id: 1 }).lean<MembershipRow[]>().exec(),
		/** Lets an account join; a membership that exists stays, unless its role is one of `lower`. */
		async join(row: MembershipRow, lower: readonly Role[]): Promise<void> {
			const { workspaceId, accountId, role } = row;
			try {
				await model.updateOne({ workspaceId, accountId }, { $setOnInsert: row }, { upsert: true });
			} catch (error) {
				// Two acceptances at once: the unique index let one of them in, which is all that was asked for.
				if ((error as { code?: unknown }).code !== 11000) throw error;
			}
			await model.updateOne({ workspaceId, accountId, role: mongoose.trusted({ $in: lower }) }, { $set: { role } });
		},
		/** Ends a membership, never that of the owner; answers whether it was there. */
		async remove(workspaceId: string, accountId: string): Promise<boolean> {
			const result = await model.deleteOne({ workspaceId, accountId, role: mongoose.trusted({ $ne: 'owner' }) });
			return result.deletedCount > 0;
		},
	};
}
