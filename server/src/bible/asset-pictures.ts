import type { AssetPicture } from '@reelroom/shared/bible/asset.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { Files } from '@reelroom/shared/node/files.ts';
import type { AssetPictureRecord, AssetPictureStore } from '@reelroom/shared/node/stores/asset-picture-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Actor } from '../http/on.ts';

type AssetPicturesDeps = {
	store: AssetPictureStore;
	files: Pick<Files, 'put' | 'pathOf'>;
	/** Reads a picture file and writes it anew; throws for what is none. */
	prepare: (
		bytes: Uint8Array,
		maxSidePx: number,
	) => Promise<{ bytes: Uint8Array; thumbnail: Uint8Array; widthPx: number; heightPx: number }>;
	now: () => Date;
};
export type AssetPictures = ReturnType<typeof createAssetPictures>;

/** The use cases of reference pictures. Files are named by their content, and the project says which of them it knows: nobody gets at a picture of another project by its name. */
export function createAssetPictures({ store, files, prepare, now }: AssetPicturesDeps) {
	const found = async (actor: Actor, projectId: string, sha256: string): Promise<AssetPictureRecord> => {
		await actor.must('document.read', projectId);
		const picture = await store.find(projectId, sha256);
		if (picture === null) throw new Problem('not-found');
		return picture;
	};
	return {
		/** Stores a picture for a project; the same one again is the same. */
		async add(
			actor: Actor,
			projectId: string,
			bytes: Uint8Array,
		): Promise<Pick<AssetPicture, 'sha256' | 'widthPx' | 'heightPx'>> {
			await actor.must('document.edit', projectId);
			if ((await store.count(projectId)) >= limits.picturesPerBible)
				throw new Problem('too-large', `A bible holds up to ${limits.picturesPerBible} pictures`);
			const made = await prepare(bytes, limits.referenceSidePx);
			const [file, thumbnail] = [await files.put(made.bytes), await files.put(made.thumbnail)];
			const { sha256, widthPx, heightPx } = await store.add({
				projectId,
				...file,
				thumbnailSha256: thumbnail.sha256,
				widthPx: made.widthPx,
				heightPx: made.heightPx,
				createdBy: actor.signedIn().id,
				createdAt: now(),
			});
			return { sha256, widthPx, heightPx };
		},
		/** The picture itself. */
		async file(actor: Actor, projectId: string, sha256: string) {
			const picture = await found(actor, projectId, sha256);
			return { file: files.pathOf(picture.sha256), mediaType: 'image/webp', cache: 'immutable' as const };
		},
		/** The small picture. */
		async thumbnail(actor: Actor, projectId: string, sha256: string) {
			const picture = await found(actor, projectId, sha256);
			return { file: files.pathOf(picture.thumbnailSha256), mediaType: 'image/webp', cache: 'immutable' as const };
		},
	};
}
