import { link } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';

/** A clip from elsewhere that is not taken: to a task it is its provider's failure. */
export class ClipRefused extends Problem {
	/** Whether it is one, and only larger or longer than may be. */
	readonly isTooLarge: boolean;
	constructor(detail: string, isTooLarge: boolean, cause?: unknown) {
		super('provider-failed', detail, cause === undefined ? {} : { cause });
		this.isTooLarge = isTooLarge;
	}
}
export const clipRefused = (detail: string, cause?: unknown): Problem => new ClipRefused(detail, false, cause);
export const clipTooLarge = (detail: string): Problem => new ClipRefused(detail, true);
/** Whether a clip is no larger than 4K, lying or standing. */
export const isWithin4k = ({ widthPx, heightPx }: { widthPx: number; heightPx: number }): boolean =>
	Math.max(widthPx, heightPx) <= limits.clipSidePx && widthPx * heightPx <= limits.clipPx;

const mostPages = 10_000;
/** All pages of a moving picture together: two minutes of 1080p. */
const mostPx = 6e9;
/** Pixels that are decoded at once. */
const pxAtOnce = 20e6;
/** Where pages stand for different times, this many frames a second tell them. */
const mixedFps = 30;

/** How often each page comes, and how many frames a second there are. */
function timesOf(delays: readonly number[]): { rate: string; times: number[] } {
	// Hundredths of a second are all that a GIF knows: what differs by one of them is meant to be equal.
	if (Math.max(...delays) - Math.min(...delays) <= 10)
		return { rate: `${1000 * delays.length}/${delays.reduce((sum, ms) => sum + ms, 0)}`, times: delays.map(() => 1) };
	let ms = 0;
	let told = 0;
	const times = delays.map((delay) => {
		ms += delay;
		const count = Math.max(1, Math.round((ms * mixedFps) / 1000) - told);
		told += count;
		return count;
	});
	return { rate: String(mixedFps), times };
}

/** Writes the pages of a GIF or an animated WebP as numbered stills; `path` is the pattern of their names, `rate` how many frames a second they are. */
export async function unfold(
	bytes: Uint8Array,
	folder: string,
	signal: AbortSignal,
): Promise<{ path: string; rate: string }> {
	const unreadable = (error: unknown): never => {
		throw clipRefused('The clip cannot be read', error);
	};
	const { pages = 1, delay = [], width = 0, pageHeight, height = 0 } = await sharp(bytes).metadata().catch(unreadable);
	const size = { width, height: pageHeight ?? height };
	const px = size.width * size.height;
	if (pages < 2) throw clipRefused('The picture does not move');
	if (pages > mostPages || px * pages > mostPx || !isWithin4k({ widthPx: size.width, heightPx: size.height }))
		throw clipTooLarge('The moving picture is too large');
	// A page that stands for no time is shown by browsers for a tenth of a second.
	const delays = Array.from({ length: pages }, (_, page) => ((delay[page] ?? 0) > 10 ? (delay[page] ?? 100) : 100));
	if (delays.reduce((sum, ms) => sum + ms, 0) > limits.clipMs)
		throw clipTooLarge('The clip is longer than half an hour');
	const { rate, times } = timesOf(delays);
	const nameOf = (frame: number) => join(folder, `${String(frame).padStart(6, '0')}.png`);
	const atOnce = Math.max(1, Math.floor(pxAtOnce / px));
	let frame = 0;
	for (let first = 0; first < pages; first += atOnce) {
		signal.throwIfAborted();
		const count = Math.min(atOnce, pages - first);
		const { data, info } = await sharp(bytes, { page: first, pages: count, limitInputPixels: px * count })
			.flatten({ background: '#000' })
			.removeAlpha()
			.raw()
			.toBuffer({ resolveWithObject: true })
			.catch(unreadable);
		const each = px * info.channels;
		for (let page = 0; page < count; page++) {
			const original = nameOf(frame);
			await sharp(data.subarray(page * each, (page + 1) * each), { raw: { ...size, channels: info.channels } })
				.png({ compressionLevel: 1 })
				.toFile(original);
			frame++;
			for (let again = 1; again < (times[first + page] ?? 1); again++) await link(original, nameOf(frame++));
		}
	}
	return { path: join(folder, '%06d.png'), rate };
}
