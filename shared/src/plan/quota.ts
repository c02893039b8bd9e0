import * as z from 'zod';

/** What a person may generate each day, from the least to the most. */
export const plans = ['free', 'pro', 'studio'] as const;
export const Plan = z.enum(plans);
export type Plan = z.infer<typeof Plan>;

/** What a plan counts. */
export const units = ['image', 'video'] as const;
export const Unit = z.enum(units);
export type Unit = z.infer<typeof Unit>;

/** Units a day by plan; null is without a limit. */
export const dailyUnits: Readonly<Record<Plan, Readonly<Record<Unit, number | null>>>> = {
	free: { image: 10, video: 2 },
	pro: { image: 100, video: 20 },
	studio: { image: null, video: null },
};

/** How many tasks of a kind somebody may have running at once; null is without a limit. */
export const tasksAtOnce: Readonly<Record<Plan, number | null>> = { free: 2, pro: 4, studio: null };

/** What has been taken of a day: settled and reserved together, and settled alone. */
export type DayCount = { taken: Readonly<Record<Unit, number>>; used: Readonly<Record<Unit, number>> };

const UnitsLeft = z.strictObject({
	/** Null where the plan has no limit. */
	limit: z.int().nullable(),
	/** Of takes that were made today. */
	used: z.int(),
	/** Of tasks that are not at their end yet. */
	reserved: z.int(),
	left: z.int().nullable(),
});
/** What somebody may still generate today. */
export const Quota = z.strictObject({
	plan: Plan,
	/** The day it counts for, in UTC. */
	day: z.string(),
	/** When the next day begins. */
	resetAt: z.string(),
	images: UnitsLeft,
	videos: UnitsLeft,
	/** What one picture or clip of each provider costs; a provider that is not named costs 1. */
	prices: z.record(z.string(), z.int()),
});
export type Quota = z.infer<typeof Quota>;

/** The day of an instant, in UTC. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
/** The first instant after a day. */
export const endOf = (day: string): Date => new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 3_600_000);

/** What one picture or clip of a provider costs. */
export const priceOf = (prices: Readonly<Record<string, number>>, provider: string): number =>
	Object.hasOwn(prices, provider) ? (prices[provider] ?? 1) : 1;

/** What is left of a day under a plan. A plan that was lowered during the day leaves nothing, never less. */
export function quotaOf(
	plan: Plan,
	day: string,
	{ taken, used }: DayCount,
	prices: Readonly<Record<string, number>>,
): Quota {
	const left = (unit: Unit) => {
		const limit = dailyUnits[plan][unit];
		return {
			limit,
			used: used[unit],
			reserved: taken[unit] - used[unit],
			left: limit === null ? null : Math.max(0, limit - taken[unit]),
		};
	};
	return { plan, day, resetAt: endOf(day).toISOString(), images: left('image'), videos: left('video'), prices };
}
