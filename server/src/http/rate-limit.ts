import { Problem } from '@reelroom/shared/problem.ts';

export type RateLimit = ReturnType<typeof createRateLimit>;

/** Counts failures by key, in memory; from the limit on each further one doubles the wait, up to the whole window. */
export function createRateLimit({ failures = 20, windowMs = 15 * 60_000, keys = 10_000, now = Date.now } = {}) {
	const counts = new Map<string, { failures: number; waitUntil: number; endsAt: number }>();

	function current(key: string) {
		const count = counts.get(key);
		if (count === undefined || count.endsAt > now()) return count;
		counts.delete(key);
		return undefined;
	}

	return {
		/** Throws `too-many-requests` while the key has to wait; `retryAfter` is told the seconds. */
		check(key: string, retryAfter: (seconds: number) => void): void {
			const waitMs = (current(key)?.waitUntil ?? 0) - now();
			if (waitMs <= 0) return;
			retryAfter(Math.ceil(waitMs / 1000));
			throw new Problem('too-many-requests');
		},
		/** Notes a failure. */
		failed(key: string): void {
			const before = current(key)?.failures ?? 0;
			const over = before + 1 - failures;
			const waitMs = over < 0 ? 0 : Math.min(windowMs, 1000 * 2 ** over);
			counts.delete(key);
			counts.set(key, { failures: before + 1, waitUntil: now() + waitMs, endsAt: now() + windowMs });
			// The map is in order of the last failure, so the one forgotten is the one longest quiet.
			const oldest = counts.keys().next();
			if (counts.size > keys && !oldest.done) counts.delete(oldest.value);
		},
		/** Forgets the failures of a key. */
		succeeded: (key: string) => void counts.delete(key),
	};
}
