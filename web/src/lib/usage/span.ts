import { dayOf } from '@reelroom/shared/plan/quota.ts';

/** How many days of usage may be looked at. */
export const spans = [7, 30, 90, 365] as const;
export type Span = (typeof spans)[number];

/** The span in an address; thirty days where it names none. */
export const readSpan = (query: Pick<URLSearchParams, 'get'>): Span =>
	spans.find((span) => String(span) === query.get('days')) ?? 30;

/** The days of a span that ends today, in UTC as the plan counts them. */
export const daysOf = (span: Span, now: number): { from: string; to: string } => ({
	from: dayOf(new Date(now - (span - 1) * 24 * 3_600_000)),
	to: dayOf(new Date(now)),
});
