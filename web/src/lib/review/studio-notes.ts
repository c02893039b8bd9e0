import { goto } from '$app/navigation';
import type { NoteTarget } from '@reelroom/shared/review/note.ts';
import { findShot } from '@reelroom/shared/project/document.ts';
import { timecodeOf } from '@reelroom/shared/cut/timecode.ts';
import { t } from '#lib/i18n/words.svelte.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import type { NoteActions } from './note-actions.ts';
import { rangeOf } from './script-range.ts';

/** What members can do to notes, through the outbox. */
export function studioNotes(studio: StudioState): NoteActions {
	const { review } = studio;
	return {
		isMine: ({ author }) => author.kind === 'member' && author.id === studio.account.id,
		canWrite: review.canWrite,
		canResolve: review.canResolve,
		canModerate: review.canModerate,
		answer: (thread, text, mentions) => void review.write({ threadId: thread.root.id }, text, mentions),
		edit: (note, text, mentions) => review.editNote(note.id, text, mentions),
		remove: (note) => review.deleteNote(note.id),
		resolve: (thread) => review.resolve(thread.root.id),
		reopen: (thread) => review.reopen(thread.root.id),
	};
}

/** What a thread is about, in words; empty for a shot where the shot itself is plain. */
export function aboutWords(studio: StudioState, target: NoteTarget, atShot = false): string {
	const { fps } = studio.project;
	if (target.kind === 'film') return t('review.atFilm', { time: timecodeOf(target.frame, fps) });
	if (target.kind === 'script')
		return rangeOf(studio.live.doc, target) === null ? t('review.textGone') : t('review.inScript');
	const shot = findShot(studio.board, target.shotId);
	const label = shot === null ? t('review.omittedShot') : t('review.atShot', { label: shot.label });
	if (target.frame === null) return atShot ? '' : label;
	const time = timecodeOf(target.frame, fps);
	return atShot ? time : t('review.atTime', { label, time });
}

/** Shows a thread where it stands. */
export function goToThread(studio: StudioState, threadId: string): void {
	const thread = studio.review.thread(threadId);
	if (thread === undefined) return;
	const { target } = thread;
	studio.review.focusedId = threadId;
	const to = (view: string): void => {
		if (location.pathname.split('/')[3] !== view) void goto(`/projects/${studio.project.id}/${view}`);
	};
	if (target.kind === 'film') to('film');
	else if (target.kind === 'script') {
		const range = rangeOf(studio.live.doc, target);
		to('script');
		if (range !== null) studio.scriptPlace = { index: range.start };
	} else {
		studio.select(target.shotId);
		to('board');
		studio.panel = matchMedia('(max-width: 768px)').matches ? 'inspector' : null;
	}
}
