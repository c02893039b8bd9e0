/** The value below which `share` of the values lie (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
	if (value === undefined) throw new Error('There is nothing to measure in an empty list.');
	return value;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await work();
	return performance.now() - began;
}

/** What a bench file offers. */
export interface Bench {
	/** What was done, so that somebody else can do the same. */
	workload: string;
	/** Measures; the answer is figures by name, each with a line in budgets.json. `tell` prints what stands behind a figure. */
	default: (tell: (line: string) => void) => Promise<Record<string, number>>;
}

/** What is promised of a figure; without a bound it is only watched. */
export interface Budget {
	unit: string;
	atMost?: number;
	atLeast?: number;
	/** It needs what not every machine has. */
	optional?: boolean;
}

/** Whether the value keeps what is promised. */
export const isKept = (value: number, { atMost = Infinity, atLeast = -Infinity }: Budget): boolean =>
	value <= atMost && value >= atLeast;
