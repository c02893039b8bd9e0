/** Below this a difference is the way of a reply and the rounding of its header, and no fault of a clock. */
const leastMs = 3_000;

/** How far the server's clock is ahead of this machine's, by the `Date` header of a reply that came at `now`; null where it tells none. */
export function aheadOf(date: string | null, now: number): number | null {
	const told = date === null ? NaN : Date.parse(date);
	if (Number.isNaN(told)) return null;
	return Math.abs(told - now) < leastMs ? 0 : told - now;
}

/** Whether that is another clock than before: what shows a time is shown anew only for a reason. */
export const isNewClock = (beforeMs: number, aheadMs: number): boolean => Math.abs(aheadMs - beforeMs) >= leastMs;
