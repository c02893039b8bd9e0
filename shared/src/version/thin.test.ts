import { expect, it } from 'vitest';
import { versionsToThin } from './thin.ts';

const now = new Date('2026-11-24T12:00:00Z');
const hour = 3_600_000;
const aVersion = (hoursAgo: number, kind: 'automatic' | 'named' | 'import' | 'restore' = 'automatic') => ({
	id: `${kind} ${hoursAgo}`,
	kind,
	at: new Date(now.getTime() - hoursAgo * hour),
});
const kept = (versions: ReturnType<typeof aVersion>[]) => {
	const gone = new Set(versionsToThin(versions, now));
	return versions.filter(({ id }) => !gone.has(id)).map(({ id }) => id);
};

it('keeps every version of the last day, one an hour for a week, and one a day after it', () => {
	const versions = Array.from({ length: 4 * 24 * 20 }, (_, n) => aVersion(n / 4));
	const left = versions.filter(({ id }) => new Set(kept(versions)).has(id));
	const between = (from: number, to: number) =>
		left.filter(({ at }) => at.getTime() <= now.getTime() - from * hour && at.getTime() > now.getTime() - to * hour)
			.length;
	expect(between(0, 24)).toBe(96);
	expect(between(24, 48)).toBeGreaterThanOrEqual(24);
	expect(between(24, 48)).toBeLessThanOrEqual(25);
	expect(between(8 * 24, 18 * 24)).toBeLessThanOrEqual(11);
	expect(kept(left)).toEqual(left.map(({ id }) => id));
});

it('keeps named versions for ever, those before an import or a restore for a month, and always the newest', () => {
	const old = [aVersion(2000, 'named'), aVersion(2000.1, 'named'), aVersion(2000.2), aVersion(2000.3, 'restore')];
	expect(kept(old)).toEqual(['named 2000', 'named 2000.1', 'automatic 2000.2']);
	expect(kept([aVersion(100, 'restore'), aVersion(100.1, 'restore'), aVersion(100.2, 'import')])).toHaveLength(3);
	expect(kept([aVersion(5000)])).toHaveLength(1);
});

it('is bounded, however fast versions come', () => {
	expect(kept(Array.from({ length: 3000 }, (_, n) => aVersion(n / 1000)))).toHaveLength(1001);
});
