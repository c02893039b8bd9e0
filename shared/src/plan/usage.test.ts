import fc from 'fast-check';
import { expect, it } from 'vitest';
import { daysBetween, sumUsage, type UsageCounts, type UsageRow } from './usage.ts';

const range = { from: '2026-02-27', to: '2026-03-02', everybody: true };
const nameOf = { person: (id: string) => id.toUpperCase(), project: () => '' };
const about = { accountId: 'mei', projectId: 'film', provider: 'comfyui' };

it('days follow each other in UTC, through the end of a month and of a leap year', () => {
	expect(daysBetween('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
	expect(daysBetween('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
	expect(daysBetween('2026-12-31', '2026-12-31')).toEqual(['2026-12-31']);
	expect(daysBetween('2026-12-31', '2026-12-30')).toEqual([]);
});

it('a time with nothing has all its days and no people, projects or providers', () => {
	const usage = sumUsage([], range, nameOf);
	expect(usage.days.map(({ day, pictures }) => [day, pictures])).toEqual([
		['2026-02-27', 0],
		['2026-02-28', 0],
		['2026-03-01', 0],
		['2026-03-02', 0],
	]);
	expect([usage.people, usage.projects, usage.providers]).toEqual([[], [], []]);
});

it('people, projects and providers begin with the most, by name', () => {
	const rows: UsageRow[] = [
		{ ...about, day: '2026-03-01', pictures: 2, imageUnits: 2 },
		{ ...about, day: '2026-03-02', accountId: 'rob', provider: 'sketch', pictures: 9, refunded: 1 },
	];
	const usage = sumUsage(rows, range, nameOf);
	expect(usage.people.map(({ name, pictures, imageUnits }) => [name, pictures, imageUnits])).toEqual([
		['ROB', 9, 0],
		['MEI', 2, 2],
	]);
	expect(usage.providers.map(({ provider }) => provider)).toEqual(['sketch', 'comfyui']);
	expect(usage.total).toEqual({ pictures: 11, clips: 0, cached: 0, imageUnits: 2, videoUnits: 0, refunded: 1 });
});

it('each way to tell usage apart sums up to the same total', () => {
	const row = fc.record({
		day: fc.constantFrom('2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'),
		accountId: fc.constantFrom('mei', 'rob', 'ada'),
		projectId: fc.constantFrom('one', 'two'),
		provider: fc.constantFrom('sketch', 'comfyui', 'constructor', '__proto__'),
		pictures: fc.nat(20),
		clips: fc.nat(20),
		imageUnits: fc.nat(20),
		refunded: fc.nat(20),
	});
	fc.assert(
		fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
			const { total, days, people, projects, providers } = sumUsage(rows, range, nameOf);
			for (const list of [days, people, projects, providers] as UsageCounts[][])
				for (const name of ['pictures', 'clips', 'cached', 'imageUnits', 'videoUnits', 'refunded'] as const)
					expect(list.reduce((sum, each) => sum + each[name], 0)).toBe(total[name]);
		}),
	);
});
