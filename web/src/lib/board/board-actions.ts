import { tick } from 'svelte';
import { reviewStatuses } from '@reelroom/shared/review/review.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import { t } from '#lib/i18n/words.svelte.ts';
import type { Action } from '#lib/keys/keyboard.svelte.ts';
import { restoreActions, stepScene } from './scene-actions.ts';
import { copyShot, generate, newShot, removeShot, stepShot } from '#lib/studio/actions.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import { begin, makingsFor } from './makings.ts';
import { neighbour, type Direction } from './neighbour.ts';

/** Keys of what is done to a shot: for its menu too. */
export const shotKeys = {
	edit: ['enter'],
	generate: ['g'],
	animate: ['v'],
	toNext: ['shift+v'],
	variations: ['x'],
	fromPicture: ['i'],
	upscale: ['u'],
	duplicate: ['d'],
	omit: ['delete', 'backspace'],
	earlier: ['alt+arrowleft', 'alt+arrowup'],
	later: ['alt+arrowright', 'alt+arrowdown'],
} as const;
/** Keys of what is done to a scene, where its heading has the focus. */
export const sceneKeys = { earlier: ['alt+arrowup'], later: ['alt+arrowdown'] } as const;
const numbers = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const directions: readonly Direction[] = ['left', 'right', 'up', 'down'];

/** What the board can do with its keys, most of it to the chosen shot. */
export function boardActions(studio: StudioState, board: HTMLElement | undefined): Action[] {
	const shot = studio.selectedShot;
	const edits = can(studio.project.role, 'document.edit');
	const chosen = edits && shot !== null;
	const takes = shot === null ? [] : (studio.takesByShot.get(shot.id) ?? []);
	const inUse = shot === null ? null : studio.cell(shot).take;
	const scene = studio.board.scenes.find(({ id }) => id === studio.selectedSceneId) ?? studio.board.scenes.at(-1);
	/** A cell that moved or went away takes the focus with it: it is given to the shot that is chosen then. */
	const onShot = (work: (shot: NonNullable<StudioState['selectedShot']>) => void) => () => {
		if (shot === null) return;
		work(shot);
		void tick().then(() => {
			if (document.activeElement === document.body)
				board?.querySelector<HTMLElement>(`[data-shot-id="${studio.selectedShotId}"]`)?.focus();
		});
	};
	const go = (direction: Direction) => () => {
		const cells = [...(board?.querySelectorAll<HTMLElement>('[data-shot-id]') ?? [])];
		const to = neighbour(
			cells,
			cells.findIndex((cell) => cell.dataset.shotId === studio.selectedShotId),
			direction,
		);
		to?.focus({ preventScroll: true });
		to?.scrollIntoView({ block: 'nearest' });
	};
	return [
		...directions.map((direction): Action => ({
			id: `go-${direction}`,
			label: t(`keys.${direction}`),
			group: 'group_board',
			keys: [`arrow${direction}`],
			repeats: true,
			ready: studio.shots.length > 0,
			run: go(direction),
		})),
		{
			id: 'scene-earlier',
			label: t('board.sceneEarlier'),
			group: 'group_board',
			keys: sceneKeys.earlier,
			repeats: true,
			ready: edits && shot === null && scene !== undefined && studio.selectedSceneId !== null,
			run: () => scene && stepScene(studio, scene.id, -1),
		},
		{
			id: 'scene-later',
			label: t('board.sceneLater'),
			group: 'group_board',
			keys: sceneKeys.later,
			repeats: true,
			ready: edits && shot === null && scene !== undefined && studio.selectedSceneId !== null,
			run: () => scene && stepScene(studio, scene.id, 1),
		},
		...(edits ? restoreActions(studio) : []),
		{
			id: 'add-shot',
			label: t('keys.addShot'),
			group: 'group_shot',
			keys: ['n'],
			ready: edits && scene !== undefined,
			run: () => scene && newShot(studio, scene),
		},
		{
			id: 'edit-shot',
			label: t('keys.edit'),
			group: 'group_shot',
			keys: shotKeys.edit,
			ready: shot !== null,
			run: () => (studio.panel = 'inspector'),
		},
		{
			id: 'generate-shot',
			label: t('keys.generateShot'),
			group: 'group_shot',
			keys: shotKeys.generate,
			ready: can(studio.project.role, 'task.create') && shot !== null,
			run: onShot((one) => void generate(studio, [one.id])),
		},
		...(shot === null || !can(studio.project.role, 'task.create') ? [] : makingsFor(studio, shot)).map(
			(making): Action => ({
				id: `make-${making.name}`,
				label: t(`keys.make_${making.name}`),
				group: 'group_shot',
				keys: shotKeys[making.name],
				ready: true,
				run: onShot((one) => begin(studio, one, making)),
			}),
		),
		{
			id: 'compare-takes',
			label: t('take.compare'),
			group: 'group_shot',
			keys: ['w'],
			ready: shot !== null && takes.length > 1,
			run: () => studio.compareTakes(),
		},
		{
			id: 'take-lineage',
			label: t('take.lineage'),
			group: 'group_shot',
			keys: ['y'],
			ready: inUse !== null,
			run: () => inUse && studio.showLineage(inUse.id),
		},
		{
			id: 'choose-take',
			label: t('keys.takeNumber'),
			group: 'group_shot',
			keys: numbers,
			keysAs: '1–9',
			ready: chosen && takes.length > 0,
			run: (event) => choose(Number(event?.key)),
		},
		...takes.slice(1, 9).map((take): Action => ({
			id: `take-${take.number}`,
			label: t('keys.take', { n: take.number }),
			group: 'group_shot',
			ready: chosen,
			run: () => choose(take.number),
		})),
		{
			id: 'earlier',
			label: t('keys.earlier'),
			group: 'group_shot',
			keys: shotKeys.earlier,
			repeats: true,
			ready: chosen,
			run: onShot((one) => stepShot(studio, one, -1)),
		},
		{
			id: 'later',
			label: t('keys.later'),
			group: 'group_shot',
			keys: shotKeys.later,
			repeats: true,
			ready: chosen,
			run: onShot((one) => stepShot(studio, one, 1)),
		},
		{
			id: 'duplicate',
			label: t('keys.duplicate'),
			group: 'group_shot',
			keys: shotKeys.duplicate,
			ready: chosen,
			run: onShot((one) => copyShot(studio, one.id)),
		},
		{
			id: 'omit',
			label: t('keys.omit'),
			group: 'group_shot',
			keys: shotKeys.omit,
			ready: chosen,
			run: onShot((one) => removeShot(studio, one)),
		},
		{
			id: 'write-note',
			label: t('review.write'),
			group: 'group_shot',
			keys: ['m'],
			ready: shot !== null && studio.review.canWrite,
			run: () => {
				if (matchMedia('(max-width: 768px)').matches) studio.panel = 'inspector';
				void tick().then(() => document.querySelector<HTMLElement>('[data-testid=note-field]')?.focus());
			},
		},
		...reviewStatuses.map((status): Action => ({
			id: `review-${status}`,
			label: t('review.status', { status: t(`review.${status}`) }),
			group: 'group_shot',
			ready: shot !== null && studio.review.canReview,
			run: onShot((one) => studio.review.setStatus(one.id, status)),
		})),
		{
			id: 'deselect',
			label: t('keys.deselect'),
			group: 'group_shot',
			keys: ['escape'],
			ready: shot !== null,
			run: () => studio.select(null),
		},
	];

	function choose(number: number): void {
		const take = takes.find((one) => one.number === number);
		if (shot !== null && take !== undefined) studio.change(shot.id, { selectedTakeId: take.id });
	}
}
