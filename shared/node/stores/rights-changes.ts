import type { ChangeStream, Db, ResumeToken } from 'mongodb';
import { quietMs } from '../quiet.ts';

const reopenAfterMs = 500;
/** The server no longer knows where the stream was. */
const historyLost = 286;

export type RightsChanges = {
	/** The role of this account over something may have changed; null: anybody's may have. */
	roleChanged(accountId: string | null): void;
	/** This sign-in has ended, or the API key of this id was revoked; null: any may have. */
	signInEnded(id: string | null): void;
	failed(error: unknown): void;
};

/**
 * Calls back when a role may have changed and when a sign-in has ended, on whatever server that was; whoever follows need not ask again and again.
 * After a lost connection, in which changes may have been missed, anybody's may have.
 */
export function followRights(db: Db, on: RightsChanges): { close(): Promise<void> } {
	let stream: ChangeStream | undefined;
	let token: ResumeToken;
	let timer: NodeJS.Timeout | undefined;
	let closed = false;
	const open = (): void => {
		const current = db.watch(
			[
				{
					$match: {
						$or: [
							{ 'ns.coll': 'memberships' },
							{ 'ns.coll': 'projects', operationType: 'delete' },
							{ 'ns.coll': 'projects', 'updateDescription.updatedFields.workspaceId': { $exists: true } },
							{ 'ns.coll': { $in: ['sessions', 'apiKeys'] }, operationType: 'delete' },
						],
					},
				},
			],
			{ maxAwaitTimeMS: quietMs, ...(token === undefined ? {} : { resumeAfter: token }) },
		);
		stream = current;
		current.on('resumeTokenChanged', (next) => (token = next));
		current.on('change', (change) => {
			if (!('ns' in change) || !('documentKey' in change)) return;
			const { coll } = change.ns as { coll: string };
			if (coll === 'sessions' || coll === 'apiKeys') return on.signInEnded(String(change.documentKey._id));
			const row = 'fullDocument' in change ? (change.fullDocument as { accountId?: string } | undefined) : undefined;
			// Of what was changed in place or deleted only the id is told.
			on.roleChanged(row?.accountId ?? null);
		});
		current.on('error', (error) => {
			if (closed || stream !== current) return;
			on.failed(error);
			stream = undefined;
			if ((error as { code?: unknown }).code === historyLost) token = undefined;
			void current.close().catch(on.failed);
			timer = setTimeout(() => {
				open();
				on.roleChanged(null);
				on.signInEnded(null);
			}, reopenAfterMs);
		});
	};
	open();
	return {
		async close() {
			closed = true;
			clearTimeout(timer);
			await stream?.close();
		},
	};
}
