import { bibleApi } from '@reelroom/shared/bible/api.ts';
import type { Asset } from '@reelroom/shared/bible/asset.ts';
import { fileUrl } from '#lib/call.ts';

/** The small picture that stands for an asset; null where it has none. */
export function faceUrl(projectId: string, asset: Asset): string | null {
	const [picture] = asset.pictures;
	return picture === undefined ? null : fileUrl(bibleApi.thumbnail, { id: projectId, digest: picture.sha256 });
}
