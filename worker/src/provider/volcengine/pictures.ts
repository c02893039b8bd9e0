import { Problem } from '@reelroom/shared/problem.ts';
import { decodePicture } from '../take-picture.ts';

/** Bounds that the services set for pictures they are given. */
export type PictureBounds = { maxSidePx: number; maxBytes: number };

/** A stored picture as JPEG within bounds: smaller, then coarser, until it fits. */
export async function asJpeg(bytes: Uint8Array, { maxSidePx, maxBytes }: PictureBounds): Promise<Buffer> {
	for (const quality of [92, 80, 60]) {
		const jpeg = await decodePicture(bytes)
			.rotate()
			.flatten({ background: '#fff' })
			.resize(maxSidePx, maxSidePx, { fit: 'inside', withoutEnlargement: true })
			.jpeg({ quality })
			.toBuffer();
		if (jpeg.byteLength <= maxBytes) return jpeg;
	}
	throw new Problem('provider-refused', 'A reference picture is too large for the provider');
}

/** A mask as large as its picture, in black and white. */
export async function asMaskPng(mask: Uint8Array, picture: Uint8Array): Promise<Buffer> {
	const { width, height } = await decodePicture(picture).metadata();
	return decodePicture(mask)
		.flatten({ background: '#000' })
		.resize(width, height, { fit: 'fill' })
		.greyscale()
		.threshold(128)
		.png()
		.toBuffer();
}
