import { dailyUnits, dayOf, type Plan, type Unit } from '../src/plan/quota.ts';
import { isFinished } from '../src/task/task.ts';
import { createGather } from './gather.ts';
import type { Log } from './log.ts';
import type { LedgerStore } from './stores/ledger-store.ts';
import type { Charge, ChargeOutcome, QuotaStore, Settling } from './stores/quota-store.ts';
import type { EndedTask, TaskRecord } from './stores/task-record.ts';

export type ChargesDeps = {
	quotas: QuotaStore;
	ledger: LedgerStore;
	tasks: { chargesOf(ids: readonly string[]): Promise<EndedTask[]> };
	log: Log;
	now: () => Date;
	/** How long a reservation may stand without its task, or with one that has ended, before the sweep settles it. */
	graceMs?: number;
};
export type Charges = ReturnType<typeof createCharges>;

const outcomeOf = ({ status, cached }: EndedTask): ChargeOutcome =>
	status === 'succeeded' && cached !== true ? 'charged' : 'refunded';
/** A reservation belongs to one time that a task was asked for; a retry by hand, of a later revision, is a new one. */
export const chargeKey = ({ _id, revision }: Pick<TaskRecord, '_id' | 'revision'>): string => `${_id}/${revision}`;
const taskOf = (key: string): string => key.slice(0, key.indexOf('/'));

/**
 * Reserves what tasks cost when they are asked for, and settles it once when they end: what was made is charged, anything else refunded. Each step may be cut off
 * by a crash; the sweep finishes it from what is written. The order is: settled in the day's document, written in the ledger, dropped from the day. A
 * reservation is never settled as charged when the ledger has its key, so that however often and late it is tried it is paid once.
 */
export function createCharges({ quotas, ledger, tasks, log, now, graceMs = 60_000 }: ChargesDeps) {
	/** Carries reservations to their end from wherever they stand. */
	const carry = async (all: readonly Settling[]): Promise<void> => {
		if (all.length === 0) return;
		const open = all.filter(({ hold }) => hold.outcome === null);
		let ended = all.map(({ day, hold, outcome }) => ({ day, hold, outcome: hold.outcome ?? outcome }));
		if (open.length > 0) {
			const paid = await ledger.has(open.map(({ hold }) => hold.key));
			const settled = await quotas.settle(
				open.map(({ day, hold, outcome }) => ({ day, hold, outcome: paid.has(hold.key) ? 'refunded' : outcome })),
			);
			if (settled !== open.length) {
				// Somebody else has settled some of them, in their way or to the end: what is written there counts.
				const there = await quotas.held(all.map(({ day, hold }) => ({ ...day, key: hold.key })));
				ended = all.flatMap(({ day, hold }) => {
					const found = there.get(hold.key);
					return found?.mark === hold.mark && found.outcome !== null ? [{ day, hold, outcome: found.outcome }] : [];
				});
			}
		}
		if (ended.length === 0) return;
		const at = now();
		await ledger.add(
			ended.map(({ day, hold: { key, unit, units, projectId, provider }, outcome }) => {
				return { _id: key, ...day, projectId, provider, unit, units: outcome === 'charged' ? units : 0, outcome, at };
			}),
		);
		await quotas.drop(ended);
	};
	const settleAll = async (tasks: readonly EndedTask[]): Promise<void> => {
		const due = tasks.flatMap((task) => {
			const { status, charge } = task;
			return charge === undefined || charge === null || !isFinished(status)
				? []
				: [{ charge, outcome: outcomeOf(task) }];
		});
		if (due.length === 0) return;
		const holds = await quotas.held(due.map(({ charge }) => charge));
		await carry(
			due.flatMap(({ charge, outcome }) => {
				const hold = holds.get(charge.key);
				const day = { accountId: charge.accountId, day: charge.day };
				return hold === undefined ? [] : [{ day, hold, outcome }];
			}),
		);
	};
	const settle = createGather(async (tasks: EndedTask[]) => {
		await settleAll(tasks);
		return tasks;
	});
	/** Whether reservations stand. */
	const standing = createGather(async (charges: Charge[]) => {
		const holds = await quotas.held(charges);
		return charges.map(({ key }) => holds.get(key)?.outcome === null);
	});
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
			// Of two people who begin a task anew at once one does: what the other had reserved must not be taken for it.
			const own = (key: string) => `${key}/${accountId}`;
			const granted = await quotas.reserve({ ...what, accountId, day, limit }, keys.map(own), at);
			const { unit, units } = what;
			return new Map(
				keys.flatMap((key) => (granted.has(own(key)) ? [[key, { key: own(key), accountId, day, unit, units }]] : [])),
			);
		},
		/** A count that changes when reservations made before may be gone: the database died before they were on its disk. */
		losses: quotas.losses,
		/** Reserves once more, under the same keys, what such a death may have taken from tasks that are written already. What cannot be had again is left without: its task will not run. */
		async restore(plan: Plan, tasks: readonly Pick<TaskRecord, 'charge' | 'projectId' | 'provider'>[]): Promise<void> {
			const held = tasks.flatMap(({ charge, ...about }) => (charge == null ? [] : [{ ...charge, ...about }]));
			const alike = Map.groupBy(held, ({ day, unit, units, provider }) => [day, unit, units, provider].join());
			for (const [first, ...others] of alike.values()) {
				if (first === undefined) continue;
				const { key, ...what } = first;
				const limit = dailyUnits[plan][what.unit];
				await quotas.reserve({ ...what, limit }, [key, ...others.map((each) => each.key)], now());
			}
		},
		/** Whether a task's reservation stands, or it needs none; without one it may not run. */
		async stands({ charge }: Pick<TaskRecord, 'charge'>): Promise<boolean> {
			return charge === undefined || charge === null || standing(charge);
		},
		/** Settles what a task that has ended had reserved. What fails here is done by the sweep. */
		async settle(task: EndedTask): Promise<void> {
			const { charge } = task;
			if (charge === undefined || charge === null || !isFinished(task.status)) return;
			await settle(task).catch((error: unknown) =>
				log.warn({ err: error, taskId: task._id }, 'a charge was not settled'),
			);
		},
		/** Finishes what crashes have left: reservations without a task, of tasks that have ended, or half settled. */
		async sweep(): Promise<void> {
			const before = new Date(now().getTime() - graceMs);
			for await (const { accountId, day, holds } of quotas.withHoldsBefore(before)) {
				const old = holds.filter(({ at }) => at < before);
				const found = new Map(
					(await tasks.chargesOf([...new Set(old.map(({ key }) => taskOf(key)))])).map((task) => [task._id, task]),
				);
				await carry(
					old.flatMap((hold) => {
						const task = found.get(taskOf(hold.key));
						const own = task?.charge?.key === hold.key ? task : undefined;
						if (own !== undefined && !isFinished(own.status) && hold.outcome === null) return [];
						return [
							{
								day: { accountId, day },
								hold,
								outcome: own === undefined ? 'refunded' : outcomeOf(own),
							} as const,
						];
					}),
				);
			}
		},
	};
}
