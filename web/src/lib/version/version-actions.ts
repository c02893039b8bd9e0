import { versionApi } from '@reelroom/shared/version/api.ts';
import type { Version } from '@reelroom/shared/version/version.ts';
import { call } from '#lib/call.ts';
import { formatDate, problemWords, t } from '#lib/i18n/words.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

const told = (failure: unknown): null => {
	toasts.show(problemWords(failure), { kind: 'danger' });
	return null;
};

/** Makes the project what it was, or one scene of it, with a way back; answers whether it did. */
export async function restore(version: Version, scene?: { id: string; heading: string }): Promise<boolean> {
	const { id } = version;
	const sceneId = scene === undefined ? {} : { sceneId: scene.id };
	const kept = await call(versionApi.restore, { params: { id }, body: sceneId }).catch(told);
	if (kept === null) return false;
	const undo = async (): Promise<void> => {
		const undoes = { versionId: id, ...sceneId };
		if ((await call(versionApi.restore, { params: { id: kept.id }, body: { undoes } }).catch(told)) !== null)
			toasts.show(t('version.restoreUndone'), { kind: 'ok' });
	};
	const said =
		scene === undefined
			? t('version.restored', { at: formatDate(version.at, 'both') })
			: t('version.copied', { heading: scene.heading });
	toasts.show(said, { kind: 'ok', action: { label: t('common.undo'), run: () => void undo() } });
	return true;
}

/** Keeps the present under a name, or gives a version one; answers whether it did. */
export async function keepNamed(projectId: string, version: Version | null, name: string): Promise<Version | null> {
	const kept = await (
		version === null
			? call(versionApi.name, { params: { id: projectId }, body: { name } })
			: call(versionApi.rename, { params: { id: version.id }, body: { name } })
	).catch(told);
	if (kept !== null) toasts.show(t('version.named', { name }), { kind: 'ok' });
	return kept;
}

/** Deletes a named version; answers whether it did. */
export async function deleteVersion(version: Version): Promise<boolean> {
	const done = await call(versionApi.delete, { params: { id: version.id } }).then(() => true, told);
	if (done === null) return false;
	toasts.show(t('version.deleted', { name: version.name ?? '' }));
	return true;
}
