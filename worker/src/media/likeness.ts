import sharp from 'sharp';
import { limits } from '@reelroom/shared/limits.ts';
import { ssim, type Pixels } from './ssim.ts';

/** Longest side at which pictures are compared: what is smaller than that nobody sees on a board. */
const comparedSidePx = 512;

async function pixelsOf(picture: Uint8Array, size?: { width: number; height: number }): Promise<Pixels> {
	const { width, height } = size ?? { width: comparedSidePx, height: comparedSidePx };
	const { data, info } = await sharp(picture, { limitInputPixels: limits.picturePixels })
		.flatten()
		.toColourspace('srgb')
		.resize(width, height, { fit: size === undefined ? 'inside' : 'fill' })
		.raw()
		.toBuffer({ resolveWithObject: true });
	return { data, width: info.width, height: info.height, channels: info.channels };
}

/** How like two pictures are to the eye, 0 to 1. */
export async function likenessOf(one: Uint8Array, other: Uint8Array): Promise<number> {
	const a = await pixelsOf(one);
	const b = await pixelsOf(other, a);
	return a.channels === b.channels ? ssim(a, b) : 0;
}
