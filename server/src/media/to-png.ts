import sharp from 'sharp';

/** The bytes of a picture file as PNG. */
export const toPng = async (path: string): Promise<Uint8Array> => sharp(path).png({ compressionLevel: 6 }).toBuffer();
