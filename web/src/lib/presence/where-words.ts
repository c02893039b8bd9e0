import { t } from '#lib/i18n/words.svelte.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import type { Person } from './presence.ts';

/** Where somebody is, for a person to read: "Board · 2B", "Idle", "In another window". */
export function whereWords(studio: StudioState, person: Person): string {
	if (person.status === 'away') return t('presence.away');
	const view =
		person.view === 'script'
			? t('script.title')
			: person.view === 'film'
				? t('studio.tabFilm')
				: person.view === 'board'
					? t('board.title')
					: person.view === 'bible'
						? t('bible.title')
						: '';
	const shot = studio.shots.find(({ id }) => id === person.shotId);
	const place = [view, shot?.label].filter(Boolean).join(' · ');
	return person.status === 'idle' ? [place, t('presence.idle')].filter(Boolean).join(' · ') : place;
}
