import sharp, { type Metadata } from 'sharp';
import { limits } from '@reelroom/shared/limits.ts';
import { thumbnailWebp } from '@reelroom/shared/node/thumbnail-webp.ts';

/** What is asked of the process of pictures. */
export type PictureJob = { bytes: Uint8Array; maxSidePx: number };
export type PreparedPicture = {
	bytes: Uint8Array;
	thumbnail: Uint8Array;
	widthPx: number;
	heightPx: number;
};
export type PictureAnswer = { picture: PreparedPicture } | { refused: 'not-a-picture' | 'too-large' } | { bug: string };

/** Kinds of file that are taken, as their first bytes say. */
const taken: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp']);
const open = (bytes: Uint8Array) =>
	sharp(bytes, { limitInputPixels: limits.picturePixels, failOn: 'warning', pages: 1, sequentialRead: true });

async function prepare({ bytes, maxSidePx }: PictureJob): Promise<PictureAnswer> {
	let about: Metadata;
	try {
		about = await sharp(bytes, { limitInputPixels: false, pages: 1 }).metadata();
	} catch {
		return { refused: 'not-a-picture' };
	}
	if (!taken.has(about.format ?? '') || about.width === undefined || about.height === undefined)
		return { refused: 'not-a-picture' };
	if (about.width * about.height > limits.picturePixels) return { refused: 'too-large' };
	try {
		// Turned as its camera held it, and written anew: nothing else of the file is kept.
		const { data, info } = await open(bytes)
			.rotate()
			.resize(maxSidePx, maxSidePx, { fit: 'inside', withoutEnlargement: true })
			.webp({ quality: 92 })
			.toBuffer({ resolveWithObject: true });
		const thumbnail = await sharp(data)
			.resize(limits.thumbnailSidePx, limits.thumbnailSidePx, { fit: 'inside', withoutEnlargement: true })
			.webp(thumbnailWebp)
			.toBuffer();
		return { picture: { bytes: data, thumbnail, widthPx: info.width, heightPx: info.height } };
	} catch {
		// A file that begins like a picture and is none, or one that is damaged.
		return { refused: 'not-a-picture' };
	}
}

// The process of pictures: one job after the other, each answered exactly once.
sharp.concurrency(1);
sharp.cache(false);
process.on('message', (job: PictureJob) => {
	prepare(job)
		.catch((error: unknown): PictureAnswer => ({ bug: error instanceof Error ? error.message : String(error) }))
		.then((answer) => process.send?.(answer))
		.catch(() => process.exit(1));
});
