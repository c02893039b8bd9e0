import sharp from 'sharp';
import { limits } from '@reelroom/shared/limits.ts';
import { thumbnailWebp } from '@reelroom/shared/node/thumbnail-webp.ts';

/** A picture with its longest side at most 400 px, as WebP of quality 85. */
export const makeThumbnail = (bytes: Uint8Array): Promise<Uint8Array> =>
	sharp(bytes, { limitInputPixels: 50e6, failOn: 'warning' })
		.resize(limits.thumbnailSidePx, limits.thumbnailSidePx, { fit: 'inside', withoutEnlargement: true })
		.webp(thumbnailWebp)
		.toBuffer();

/** A still for cards that show a link: JPEG, because not every one of them reads WebP. */
export const makePoster = (picture: string | Uint8Array): Promise<Uint8Array> =>
	sharp(picture, { limitInputPixels: 50e6 })
		.resize(limits.posterSidePx, limits.posterSidePx, { fit: 'inside', withoutEnlargement: true })
		.jpeg({ quality: 85 })
		.toBuffer();
