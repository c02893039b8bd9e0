import sharp from 'sharp';
import { mediaKind } from '@reelroom/shared/media/media-kind.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { cropTo, type Size } from '@reelroom/shared/provider/picture-sizes.ts';
import type { ProviderMedia } from './provider.ts';

/** Opens a picture from elsewhere within limits. */
export const decodePicture = (bytes: Uint8Array) => sharp(bytes, { limitInputPixels: 50_000_000, failOn: 'error' });

/**
 * A picture from elsewhere as it is stored: decoded within limits and written anew, so that nothing else of the file is kept. Where a size was wished for,
 * it is cropped from its middle to that shape and made smaller if it is larger, never larger.
 */
export async function takePicture(bytes: Uint8Array, wish?: Size): Promise<ProviderMedia> {
	const upright = decodePicture(bytes).rotate();
	if (wish !== undefined) {
		const { autoOrient } = await decodePicture(bytes).metadata();
		const { to, ...part } = cropTo([autoOrient.width, autoOrient.height], wish);
		upright.extract(part).resize(to[0], to[1], { fit: 'fill' });
	}
	const { data, info } = await upright.webp({ quality: 95 }).toBuffer({ resolveWithObject: true });
	return { bytes: new Uint8Array(data), mediaType: 'image/webp', widthPx: info.width, heightPx: info.height };
}

/** The same for what a service calls a picture: what is none is its failure, not ours. */
export async function takeServicePicture(bytes: Uint8Array, wish: Size): Promise<ProviderMedia> {
	const kind = mediaKind(bytes);
	if (kind !== 'png' && kind !== 'jpeg' && kind !== 'webp')
		throw new Problem('provider-failed', 'What came is no picture');
	try {
		return await takePicture(bytes, wish);
	} catch (error) {
		throw new Problem('provider-failed', 'What came is a picture that cannot be read', { cause: error });
	}
}
