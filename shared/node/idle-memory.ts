import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A process counts as idle below this share of a processor: somebody who types must not meet the pause of a collection. */
const idleShare = 0.08;
/** Less than this is not worth a pause. */
const worthBytes = 32 * 1024 * 1024;
/** Nor is it done more often than this. */
const leastGapMs = 30_000;

/**
 * Gives memory back that a burst of work has left behind, once nothing goes on: V8 keeps it until it needs room again, which on
 * a machine at rest is never. Collecting takes some tens of milliseconds, which is why it waits for a quiet moment and for much to gain.
 * What counts is processor time, as on a crowded machine even a process at rest seems busy by the clock.
 */
export function giveBackIdleMemory({ lookMs = 1_000, gaveBack = (_bytes: number) => {} } = {}): { close(): void } {
	setFlagsFromString('--expose-gc');
	const gc = runInNewContext('gc') as (options: object) => void;
	// The kind that also gives back at once what it has emptied, and forgets how large the young generation has grown.
	const collect = (): void => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
	let [before, at] = [process.cpuUsage(), performance.now()];
	let keptBytes = 0;
	let collectedAt = -Infinity;
	const timer = setInterval(() => {
		const { user, system } = process.cpuUsage(before);
		const now = performance.now();
		const share = (user + system) / 1000 / (now - at);
		[before, at] = [process.cpuUsage(), now];
		const grownBytes = getHeapStatistics().total_heap_size;
		if (share > idleShare || grownBytes - keptBytes < worthBytes || now - collectedAt < leastGapMs) return;
		collectedAt = now;
		collect();
		keptBytes = getHeapStatistics().total_heap_size;
		gaveBack(grownBytes - keptBytes);
		[before, at] = [process.cpuUsage(), performance.now()];
	}, lookMs);
	timer.unref();
	return { close: () => clearInterval(timer) };
}
