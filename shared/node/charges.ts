import { dailyUnits, dayOf, type Plan, type Unit } from '../src/plan/quota.ts';
import { isFinished, type TaskStatus } from '../src/task/task.ts';
import type { Log } from './log.ts';
import type { LedgerStore } from './stores/ledger-store.ts';
import type { Charge, ChargeOutcome, Hold, QuotaStore } from './stores/quota-store.ts';
import type { TaskRecord } from './stores/task-store.ts';

type Ended = Pick<TaskRecord, '_id' | 'status' | 'charge'>;
export type ChargesDeps = {
	quotas: QuotaStore;
	ledger: LedgerStore;
	tasks: { chargesOf(ids: readonly string[]): Promise<Ended[]> };
	log: Log;
	now: () => Date;
	/** How long a reservation may stand without its task, or with one that has ended, before the sweep settles it. */
	graceMs?: number;
};
export type Charges = ReturnType<typeof createCharges>;

const outcomeOf = (status: TaskStatus): ChargeOutcome => (status === 'succeeded' ? 'charged' : 'refunded');
/** A reservation belongs to one time that a task was asked for; a retry by hand, of a later revision, is a new one. */
export const chargeKey = ({ _id, revision }: Pick<TaskRecord, '_id' | 'revision'>): string => `${_id}/${revision}`;
const taskOf = (key: string): string => key.slice(0, key.lastIndexOf('/'));

/**
 * Reserves what tasks cost when they are asked for, and settles it once when they end: success is charged, anything else refunded. Each step may be cut off
 * by a crash; the sweep finishes it from what is written. The order is: settled in the day's document, written in the ledger, dropped from the day. A
 * reservation is never settled as charged when the ledger has its key, so that however often and late it is tried it is paid once.
 */
export function createCharges({ quotas, ledger, tasks, log, now, graceMs = 60_000 }: ChargesDeps) {
	/** Carries one reservation to its end from wherever it stands. */
	const carry = async (day: Pick<Charge, 'accountId' | 'day'>, hold: Hold, outcome: ChargeOutcome): Promise<void> => {
		let ended = hold.outcome;
		if (ended === null) {
			const again = await ledger.has(hold.key);
			if (!(await quotas.settle(day, hold, again ? 'refunded' : outcome))) return;
			ended = outcome;
		}
		const { key, unit, projectId, provider } = hold;
		const units = ended === 'charged' ? hold.units : 0;
		await ledger.add({ _id: key, ...day, projectId, provider, unit, units, outcome: ended, at: now() });
		await quotas.drop(day, hold);
	};
	const settle = async ({ status, charge }: Ended): Promise<void> => {
		if (charge === undefined || charge === null || !isFinished(status)) return;
		const day = { accountId: charge.accountId, day: charge.day };
		const hold = await quotas.held(charge);
		if (hold !== null) await carry(day, hold, outcomeOf(status));
	};
	return {
		/** Reserves one charge for each of these keys, as far as the plan reaches today. */
		async reserve(
			by: { accountId: string; plan: Plan },
			what: { unit: Unit; units: number; projectId: string; provider: string },
			keys: readonly string[],
		): Promise<Map<string, Charge>> {
			const at = now();
			const day = dayOf(at);
			const { accountId, plan } = by;
			const limit = dailyUnits[plan][what.unit];
			const granted = await quotas.reserve({ ...what, accountId, day, limit }, keys, at);
			const { unit, units } = what;
			return new Map(keys.filter((key) => granted.has(key)).map((key) => [key, { key, accountId, day, unit, units }]));
		},
		/** Whether a task's reservation stands, or it needs none; without one it may not run. */
		async stands({ charge }: Pick<TaskRecord, 'charge'>): Promise<boolean> {
			return charge === undefined || charge === null || (await quotas.held(charge))?.outcome === null;
		},
		/** Settles what a task that has ended had reserved. What fails here is done by the sweep. */
		async settle(task: Ended): Promise<void> {
			await settle(task).catch((error: unknown) =>
				log.warn({ err: error, taskId: task._id }, 'a charge was not settled'),
			);
		},
		/** Finishes what crashes have left: reservations without a task, of tasks that have ended, or half settled. */
		async sweep(): Promise<void> {
			const before = new Date(now().getTime() - graceMs);
			for (const { accountId, day, holds } of await quotas.withHoldsBefore(before)) {
				const old = holds.filter(({ at }) => at < before);
				const found = new Map(
					(await tasks.chargesOf([...new Set(old.map(({ key }) => taskOf(key)))])).map((task) => [task._id, task]),
				);
				for (const hold of old) {
					const task = found.get(taskOf(hold.key));
					const own = task?.charge?.key === hold.key ? task : undefined;
					if (own === undefined || isFinished(own.status) || hold.outcome !== null)
						await carry({ accountId, day }, hold, own === undefined ? 'refunded' : outcomeOf(own.status));
				}
			}
		},
	};
}
