import type { Db } from 'mongodb';
import { followChanges } from './follow-changes.ts';
import type { Log } from './log.ts';

/** Tells a worker which running tasks are to stop, in few bytes: a hint that may come twice or never. */
export function followCancels(
	db: Db,
	log: Log,
	cancelled: (taskId: string) => void,
): Promise<{ close(): Promise<void> }> {
	const status = 'updateDescription.updatedFields.status';
	return followChanges({
		watch: (options) =>
			db
				.collection('tasks')
				.watch(
					[
						{ $match: { operationType: 'update', [status]: 'cancelling' } },
						{ $project: { operationType: 1, 'documentKey._id': 1 } },
					],
					options,
				),
		hear: (change) => {
			if ('documentKey' in change) cancelled(String(change.documentKey._id));
		},
		log,
	});
}
