import { takeCareApi } from '@reelroom/shared/board/take-care-api.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import { call } from '#lib/call.ts';
import { problemWords } from '#lib/i18n/words.svelte.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import { dropFiles } from '#lib/ui/drop-files.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** Kinds of file that become takes. */
export const takeFileKinds = 'image/png,image/jpeg,image/webp,image/gif,video/mp4,video/quicktime,video/webm,.mov';
/** Whether files may be added to shots by this person now. */
const canUpload = (studio: StudioState): boolean =>
	can(studio.project.role, 'take.create') && studio.save.state !== 'offline';

/** Adds pictures and clips of one's own to a shot, one after the other; says why one could not be taken. */
export function uploadTakes(studio: StudioState, shotId: string, files: readonly File[]): void {
	studio.review.beforeChange([shotId], `upload/${shotId}`, () => void upload(studio, shotId, files));
}
async function upload(studio: StudioState, shotId: string, files: readonly File[]): Promise<void> {
	const all = files.map((file) => ({ file, uploading: studio.uploads.begin(shotId, file.name) }));
	for (const { file, uploading } of all) {
		const { signal } = uploading.stop;
		try {
			signal.throwIfAborted();
			// An empty file is what a folder looks like.
			if (file.size === 0) throw new Problem('not-a-take');
			if (file.size > limits.ownClipBytes) throw new Problem('take-too-large');
			const query = { confirmApproved: 'true' } as const;
			const request = { params: { id: studio.project.id, shotId }, query, bytes: file };
			const take = await call(takeCareApi.upload, request, { signal });
			studio.takes.set(take.id, take);
		} catch (failure) {
			if (!signal.aborted) toasts.show(`${file.name}: ${problemWords(failure)}`, { kind: 'danger' });
		} finally {
			studio.uploads.end(uploading);
		}
	}
}

/** Adds the files that are dropped on an element to the shot it stands for, which is chosen. */
export const dropTakes = (studio: StudioState, shotId: string) =>
	dropFiles({
		isEnabled: () => canUpload(studio),
		onfiles: (files) => {
			if (studio.selectedShotId !== shotId) studio.select(shotId);
			uploadTakes(studio, shotId, files);
		},
	});
