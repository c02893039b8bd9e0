import { goto } from '$app/navigation';
import { can } from '@reelroom/shared/workspace/access.ts';
import { t } from '#lib/i18n/words.svelte.ts';
import type { Action } from '#lib/keys/keyboard.svelte.ts';
import { closeTakes } from '#lib/take/take-actions.ts';
import { cancelTask, generate } from './actions.ts';
import type { StudioState } from './studio-state.svelte.ts';

/** What can be done in every view of an open project. */
export function studioActions(studio: StudioState): Action[] {
	const { role, id } = studio.project;
	const edits = can(role, 'document.edit');
	const draws = can(role, 'task.create');
	const pictures = () => studio.tasks.active.filter(({ kind }) => kind !== 'render');
	const to = (path: string) => () => void goto(path);
	const show = (panel: NonNullable<StudioState['panel']>) => () => (studio.panel = panel);
	return [
		{
			id: 'close-panel',
			label: t('keys.closePanel'),
			group: 'group_window',
			keys: ['escape'],
			whileTyping: true,
			unlisted: true,
			ready: studio.panel !== null,
			run: () => closePanel(studio),
		},
		{
			id: 'undo',
			label: t('keys.undo'),
			group: 'group_board',
			keys: ['mod+z'],
			repeats: true,
			ready: edits,
			run: () => studio.undo.undo(),
		},
		{
			id: 'redo',
			label: t('keys.redo'),
			group: 'group_board',
			keys: ['mod+shift+z', 'mod+y'],
			repeats: true,
			ready: edits,
			run: () => studio.undo.redo(),
		},
		{
			id: 'generate-missing',
			label: t('keys.generateMissing'),
			group: 'group_board',
			keys: ['shift+g'],
			get ready() {
				return draws && studio.known && studio.shots.some((shot) => studio.cell(shot).state === 'empty');
			},
			run: () => void generate(studio),
		},
		{
			id: 'regenerate-changed',
			label: t('take.changed'),
			group: 'group_board',
			keys: ['r'],
			get ready() {
				return draws && studio.currency.stale.size > 0;
			},
			run: show('stale'),
		},
		{
			id: 'discarded',
			label: t('take.trashTitle'),
			group: 'group_board',
			ready: can(role, 'take.delete'),
			run: show('discarded'),
		},
		{
			id: 'stop-all',
			label: t('keys.stopAll'),
			group: 'group_board',
			get ready() {
				return can(role, 'task.cancel') && pictures().length > 0;
			},
			run: () => pictures().forEach((task) => void cancelTask(studio, task)),
		},
		{
			id: 'break-down',
			label: t('keys.breakDown'),
			group: 'group_board',
			ready: can(role, 'breakdown.accept'),
			run: show('break-down'),
		},
		{
			id: 'tasks',
			label: t('keys.tasks'),
			group: 'group_go',
			keys: ['t'],
			ready: can(role, 'task.read'),
			run: () => (studio.panel = studio.panel === 'tasks' ? null : 'tasks'),
		},
		{
			id: 'notes',
			label: t('review.allNotes'),
			group: 'group_go',
			keys: ['c'],
			ready: true,
			run: () => (studio.panel = studio.panel === 'notes' ? null : 'notes'),
		},
		{
			id: 'close-takes',
			label: t('common.close'),
			group: 'group_window',
			keys: ['escape'],
			unlisted: true,
			ready: studio.comparing && studio.panel === null,
			run: () => closeTakes(studio),
		},
		{
			id: 'close-history',
			label: t('version.close'),
			group: 'group_window',
			keys: ['escape'],
			unlisted: true,
			ready: studio.history && studio.panel === null,
			run: () => (studio.history = false),
		},
		{
			id: 'history',
			label: t('version.open'),
			group: 'group_go',
			keys: ['h'],
			ready: can(role, 'version.read'),
			run: () => (studio.history = !studio.history),
		},
		{
			id: 'activity',
			label: t('activity.title'),
			group: 'group_go',
			keys: ['a'],
			ready: can(role, 'activity.read'),
			run: () => (studio.panel = studio.panel === 'activity' ? null : 'activity'),
		},
		{ id: 'scenes', label: t('keys.scenes'), group: 'group_go', ready: true, run: show('scenes') },
		...(
			[
				['script', t('script.title')],
				['bible', t('bible.title')],
				['board', t('board.title')],
				['film', t('studio.tabFilm')],
			] as const
		).map(([view, name]): Action => ({
			id: `go-${view}`,
			label: t('keys.go', { name }),
			group: 'group_go',
			ready: true,
			run: to(`/projects/${id}/${view}`),
		})),
		{
			id: 'play',
			label: t('studio.play'),
			group: 'group_go',
			ready: studio.shots.length > 0,
			run: to(`/projects/${id}/film?play=1`),
		},
		{
			id: 'render',
			label: t('studio.render'),
			group: 'group_go',
			ready: draws,
			run: to(`/projects/${id}/film?render=1`),
		},
		{
			id: 'invite',
			label: t('studio.share'),
			group: 'group_go',
			ready: can(role, 'member.invite'),
			run: () => document.querySelector<HTMLElement>('[data-testid=share]')?.click(),
		},
		{ id: 'go-projects', label: t('studio.allProjects'), group: 'group_go', ready: true, run: to('/projects') },
	];
}

/** Where one can go from there: every scene and shot, and other projects. */
export function studioPlaces(studio: StudioState, others: readonly { id: string; name: string }[]): Action[] {
	const to = (path: string) => () => void goto(path);
	return [
		...studio.board.scenes.map((scene): Action => ({
			id: `scene-${scene.id}`,
			label: t('keys.scene', { n: scene.number, heading: scene.heading }),
			group: 'group_go',
			ready: true,
			run: () => studio.goToScene(scene.id),
		})),
		...studio.shots.map((shot): Action => ({
			id: `shot-${shot.id}`,
			label: t('keys.shot', { label: shot.label, words: (shot.action || shot.dialogue[0]?.text || '').slice(0, 80) }),
			group: 'group_go',
			ready: true,
			run: () => goToShot(studio, shot.id),
		})),
		...others
			.filter((other) => other.id !== studio.project.id)
			.map((other): Action => ({
				id: `project-${other.id}`,
				label: t('keys.openProject', { name: other.name }),
				group: 'group_go',
				ready: true,
				run: to(`/projects/${other.id}/board`),
			})),
	];
}

function closePanel(studio: StudioState): void {
	studio.panel = null;
	if (studio.selectedShotId !== null)
		document.querySelector<HTMLElement>(`[data-shot-id="${studio.selectedShotId}"]`)?.focus();
}

function goToShot(studio: StudioState, shotId: string): void {
	studio.select(shotId);
	const cell = document.querySelector<HTMLElement>(`[data-testid=board-cell][data-shot-id="${shotId}"]`);
	cell?.focus({ preventScroll: true });
	cell?.scrollIntoView({ block: 'center' });
}
