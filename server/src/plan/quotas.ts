import type { QuotaStore } from '@reelroom/shared/node/stores/quota-store.ts';
import { dayOf, quotaOf, type Plan, type Quota } from '@reelroom/shared/plan/quota.ts';
import type { Actor } from '../http/on.ts';

export type QuotasDeps = {
	store: Pick<QuotaStore, 'find'>;
	planOf: (accountId: string) => Promise<Plan>;
	prices: Readonly<Record<string, number>>;
	now: () => Date;
};
export type Quotas = ReturnType<typeof createQuotas>;
const nothing = { taken: { image: 0, video: 0 }, used: { image: 0, video: 0 } };

/** The use case of the quota: what is left today. */
export function createQuotas({ store, planOf, prices, now }: QuotasDeps) {
	return {
		async read(actor: Actor): Promise<Quota> {
			const { id } = actor.signedIn();
			const day = dayOf(now());
			const [plan, count] = await Promise.all([planOf(id), store.find(id, day)]);
			return quotaOf(plan, day, count ?? nothing, { ...prices });
		},
	};
}
