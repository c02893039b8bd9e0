import { limits } from '../limits.ts';
import type { ProblemCode } from '../problem.ts';

/**
 * Faults that pass by themselves: the same task may well succeed a little later. Everything else would fail again (refused content, a bad request, a
 * workflow that cannot run), cost again (out of credit) or take as long again (time limit): it ends the task, and a person decides.
 */
const transient: ReadonlySet<string> = new Set<ProblemCode>([
	'provider-unavailable',
	'provider-busy',
	'worker-lost',
	'unavailable',
]);
export const isTransient = (code: string): boolean => transient.has(code);

/**
 * When a task that failed is tried again by itself; null when it is not. Each pause is twice the one before, within a quarter around it by chance, so that many
 * tasks which failed together do not come back together; what a provider asks for (`waitUntil`) is honoured, unless it is too far away to keep anybody waiting.
 */
export function retryAtOf(about: {
	code: string;
	/** How often it has been tried, this time included. */
	attempt: number;
	waitUntil?: Date | undefined;
	now: Date;
	/** 0 ≤ random < 1 */
	random: () => number;
}): Date | null {
	const { code, attempt, waitUntil, now } = about;
	if (!isTransient(code) || attempt >= limits.taskAttempts) return null;
	const pauseMs = Math.min(limits.retryMostMs, limits.retryFirstMs * 2 ** (attempt - 1));
	const at = now.getTime() + Math.round(pauseMs * (0.75 + about.random() / 2));
	const wished = waitUntil?.getTime() ?? 0;
	if (wished - now.getTime() > limits.retryLatestMs) return null;
	// Those who are told one instant come a little behind it, each at another.
	return new Date(Math.max(at, wished === 0 ? 0 : wished + Math.round(about.random() * limits.retryFirstMs)));
}
