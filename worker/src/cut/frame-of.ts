import sharp from 'sharp';

/** A picture brought to the size of the film, cropped to fill it, as PNG. */
export const frameOf = (bytes: Uint8Array, widthPx: number, heightPx: number): Promise<Uint8Array> =>
	sharp(bytes, { limitInputPixels: 50e6, failOn: 'warning' })
		.resize(widthPx, heightPx, { fit: 'cover' })
		.removeAlpha()
		.png({ compressionLevel: 1 })
		.toBuffer();
