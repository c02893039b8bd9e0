import type { Log } from '@reelroom/shared/node/log.ts';
import type { DurationStore } from '@reelroom/shared/node/stores/duration-store.ts';

/** What was learned is written down at most this often. */
const writeAfterMs = 2_000;

/** Makes the function that learns how long tasks take; of many at the same time one note is made. */
export function createLearning({
	durations,
	log,
	now,
}: {
	durations: Pick<DurationStore, 'learn'>;
	log: Log;
	now: () => Date;
}): (timeKey: string, ms: number) => void {
	let took = new Map<string, number[]>();
	let timer: NodeJS.Timeout | undefined;
	return (timeKey, ms) => {
		const times = took.get(timeKey) ?? [];
		took.set(timeKey, times);
		times.push(ms);
		timer ??= setTimeout(() => {
			const learned = took;
			took = new Map();
			timer = undefined;
			durations.learn(learned, now()).catch((error: unknown) => log.debug({ err: error }, 'a time was not learned'));
		}, writeAfterMs).unref();
	};
}
