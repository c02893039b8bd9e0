import { expect, it } from 'vitest';
import { daysOf, readSpan } from './span.ts';

it('a span ends today and has as many days as it says, in UTC', () => {
	const now = Date.parse('2026-03-01T23:59:00Z');
	expect(daysOf(7, now)).toEqual({ from: '2026-02-23', to: '2026-03-01' });
	expect(daysOf(30, now)).toEqual({ from: '2026-01-31', to: '2026-03-01' });
});

it('an address that names no span that there is means thirty days', () => {
	expect(['', 'days=7', 'days=365', 'days=8', 'days=x'].map((query) => readSpan(new URLSearchParams(query)))).toEqual([
		30, 7, 365, 30, 30,
	]);
});
