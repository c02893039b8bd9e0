import * as z from 'zod';
import { Id } from '../id.ts';
import { Unit } from './quota.ts';

const Count = z.int().min(0);
const counts = {
	/** Pictures and clips that were generated; what was uploaded is none of them. */
	pictures: Count,
	clips: Count,
	/** How many of these had been made before: they cost nothing. */
	cached: Count,
	/** Units of the plan that were charged. */
	imageUnits: Count,
	videoUnits: Count,
	/** How many reservations were given back: of what failed, was cancelled or had been made before. */
	refunded: Count,
};
/** What was generated and what it cost. */
export const UsageCounts = z.strictObject(counts);
export type UsageCounts = z.infer<typeof UsageCounts>;

/** Usage of a workspace over some days, in UTC, by whatever it may be told apart. Each list sums up to `total`. */
export const Usage = z.strictObject({
	/** First and last day. */
	from: z.string(),
	to: z.string(),
	/** Whether it is everybody's of the workspace, or that of whoever asks alone. */
	everybody: z.boolean(),
	total: UsageCounts,
	/** Every day of the time, also those with nothing. */
	days: z.array(z.strictObject({ day: z.string(), ...counts })),
	/** The others begin with the most; a person or project that is gone has no name. */
	people: z.array(z.strictObject({ id: Id, name: z.string(), ...counts })),
	projects: z.array(z.strictObject({ id: Id, name: z.string(), ...counts })),
	providers: z.array(z.strictObject({ provider: z.string(), ...counts })),
});
export type Usage = z.infer<typeof Usage>;

/** How one reservation ended. */
export const LedgerEntry = z.strictObject({
	id: z.string(),
	at: z.string(),
	/** The day of the plan it counts for. */
	day: z.string(),
	person: z.strictObject({ id: Id, name: z.string() }),
	project: z.strictObject({ id: Id, name: z.string() }),
	provider: z.string(),
	unit: Unit,
	/** Charged; 0 where they were given back. */
	units: Count,
	outcome: z.enum(['charged', 'refunded']),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** Counts of one person in one project by one provider on one day. */
export type UsageRow = { day: string; accountId: string; projectId: string; provider: string } & Partial<UsageCounts>;

const nothing: UsageCounts = { pictures: 0, clips: 0, cached: 0, imageUnits: 0, videoUnits: 0, refunded: 0 };
const names = Object.keys(nothing) as (keyof UsageCounts)[];
const add = (to: UsageCounts, row: Partial<UsageCounts>): void => {
	for (const name of names) to[name] += row[name] ?? 0;
};
const sizeOf = (counts: UsageCounts): number => counts.pictures + counts.clips + counts.imageUnits + counts.videoUnits;
const dayMs = 24 * 3_600_000;

/** Every day from the first to the last one. */
export function daysBetween(from: string, to: string): string[] {
	const [first, last] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)];
	const count = Math.max(0, Math.round((last - first) / dayMs) + 1);
	return Array.from({ length: count }, (_, index) => new Date(first + index * dayMs).toISOString().slice(0, 10));
}

/** Sums rows up in every way they may be told apart. */
export function sumUsage(
	rows: readonly UsageRow[],
	{ from, to, everybody }: Pick<Usage, 'from' | 'to' | 'everybody'>,
	nameOf: { person: (id: string) => string; project: (id: string) => string },
): Usage {
	const sumBy = (keyOf: (row: UsageRow) => string): Map<string, UsageCounts> => {
		const sums = new Map<string, UsageCounts>();
		for (const row of rows) {
			const sum = sums.get(keyOf(row)) ?? { ...nothing };
			sums.set(keyOf(row), sum);
			add(sum, row);
		}
		return sums;
	};
	const most = (sums: Map<string, UsageCounts>): [string, UsageCounts][] =>
		[...sums].sort(([one, a], [other, b]) => sizeOf(b) - sizeOf(a) || (one < other ? -1 : 1));
	const total = { ...nothing };
	for (const row of rows) add(total, row);
	const byDay = sumBy(({ day }) => day);
	return {
		from,
		to,
		everybody,
		total,
		days: daysBetween(from, to).map((day) => ({ day, ...(byDay.get(day) ?? nothing) })),
		people: most(sumBy(({ accountId }) => accountId)).map(([id, sum]) => ({ id, name: nameOf.person(id), ...sum })),
		projects: most(sumBy(({ projectId }) => projectId)).map(([id, sum]) => ({
			id,
			name: nameOf.project(id),
			...sum,
		})),
		providers: most(sumBy(({ provider }) => provider)).map(([provider, sum]) => ({ provider, ...sum })),
	};
}
