import type { Activity } from '@reelroom/shared/activity/activity.ts';
import { findShot, type Board } from '@reelroom/shared/project/document.ts';
import { serverNow } from '#lib/clock.svelte.ts';
import { t, words } from '#lib/i18n/words.svelte.ts';

/** What somebody did, for a person to read; the place is where the row leads. */
export function activityWords({ kind, count, subject }: Activity, board: Board): string {
	const shot = subject.shotId === undefined || count > 1 ? null : findShot(board, subject.shotId);
	const scene = board.scenes.find(({ id }) => id === subject.sceneId);
	const place = shot?.label ?? (scene === undefined ? subject.label : `${scene.number} ${scene.heading}`);
	const { label } = subject;
	if (kind === 'restored' && label !== undefined) return t('activity.restoredNamed', { name: label });
	if (shot !== null && (kind === 'edited' || kind === 'chose')) return t(`activity.one_${kind}`, { label: shot.label });
	return t(`activity.${kind}`, { n: count, place: place ?? t('activity.script'), name: label ?? '' });
}

/** The day of an instant: today, yesterday, else its date. */
export function dayWords(at: string, now = new Date(serverNow())): string {
	const day = new Date(at);
	const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
	const days = Math.round((midnight(now) - midnight(day)) / 86_400_000);
	if (days === 0) return t('activity.today');
	if (days === 1) return t('activity.yesterday');
	return new Intl.DateTimeFormat(words.language, { weekday: 'long', month: 'long', day: 'numeric' }).format(day);
}
