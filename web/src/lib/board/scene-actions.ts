import { tick } from 'svelte';
import { findShot, type SceneOnBoard, type ShotOnBoard } from '@reelroom/shared/project/document.ts';
import { moveScene } from '@reelroom/shared/project/move-scene.ts';
import { omittedOf, restoreScene, restoreShotInPlace } from '@reelroom/shared/project/omitted.ts';
import { t } from '#lib/i18n/words.svelte.ts';
import type { Action } from '#lib/keys/keyboard.svelte.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';

/** Puts a scene behind another one (null = first), with its text, as one edit; the heading that had the focus keeps it. */
export function placeScene(studio: StudioState, sceneId: string, after: string | null): void {
	const focused = document.activeElement?.closest<HTMLElement>('[data-scene-focus]')?.dataset.sceneFocus;
	if (!moveScene(studio.live.doc, studio.edit, sceneId, after)) return;
	studio.select(null);
	studio.selectedSceneId = sceneId;
	const scene = studio.board.scenes.find(({ id }) => id === sceneId);
	if (scene !== undefined) studio.announcement = t('board.sceneMoved', { n: scene.number, heading: scene.heading });
	void tick().then(() => {
		const moved = document.querySelector<HTMLElement>(`[data-scene-focus="${focused ?? `board/${sceneId}`}"]`);
		if (focused !== undefined) moved?.focus({ preventScroll: true });
		moved?.scrollIntoView({ block: 'nearest' });
	});
}
/** Moves a scene one place on or back. */
export function stepScene(studio: StudioState, sceneId: string, by: 1 | -1): void {
	// Words before the first heading are no scene that could change its place.
	const scenes = studio.board.scenes.filter(({ heading }) => heading !== '');
	const at = scenes.findIndex(({ id }) => id === sceneId);
	if (at < 0 || scenes[at + by] === undefined) return;
	const before = by === 1 ? scenes[at + 1] : scenes[at - 2];
	placeScene(studio, sceneId, before?.id ?? null);
}

/** Brings an omitted shot back to its place and shows it. */
export function bringShotBack(studio: StudioState, shotId: string): void {
	restoreShotInPlace(studio.live.doc, studio.edit, shotId);
	const shot = findShot(studio.board, shotId);
	if (shot === null) return;
	studio.select(shotId);
	studio.announcement = t('board.shotRestored', { label: shot.label });
	void tick().then(() => {
		const cell = document.querySelector<HTMLElement>(`[data-testid=board-cell][data-shot-id="${shotId}"]`);
		cell?.focus({ preventScroll: true });
		cell?.scrollIntoView({ block: 'nearest' });
	});
}
/** Brings an omitted scene back to its place, in the script too, and shows it. */
export function bringSceneBack(studio: StudioState, sceneId: string): void {
	if (!restoreScene(studio.live.doc, studio.edit, sceneId)) return;
	const scene = studio.board.scenes.find(({ id }) => id === sceneId);
	if (scene === undefined) return;
	studio.selectedSceneId = sceneId;
	studio.announcement = t('board.sceneRestored', { n: scene.number, heading: scene.heading });
	void tick().then(() => {
		document.querySelector<HTMLElement>(`[data-scene-focus="board/${sceneId}"]`)?.focus({ preventScroll: true });
		studio.goToScene(sceneId);
	});
}

/** What a shot is known by where it has no number. */
export const wordsOf = (shot: ShotOnBoard): string =>
	shot.action || shot.dialogue.map(({ text }) => text).join(' ') || t('studio.noWords');

/** Everything that can come back, for the palette. */
export function restoreActions(studio: StudioState): Action[] {
	const { shots, scenes } = omittedOf(studio.board);
	const gone = new Set(scenes.map(({ id }: SceneOnBoard) => id));
	return [
		...scenes.map(({ id, heading }): Action => ({
			id: `restore-scene-${id}`,
			label: t('board.restoreScene', { heading }),
			group: 'group_board',
			unlisted: true,
			ready: true,
			run: () => bringSceneBack(studio, id),
		})),
		...[...shots.values()]
			.flat()
			.filter(({ sceneId }) => gone.has(sceneId) || studio.board.scenes.some(({ id }) => id === sceneId))
			.map((shot): Action => ({
				id: `restore-shot-${shot.id}`,
				label: t('board.restoreShot', { words: wordsOf(shot).slice(0, 80) }),
				group: 'group_board',
				unlisted: true,
				ready: true,
				run: () => bringShotBack(studio, shot.id),
			})),
	];
}
