import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { problems, type ProblemCode } from '../problem.ts';
import { isTransient, retryAtOf } from './retry.ts';

const now = new Date('2026-01-01T00:00:00Z');
const after = (code: ProblemCode, attempt: number, random = 0.5, waitUntil?: Date) => {
	const at = retryAtOf({ code, attempt, now, random: () => random, waitUntil });
	return at === null ? null : at.getTime() - now.getTime();
};

test('only faults that pass by themselves are tried again', () => {
	expect((Object.keys(problems) as ProblemCode[]).filter(isTransient).sort()).toEqual([
		'provider-busy',
		'provider-unavailable',
		'unavailable',
		'worker-lost',
	]);
	for (const code of [
		'content-refused',
		'provider-refused',
		'provider-out-of-credit',
		'provider-outcome-unknown',
		'time-limit',
		'workflow-refused',
	] as const)
		expect(after(code, 1), code).toBeNull();
});

test('each pause is twice the one before, within a quarter around it, and there are only so many attempts', () => {
	expect([1, 2].map((attempt) => after('provider-unavailable', attempt))).toEqual([
		limits.retryFirstMs,
		2 * limits.retryFirstMs,
	]);
	expect([0, 0.999].map((random) => after('provider-unavailable', 1, random))).toEqual([
		0.75 * limits.retryFirstMs,
		expect.closeTo(1.25 * limits.retryFirstMs, -1),
	]);
	expect(after('provider-unavailable', limits.taskAttempts)).toBeNull();
});

test('what a provider asks for is waited for, and not for hours', () => {
	const inOneMinute = new Date(now.getTime() + 60_000);
	expect(after('provider-busy', 1, 0, inOneMinute)).toBe(60_000);
	expect(after('provider-busy', 1, 0.5, inOneMinute)).toBe(60_000 + limits.retryFirstMs / 2);
	expect(after('provider-busy', 1, 0.5, new Date(now.getTime() - 1))).toBe(limits.retryFirstMs);
	expect(after('provider-busy', 1, 0, new Date(now.getTime() + limits.retryLatestMs + 1))).toBeNull();
});
