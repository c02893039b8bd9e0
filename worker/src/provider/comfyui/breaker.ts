export type BreakerOptions = {
	/** Faults one after the other until it is left alone. */
	faultsUntilLeft?: number;
	/** How long it is left alone at first; twice as long each time, up to `mostMs`. */
	firstMs?: number;
	mostMs?: number;
	now?: () => number;
};
export type Breaker = ReturnType<typeof createBreaker>;

/**
 * Whether something that may fail is given work. `away` until it has answered once; `up`; `left` alone after faults one after the other, then looked at
 * again, later each time; `trying` once it answers: one piece of work at a time, until one has been done well. That it answers is no word for that it works:
 * answers make good for answers that failed, work done makes good for all.
 */
export function createBreaker({
	faultsUntilLeft = 3,
	firstMs = 1000,
	mostMs = 60_000,
	now = Date.now,
}: BreakerOptions = {}) {
	let state: 'away' | 'up' | 'trying' | 'left' = 'away';
	let silences = 0;
	let faults = 0;
	let pauseMs = firstMs;
	let lookAt = 0;
	let busy = 0;
	const leave = (to: 'away' | 'left'): void => {
		state = to;
		silences = faults = 0;
		lookAt = now() + pauseMs;
		pauseMs = Math.min(mostMs, pauseMs * 2);
	};
	return {
		state: () => state,
		/** Whether it is worth asking whether it is there. */
		mayLook: (): boolean => state === 'up' || state === 'trying' || now() >= lookAt,
		mayWork: (): boolean => state === 'up' || (state === 'trying' && busy === 0),
		/** It answered. */
		answered(): void {
			silences = 0;
			if (state === 'left') state = 'trying';
			if (state === 'away') state = 'up';
		},
		/** It did not answer. */
		silent(): void {
			if (state === 'away' || state === 'left') return leave(state);
			if (++silences >= faultsUntilLeft || state === 'trying') leave('left');
		},
		began: (): void => void busy++,
		/** Work ended: well, through its fault, or for reasons that say nothing about it. */
		ended(how: 'well' | 'fault' | 'other'): void {
			busy--;
			if (how === 'well') {
				silences = faults = 0;
				pauseMs = firstMs;
				if (state !== 'away') state = 'up';
			} else if (how === 'fault' && (state === 'up' || state === 'trying'))
				if (++faults >= faultsUntilLeft || state === 'trying') leave('left');
		},
	};
}
