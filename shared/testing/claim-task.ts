import type { Db } from 'mongodb';
import { onDisk } from '../node/on-disk.ts';
import { createTaskClaims } from '../node/stores/task-claims.ts';
import type { TaskRecord } from '../node/stores/task-record.ts';

/** Claims one task as a worker would whose turn has come to it; what else it gets it gives back. */
export async function claimTask(db: Db, id: string, worker = 'worker-0001'): Promise<TaskRecord> {
	const claims = createTaskClaims(db);
	const first = { $set: { turn: 0 } };
	const found = await db.collection<TaskRecord>('tasks').findOneAndUpdate({ _id: id }, first);
	if (found === null) throw new Error('There is no such task.');
	const rooms = new Map([[found.provider, 1_000]]);
	const by = { id: worker, name: worker };
	const { taken } = await claims.take(
		{ kind: found.kind, most: 1_000, rooms, pausedProjects: async () => [] },
		by,
		new Date(),
	);
	for (const task of taken) if (task._id !== id) await claims.release(task._id, task.claim, new Date());
	const claimed = taken.find(({ _id }) => _id === id);
	await onDisk(db);
	if (claimed === undefined) throw new Error('This task cannot be claimed.');
	return claimed;
}
