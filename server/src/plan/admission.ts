import { chargeKey, type Charges } from '@reelroom/shared/node/charges.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { dayOf, endOf, priceOf, type Plan, type Unit } from '@reelroom/shared/plan/quota.ts';
import type { TaskKind } from '@reelroom/shared/task/task.ts';

export type AdmissionDeps = {
	charges: Pick<Charges, 'reserve' | 'losses' | 'restore'>;
	planOf: (accountId: string) => Promise<Plan>;
	/** What one picture of a provider costs. */
	prices: Readonly<Record<string, number>>;
	now: () => Date;
};
/** Tasks that may be queued, with what they have reserved, and those for which the plan had nothing left. */
export type Admitted = {
	admitted: TaskRecord[];
	refused: TaskRecord[];
	/** To be called once they are written: makes good what a database that died between the two has forgotten of their reservations. */
	keep(): Promise<void>;
};
export type Admit = (accountId: string, tasks: readonly TaskRecord[]) => Promise<Admitted>;

const unitOf: Readonly<Record<TaskKind, Unit | null>> = { image: 'image', video: 'video', render: null };

/** Says that the plan is used up, and until when. */
export function quotaExceeded(now: Date): Problem {
	const resetAt = endOf(dayOf(now)).toISOString();
	return new Problem('quota-exceeded', `Nothing is left for today; a new day begins at ${resetAt}`, {
		retryAt: resetAt,
	});
}

/** Makes the function that admits tasks as far as the asker's plan reaches: the first ones, and it is told which not. What costs nothing is always admitted. */
export function createAdmission({ charges, planOf, prices }: AdmissionDeps): Admit {
	return async (accountId, tasks) => {
		const losses = charges.losses();
		const priced = Map.groupBy(tasks, ({ kind, provider }) => {
			const unit = unitOf[kind];
			return unit === null || priceOf(prices, provider) === 0 ? 'free' : `${unit}/${provider}`;
		});
		const free = new Set(priced.get('free'));
		priced.delete('free');
		const plan = priced.size === 0 ? 'free' : await planOf(accountId);
		const charged = new Map<string, NonNullable<TaskRecord['charge']>>();
		for (const [first, ...others] of priced.values()) {
			const unit = first === undefined ? null : unitOf[first.kind];
			if (first === undefined || unit === null) continue;
			const { projectId, provider } = first;
			const what = { unit, units: priceOf(prices, provider), projectId, provider };
			const granted = await charges.reserve({ accountId, plan }, what, [first, ...others].map(chargeKey));
			for (const [key, charge] of granted) charged.set(key, charge);
		}
		const admitted: TaskRecord[] = [];
		const refused: TaskRecord[] = [];
		for (const task of tasks) {
			const charge = charged.get(chargeKey(task));
			if (free.has(task)) admitted.push(task);
			else if (charge === undefined) refused.push(task);
			else admitted.push({ ...task, charge });
		}
		return {
			admitted,
			refused,
			async keep() {
				if (charged.size > 0 && charges.losses() !== losses) await charges.restore(plan, admitted);
			},
		};
	};
}
