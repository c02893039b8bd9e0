import { expect, test } from 'vitest';
import { aheadOf, isNewClock } from './clock.ts';

const hourMs = 3_600_000;
const now = Date.UTC(2026, 10, 28, 9, 30);
const header = (at: number): string => new Date(at).toUTCString();

test('how far a machine’s clock is off is read from the time of a reply', () => {
	expect(aheadOf(header(now + 7 * hourMs), now)).toBe(7 * hourMs);
	expect(aheadOf(header(now - 5 * hourMs), now)).toBe(-5 * hourMs);
});

test('the way of a reply is no fault of a clock, and what is no date says nothing', () => {
	expect(aheadOf(header(now - 2_000), now)).toBe(0);
	for (const nothing of [null, '', 'yesterday']) expect(aheadOf(nothing, now)).toBeNull();
});

test('a second more or less shows nothing anew', () => {
	expect(isNewClock(7 * hourMs, 7 * hourMs - 1_000)).toBe(false);
	expect(isNewClock(7 * hourMs, 0)).toBe(true);
});
