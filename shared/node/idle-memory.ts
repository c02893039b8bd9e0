import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A process counts as idle below this share of busy time, in which a crowded machine counts waits for a processor too. */
const idleShare = 0.25;
/** Less than this is not worth a pause. */
const worthBytes = 24 * 1024 * 1024;

/**
 * Gives memory back that a burst of work has left behind, once nothing goes on: V8 keeps it until it needs room again, which on
 * a machine at rest is never. Collecting takes some tens of milliseconds, which is why it waits for a quiet moment and for much to gain.
 */
export function giveBackIdleMemory({ lookMs = 2_000, gaveBack = (_bytes: number) => {} } = {}): { close(): void } {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	let before = performance.eventLoopUtilization();
	let keptBytes = 0;
	const timer = setInterval(() => {
		const now = performance.eventLoopUtilization();
		const { utilization } = performance.eventLoopUtilization(now, before);
		before = now;
		const grownBytes = getHeapStatistics().total_heap_size;
		if (utilization > idleShare || grownBytes - keptBytes < worthBytes) return;
		collect();
		keptBytes = getHeapStatistics().total_heap_size;
		gaveBack(grownBytes - keptBytes);
	}, lookMs);
	timer.unref();
	return { close: () => clearInterval(timer) };
}
