import { bibleApi } from '@reelroom/shared/bible/api.ts';
import type { Asset, AssetKind } from '@reelroom/shared/bible/asset.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { addAssets, addPicture, editAsset } from '@reelroom/shared/project/bible.ts';
import { call } from '#lib/call.ts';
import { problemWords, t } from '#lib/i18n/words.svelte.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** A new thing of the bible under a name that nothing else has; answers its id, null for whoever may not. */
export function newAsset(studio: StudioState, kind: AssetKind): string | null {
	if (!studio.canEdit) return null;
	const names = new Set(studio.bible.bible.assets.map(({ name }) => name));
	const plain = t(`bible.new_${kind}`);
	let name = plain;
	for (let n = 2; names.has(name); n++) name = `${plain} ${n}`;
	const [id = null] = addAssets(studio.live.doc, studio.edit, [{ kind, name }]);
	return id;
}

/** Gives an asset another name. Where shots or script call it by the old one, that stays a name of it. */
export function renameAsset(studio: StudioState, asset: Asset, name: string): void {
	const isCast = (studio.bible.casting.get(asset.id)?.length ?? 0) > 0;
	const isKnown = [name, ...asset.aliases].some((one) => one.toLowerCase() === asset.name.toLowerCase());
	editAsset(studio.live.doc, studio.edit, asset.id, {
		name,
		...(isCast && !isKnown ? { aliases: [...asset.aliases, asset.name].slice(-20) } : {}),
	});
}

/** Takes an asset out of the bible, with a way back. */
export function omitAsset(studio: StudioState, asset: Asset): void {
	const put = (omitted: boolean): void => editAsset(studio.live.doc, studio.edit, asset.id, { omitted });
	put(true);
	toasts.show(t('bible.removed', { name: asset.name }), {
		action: { label: t('common.undo'), run: () => put(false) },
	});
}

/** Stores picture files and adds them to an asset, one after the other; says why one could not be taken. */
export async function addPictureFiles(
	studio: StudioState,
	assetId: string,
	variantId: string | null,
	files: Iterable<File>,
): Promise<void> {
	for (const file of files)
		try {
			if (file.size > limits.pictureBytes) throw new Problem('too-large');
			const bytes = new Uint8Array(await file.arrayBuffer());
			const stored = await call(bibleApi.addPicture, { params: { id: studio.project.id }, bytes });
			addPicture(studio.live.doc, studio.edit, assetId, { ...stored, variantId });
		} catch (failure) {
			toasts.show(`${file.name}: ${problemWords(failure)}`, { kind: 'danger' });
		}
}
