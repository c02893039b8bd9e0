import { tick } from 'svelte';
import { takeCareApi } from '@reelroom/shared/board/take-care-api.ts';
import type { Take } from '@reelroom/shared/board/take.ts';
import { limits } from '@reelroom/shared/limits.ts';
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

/** Discards a take, with a way back; where an approved shot would show another one then, it is asked first. */
export function discardTake(studio: StudioState, take: Take): void {
	const changed = isInUse(studio, take) ? [take.shotId] : [];
	studio.review.beforeChange(changed, `discard/${take.id}`, () => {
		call(takeCareApi.discard, { params: { id: take.id } }).then(() => {
			studio.takes.delete(take.id);
			toasts.show(t('take.discarded', { number: take.number }), {
				action: { label: t('common.undo'), run: () => void restoreTake(studio, take.id) },
			});
		}, told);
	});
}

/** Brings a discarded take back; answers whether it is there. */
export async function restoreTake(studio: StudioState, takeId: string): Promise<boolean> {
	try {
		const take = await call(takeCareApi.restore, { params: { id: takeId } });
		studio.takes.set(take.id, take);
		return true;
	} catch (failure) {
		told(failure);
		return false;
	}
}

/** Adds pictures of one's own to a shot, one after the other; says why one could not be taken. */
export function uploadTakes(studio: StudioState, shotId: string, files: readonly File[]): void {
	studio.review.beforeChange([shotId], `upload/${shotId}`, () => void upload(studio, shotId, files));
}
async function upload(studio: StudioState, shotId: string, files: readonly File[]): Promise<void> {
	for (const file of files)
		try {
			if (file.size > limits.pictureBytes) throw new Problem('too-large');
			const bytes = new Uint8Array(await file.arrayBuffer());
			const query = { confirmApproved: 'true' } as const;
			const take = await call(takeCareApi.upload, { params: { id: studio.project.id, shotId }, query, bytes });
			studio.takes.set(take.id, take);
		} catch (failure) {
			toasts.show(`${file.name}: ${problemWords(failure)}`, { kind: 'danger' });
		}
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
