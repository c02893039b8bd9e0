import sharp from 'sharp';
import { decodePicture } from '../take-picture.ts';

/** A stored picture as PNG, which every service that speaks this API takes. */
export const asPng = async (bytes: Uint8Array): Promise<Uint8Array> =>
	new Uint8Array(await decodePicture(bytes).rotate().png().toBuffer());

/** The mask of a picture as this API wants it: as large as the picture, and clear where it is to be painted. Ours are white there. */
export async function asMask(mask: Uint8Array, picture: Uint8Array): Promise<Uint8Array> {
	const { width, height } = await sharp(picture).metadata();
	const white = await decodePicture(mask)
		.flatten({ background: '#000' })
		.resize(width, height, { fit: 'fill' })
		.greyscale()
		.raw()
		.toBuffer();
	const pixels = Buffer.alloc(width * height * 4);
	for (let at = 0; at < width * height; at++) pixels[at * 4 + 3] = 255 - (white[at] ?? 0);
	return new Uint8Array(
		await sharp(pixels, { raw: { width, height, channels: 4 } })
			.png()
			.toBuffer(),
	);
}
