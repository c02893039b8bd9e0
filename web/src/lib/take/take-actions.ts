import { tick } from 'svelte';
import { takeCareApi } from '@reelroom/shared/board/take-care-api.ts';
import type { Take } from '@reelroom/shared/board/take.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { findShot } from '@reelroom/shared/project/document.ts';
import { call } from '#lib/call.ts';
import { problemWords, t } from '#lib/i18n/words.svelte.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

const told = (failure: unknown): void => toasts.show(problemWords(failure), { kind: 'danger' });

/** Whether a take is the one that its shot shows. */
export function isInUse(studio: StudioState, take: Take): boolean {
	const shot = findShot(studio.board, take.shotId);
	return shot !== null && studio.cell(shot).take?.id === take.id;
}

/** Goes back from the takes of a shot to its cell on the board. */
export function closeTakes(studio: StudioState): void {
	studio.comparing = false;
	void tick().then(() => {
		const cell = document.querySelector<HTMLElement>(
			`[data-testid=board-cell][data-shot-id="${studio.selectedShotId}"]`,
		);
		cell?.focus({ preventScroll: true });
		cell?.scrollIntoView({ block: 'center' });
	});
}

type Confirmed = { confirmApproved?: 'true' };
/** Does what may give a shot another picture. An approved one is asked about first; of an approval that this browser has not heard of the server tells. */
function changePicture(
	studio: StudioState,
	{ shotId, changes, about }: { shotId: string; /** As far as this browser knows. */ changes: boolean; about: string },
	run: (query: Confirmed) => Promise<void>,
): void {
	const isApproved = (): boolean => studio.review.statusOf(shotId) === 'approved';
	const asked = changes && isApproved();
	const go = async (): Promise<void> => {
		try {
			await run(asked ? { confirmApproved: 'true' } : {});
		} catch (failure) {
			const unheard = !asked && failure instanceof Problem && failure.code === 'shot-approved';
			if (unheard) await studio.review.refresh();
			if (!unheard || !isApproved()) told(failure);
			else changePicture(studio, { shotId, changes: true, about }, run);
		}
	};
	studio.review.beforeChange(changes ? [shotId] : [], about, () => void go());
}

/** Discards a take, with a way back; where an approved shot would show another one then, it is asked first. */
export function discardTake(studio: StudioState, take: Take): void {
	const { id, shotId, number } = take;
	changePicture(studio, { shotId, changes: isInUse(studio, take), about: `discard/${id}` }, async (query) => {
		await call(takeCareApi.discard, { params: { id }, query });
		studio.takes.delete(id);
		const undo = (): void => void restore(studio, id, { confirmApproved: 'true' }).catch(told);
		toasts.show(t('take.discarded', { number }), { action: { label: t('common.undo'), run: undo } });
	});
}

async function restore(studio: StudioState, id: string, query: Confirmed): Promise<void> {
	const take = await call(takeCareApi.restore, { params: { id }, query });
	studio.takes.set(take.id, take);
}
/** Brings a discarded take back; where an approved shot would show it then, it is asked first. */
export function restoreTake(studio: StudioState, { id, shotId }: Take, onBack: () => void): void {
	changePicture(studio, { shotId, changes: false, about: `restore/${id}` }, async (query) => {
		await restore(studio, id, query);
		onBack();
	});
}

/** Runs the recipe of a take once more; how like it is stands in the new take. */
export async function reproduceTake(studio: StudioState, take: Take): Promise<void> {
	await call(takeCareApi.reproduce, { params: { id: take.id } }).then((task) => {
		studio.tasks.keep(task);
		toasts.show(t('take.reproducing', { number: take.number }));
	}, told);
}

/** Makes stale takes anew by one request, and has what comes of it shown in their shots. Answers whether it was asked for. */
export async function regenerateTakes(studio: StudioState, takeIds: readonly string[]): Promise<boolean> {
	try {
		const { tasks, refused } = await call(takeCareApi.regenerate, {
			params: { id: studio.project.id },
			body: { takeIds: [...takeIds], confirmApproved: true },
			idempotencyKey: studio.edit.newId(),
		});
		studio.tasks.adopt(tasks);
		if (refused !== undefined) toasts.show(t('take.partly', { n: refused.shotIds.length }), { kind: 'danger' });
		return true;
	} catch (failure) {
		told(failure);
		return false;
	}
}
