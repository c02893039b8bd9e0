import { planApi } from '@reelroom/shared/plan/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Quotas } from './quotas.ts';

/** The quota over HTTP. */
export const planRoutes = (quotas: Quotas): Route[] => [on(planApi.quota, (_input, actor) => quotas.read(actor))];
