import { setTimeout as wait } from 'node:timers/promises';
import type { Mongo } from '../../shared/node/mongo.ts';
import type { LedgerRecord } from '../../shared/node/stores/ledger-store.ts';
import type { QuotaRecord } from '../../shared/node/stores/quota-store.ts';
import type { TakeRecord } from '../../shared/node/stores/take-store.ts';
import type { TaskRecord } from '../../shared/node/stores/task-record.ts';

type Db = Mongo['db'];
/** Of the samples of a new account some may have been drawn by another one, which costs nothing. */
const provider = 'comfyui';

/** What was answered: the tasks, and those whose cancelling was taken. */
export type Asked = { tasks: Set<string>; cancels: Set<string>; wrong: string[] };

/** Every task that was answered is there and at one end, a succeeded one with one take, any other with none; answers how many ended how. */
export async function checkTasks(db: Db, { tasks: asked, cancels, wrong }: Asked): Promise<Record<string, number>> {
	const tasks = await db.collection<TaskRecord>('tasks').find({ provider }).toArray();
	const kept = { provider, discardedAt: { $exists: false } };
	const takes = await db.collection<TakeRecord>('takes').find(kept).toArray();
	const byTask = Map.groupBy(takes, ({ taskId }) => taskId);
	const found = new Map(tasks.map((task) => [task._id, task]));
	for (const id of asked) if (!found.has(id)) wrong.push(`${id} was answered and is not there`);
	const ends: Record<string, number> = {};
	for (const task of tasks) {
		const { _id: id, status, problem } = task;
		const end = status === 'failed' ? `failed: ${problem?.code}` : status;
		ends[end] = (ends[end] ?? 0) + 1;
		if (!asked.has(id)) wrong.push(`${id} is there and was answered to nobody`);
		const made = byTask.get(id)?.length ?? 0;
		if (made !== (status === 'succeeded' ? 1 : 0)) wrong.push(`${id} ${status} with ${made} takes`);
		if (cancels.has(id) && !['cancelled', 'succeeded', 'failed'].includes(status))
			wrong.push(`${id} was cancelled and is ${status}`);
		if (task.slot !== undefined) wrong.push(`${id} is at its end and keeps a place`);
	}
	return ends;
}

/** Of each account and day the count, the ledger and what was made are the same, and nothing is reserved any more; given a moment, as what ended last is settled behind it. */
export async function checkCharges(db: Db, accountIds: readonly string[], wrong: string[]): Promise<void> {
	let found: string[] = [];
	// What was reserved when a server died is found by the sweep, which leaves alone what is younger than a minute.
	for (let tries = 0; tries < 400; tries++) {
		found = [];
		for (const accountId of accountIds) found.push(...(await faultsOf(db, accountId)));
		if (found.length === 0) return;
		await wait(300);
	}
	wrong.push(...found);
}

async function faultsOf(db: Db, accountId: string): Promise<string[]> {
	const days = await db.collection<QuotaRecord>('quotas').find({ accountId }).toArray();
	const ledger = await db.collection<LedgerRecord>('ledger').find({ accountId }).toArray();
	const made = await db
		.collection<TaskRecord>('tasks')
		.countDocuments({ provider, createdBy: accountId, status: 'succeeded' });
	const counted = days.reduce((sum, { used }) => sum + used.image, 0);
	const taken = days.reduce((sum, day) => sum + day.taken.image, 0);
	const charged = ledger.reduce((sum, { units }) => sum + units, 0);
	const open = days.flatMap(({ holds }) => holds.filter(({ outcome }) => outcome === null)).length;
	return new Set([made, counted, taken, charged]).size === 1 && open === 0
		? []
		: [`${accountId}: made ${made}, counted ${counted}, taken ${taken}, in the ledger ${charged}, reserved ${open}`];
}
