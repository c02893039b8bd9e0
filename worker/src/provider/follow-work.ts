import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '@reelroom/shared/problem.ts';

/** How work stands at a service; `done` with what it brought. */
export type WorkState<T> = { state: 'queued' | 'running' | 'unknown' } | { state: 'done'; result: T };

export type FollowWork<T> = {
	look: () => Promise<WorkState<T>>;
	/** Told at every look. */
	tell: (state: 'queued' | 'running') => Promise<void>;
	signal: AbortSignal;
	/** Between two looks; the first ones come sooner. */
	pollMs: number;
	/** How long work that was just asked for may be unknown. */
	unknownMs: number;
};
/** Looks that fail in a row before it is given up for now. */
const failuresAtMost = 5;

/**
 * Looks at work elsewhere until it is done. A look that fails because the service is away or asks to wait is repeated; after several in a row the task fails
 * with that, and the work can be found again.
 */
export async function followWork<T>({ look, tell, signal, pollMs, unknownMs }: FollowWork<T>): Promise<T> {
	const began = Date.now();
	let failures = 0;
	for (let looks = 0; ; looks++) {
		signal.throwIfAborted();
		let waitMs = Math.min(pollMs, 250 * 2 ** Math.min(looks, 10));
		try {
			const now = await look();
			failures = 0;
			if (now.state === 'done') return now.result;
			if (now.state !== 'unknown') await tell(now.state);
			else if (Date.now() - began > unknownMs)
				throw new Problem('provider-failed', 'The provider does not know this work any more');
		} catch (error) {
			const isPassing =
				error instanceof Problem && (error.code === 'provider-unavailable' || error.code === 'provider-busy');
			if (!isPassing || error.constructor !== Problem || ++failures >= failuresAtMost) throw error;
			waitMs = Math.max(waitMs * failures, error.retryAfterMs ?? 0);
		}
		await pause(waitMs, undefined, { signal }).catch((error: unknown) => {
			signal.throwIfAborted();
			throw error;
		});
	}
}
