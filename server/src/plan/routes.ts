import { planApi } from '@reelroom/shared/plan/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Quotas } from './quotas.ts';
import type { Usages } from './usages.ts';

/** The quota over HTTP, and what was used. */
export const planRoutes = (quotas: Quotas, usages: Usages): Route[] => [
	on(planApi.quota, (_input, actor) => quotas.read(actor)),
	on(planApi.usage, ({ params, query }, actor) => usages.read(actor, params.id, query)),
	on(planApi.ledger, ({ params, query }, actor) => usages.ledger(actor, params.id, query)),
];
