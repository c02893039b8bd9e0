import { takeInUse } from '@reelroom/shared/board/take-in-use.ts';
import type { Take } from '@reelroom/shared/board/take.ts';
import type { ShotOnBoard } from '@reelroom/shared/project/document.ts';
import { mediaOf } from '@reelroom/shared/provider/provider.ts';
import { t } from '#lib/i18n/words.svelte.ts';
import { generate } from '#lib/studio/actions.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import { makings, type Making } from './making.ts';

/** The picture of a shot that is in use, whatever clip is in use beside it. */
export const pictureOf = (studio: StudioState, shot: Pick<ShotOnBoard, 'id' | 'selectedTakeId'>): Take | null =>
	takeInUse(
		shot,
		(studio.takesByShot.get(shot.id) ?? []).filter(({ kind }) => kind === 'image'),
	);
/** What can be made of a shot here and now: some model makes it, and the pictures that it needs are there. */
export function makingsFor(studio: StudioState, shot: ShotOnBoard): Making[] {
	if (pictureOf(studio, shot) === null) return [];
	const next = studio.shots[studio.shots.findIndex(({ id }) => id === shot.id) + 1];
	const hasNext = next !== undefined && pictureOf(studio, next) !== null;
	return makings.filter(({ name, kind }) => studio.model.canMake(kind) && (name !== 'toNext' || hasNext));
}
/** What a making costs, in words; null while it is not known. */
export function costOf(studio: StudioState, { kind, count }: Pick<Making, 'kind' | 'count'>): string | null {
	const units = studio.quota.costOf(count, studio.model.chosenFor(kind)?.provider);
	const { quota } = studio.quota;
	if (units === null || quota === null) return null;
	if (units === 0) return t('plan.costsFree');
	const isPicture = mediaOf(kind) === 'image';
	const { left } = isPicture ? quota.images : quota.videos;
	if (left === null) return t(isPicture ? 'plan.costsPictures' : 'plan.costsVideos', { n: units });
	return t(isPicture ? 'plan.costsPicturesOf' : 'plan.costsVideosOf', { n: units, left });
}
/** Queues it. Variations are made of the seeds behind that of the picture in use. */
export function make(studio: StudioState, shot: ShotOnBoard, { name, kind, count }: Making, strength?: number): void {
	studio.making = null;
	const seed = name === 'variations' ? pictureOf(studio, shot)?.seed : undefined;
	generate(studio, [shot.id], {
		kind,
		count,
		...(seed === undefined || seed >= Number.MAX_SAFE_INTEGER ? {} : { seed: seed + 1 }),
		...(strength === undefined ? {} : { strength }),
	});
}
/** Makes it at once where there is nothing to choose and nothing to pay; else shows what it is made by and costs first. */
export function begin(studio: StudioState, shot: ShotOnBoard, making: Making): void {
	const { kind, count } = making;
	const isFree = studio.quota.costOf(count, studio.model.chosenFor(kind)?.provider) === 0;
	if (isFree && kind !== 'image-to-image' && studio.model.modelsFor(kind).length === 1) {
		make(studio, shot, making);
		return;
	}
	studio.select(shot.id);
	studio.making = making.name;
	studio.panel = 'inspector';
}
