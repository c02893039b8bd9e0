import type { Task } from '@reelroom/shared/task/task.ts';
import { t } from '#lib/i18n/words.svelte.ts';

/** A length of time in the words of the reader: `40 s`, `3 min`, `1 h 20 min`. */
export function spanWords(ms: number): string {
	const seconds = Math.max(0, Math.round(ms / 1000));
	if (seconds < 100) return t('task.seconds', { n: seconds });
	const minutes = Math.round(seconds / 60);
	if (minutes < 100) return t('task.minutes', { n: minutes });
	return t('task.hours', { n: Math.floor(minutes / 60), m: minutes % 60 });
}

/** How long until a task will have ended, at least and at most; nothing while nobody can tell. */
export function etaWords({ eta }: Pick<Task, 'eta'>): string {
	if (eta === null) return '';
	const [least, most] = [spanWords(eta.leastMs), spanWords(eta.mostMs)];
	return t('task.readyIn', { time: least === most ? most : t('task.range', { least, most }) });
}

/** Why a task waits; nothing of one that does not. `now` in milliseconds. */
export function whyWords({ why, retryAt, createdByName }: Task, now: number): string {
	if (why === null) return '';
	if (why !== 'retry') return t(`task.why_${why}`, { name: createdByName });
	const leftMs = retryAt === null ? 0 : Date.parse(retryAt) - now;
	return leftMs < 500 ? t('task.why_soon') : t('task.why_retry', { time: spanWords(leftMs) });
}
