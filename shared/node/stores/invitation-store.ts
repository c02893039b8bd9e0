import mongoose, { type Connection, Schema } from 'mongoose';
import type { InvitedRole } from '@reelroom/shared/workspace/workspace.ts';

/** An invitation link as it is stored; its token is known to who made it only. */
export type InvitationRow = {
	/** SHA-256 of the token. */
	_id: string;
	workspaceId: string;
	projectId: string | null;
	role: InvitedRole;
	invitedBy: string;
	createdAt: Date;
	expiresAt: Date;
	/** Accounts that were removed from the workspace while this link was about: it does not let them in again. */
	barred?: string[];
};

const dayS = 24 * 3600;
const schema = new Schema<InvitationRow>(
	{
		_id: { type: String, required: true },
		workspaceId: { type: String, required: true },
		projectId: { type: String, default: null },
		role: { type: String, required: true },
		invitedBy: { type: String, required: true },
		createdAt: { type: Date, required: true },
		expiresAt: { type: Date, required: true },
		barred: { type: [String], default: undefined },
	},
	{ collection: 'invitations', versionKey: false },
);
// An ended invitation is kept a while, so that its visitor is told that it ended and not that it never was.
schema.index({ workspaceId: 1 });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 90 * dayS });

export type InvitationStore = ReturnType<typeof createInvitationStore>;

/** Invitations by link. */
export function createInvitationStore(connection: Connection) {
	const model = connection.model<InvitationRow>('Invitation', schema);
	return {
		/** Creates the collection with its indexes. */
		open: () => model.createIndexes(),
		add: async (row: InvitationRow) => void (await model.insertMany([row])),
		/** Ends what somebody has of a workspace's invitations: the links that they made, and their own way in by those of others. */
		async bar(workspaceId: string, accountId: string, now: Date): Promise<void> {
			const later = { $gt: now };
			await model.updateMany(
				{ workspaceId, invitedBy: accountId, expiresAt: mongoose.trusted(later) },
				{ $set: { expiresAt: now } },
			);
			await model.updateMany({ workspaceId, expiresAt: mongoose.trusted(later) }, { $addToSet: { barred: accountId } });
		},
		find: (tokenHash: string): Promise<InvitationRow | null> =>
			model.findOne({ _id: tokenHash }).lean<InvitationRow>().exec(),
	};
}
