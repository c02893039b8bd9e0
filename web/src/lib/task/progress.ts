import type { Task } from '@reelroom/shared/task/task.ts';
import { codeWords, t } from '#lib/i18n/words.svelte.ts';
import { clock } from '#lib/ui/clock.svelte.ts';
import { whyWords } from './task-words.ts';

/** 0–100 of a task; null while nobody knows. */
export function percentOf(task: Task): number | null {
	const { progress } = task;
	return progress === null || progress.max <= 0
		? null
		: Math.min(100, Math.max(0, Math.round((progress.value / progress.max) * 100)));
}
/** `62 % · 12 s left`, as far as it is known. */
export function progressWords(task: Task): string {
	const percent = percentOf(task);
	const eta = task.progress?.etaMs ?? null;
	const parts = [];
	if (percent !== null) parts.push(`${percent} %`);
	// At the end only the writing down is left; a second that never passes would be a lie.
	if (eta !== null && percent !== 100) parts.push(t('studio.left', { n: Math.max(1, Math.round(eta / 1000)) }));
	return parts.join(' · ');
}
/** What is being done, in the reader's language; a stage that only a provider knows stays as it says. */
export function stageWords(stage: string): string {
	switch (stage) {
		case 'layout':
		case 'background':
		case 'figures':
		case 'light':
		case 'finish':
		case 'pictures':
		case 'encode':
		case 'sampling':
		case 'animate':
		case 'asking':
		case 'waiting':
		case 'drawing':
		case 'fetching':
			return t(`studio.stage_${stage}`);
		default:
			return stage;
	}
}
/** How a task stands, in words. */
export function statusWords(task: Task): string {
	if (task.status === 'queued') {
		if (task.why === 'paused') return t('task.pausedShort');
		if (task.why === 'retry') return whyWords(task, clock.now);
		return task.place === null ? t('studio.queued') : t('studio.queuedAt', { place: task.place });
	}
	if (task.status === 'failed') return task.problem === null ? t('studio.failed') : codeWords(task.problem.code);
	if (task.status === 'running') return progressWords(task) || t('studio.running');
	return t(`studio.${task.status}`);
}
