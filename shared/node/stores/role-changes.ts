import type { ChangeStream, Db } from 'mongodb';
import { quietMs } from '../quiet.ts';

const reopenAfterMs = 500;

/**
 * Calls back with the account whose role over something may have changed; null when it may be anybody's, as after a lost
 * connection, in which changes may have been missed. Whoever follows need not ask again and again.
 */
export function followRoles(
	db: Db,
	on: { changed(accountId: string | null): void; failed(error: unknown): void },
): { close(): Promise<void> } {
	let stream: ChangeStream | undefined;
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
						],
					},
				},
			],
			{ maxAwaitTimeMS: quietMs },
		);
		stream = current;
		current.on('change', (change) => {
			const row = 'fullDocument' in change ? (change.fullDocument as { accountId?: string } | undefined) : undefined;
			// Of what was changed in place or deleted only the id is told.
			on.changed(row?.accountId ?? null);
		});
		current.on('error', (error) => {
			if (closed || stream !== current) return;
			on.failed(error);
			stream = undefined;
			void current.close().catch(on.failed);
			timer = setTimeout(() => {
				open();
				on.changed(null);
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
