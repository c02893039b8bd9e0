import { aheadOf, isNewClock } from './clock.ts';

class Clock {
	/** How far the server's clock is ahead of this machine's. */
	aheadMs = $state(0);
}
const clock = new Clock();

/** Learns the server's time from the `Date` header of a reply that just came. */
export function heardDate(date: string | null): void {
	const aheadMs = aheadOf(date, Date.now());
	if (aheadMs !== null && isNewClock(clock.aheadMs, aheadMs)) clock.aheadMs = aheadMs;
}

/** Now, by the server's clock: what everybody's times are told in, however wrong this machine's clock is. */
export const serverNow = (): number => Date.now() + clock.aheadMs;
