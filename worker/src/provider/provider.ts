import type { PictureRequest } from '@reelroom/shared/provider/provider.ts';

/** A step of the work as it is told to everybody who watches. `value` of `max` steps are done. */
export type ProviderProgress = {
	stage: string;
	value: number;
	max: number;
	/** The picture as far as it is, WebP of at most 640 px. */
	preview?: Uint8Array;
};

export type ProviderPicture = {
	bytes: Uint8Array;
	mediaType: 'image/webp' | 'image/png' | 'image/jpeg';
	widthPx: number;
	heightPx: number;
};

/** The port that every provider implements. */
export type Provider = {
	name: string;
	/** Makes one picture. Rejects with the signal's reason when it is aborted; equal requests give equal bytes where the provider can promise it. */
	makePicture(
		request: PictureRequest,
		context: { signal: AbortSignal; onProgress: (progress: ProviderProgress) => Promise<void> },
	): Promise<ProviderPicture>;
};
