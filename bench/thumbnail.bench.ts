import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { limits } from '@reelroom/shared/limits.ts';
import { breakDown, charactersOf } from '@reelroom/shared/script/break-down.ts';
import { ssim, type Pixels } from '@reelroom/worker/media/ssim.ts';
import { makeThumbnail } from '@reelroom/worker/media/thumbnail.ts';
import { noFiles } from '@reelroom/worker/provider/provider.ts';
import { createSketchProvider } from '@reelroom/worker/provider/sketch/sketch.ts';
import { median, timed } from './measure.ts';

const sample = new URL('../shared/defaults/samples/the-little-match-girl.fountain', import.meta.url);
const styles = ['pencil', 'anime', 'noir', 'watercolour', 'cinematic', 'neon'] as const;
const sidePx = 1024;
const rounds = 15;

export const workload =
	'Six sketches and a screenshot, 1024 × 1024 as PNG, made into WebP of 400 × 400 and quality 85 as sharp does it by itself and as we do it, in turns, 15 times each: the median share of its time; the structural similarity of the two results (of their brightness, windows of 8 × 8), its median and the least, which is that of paper grain.';

const screenshot = new URL('../docs/images/board.webp', import.meta.url);
const bySharp = (picture: Uint8Array): Promise<Uint8Array> =>
	sharp(picture).resize(limits.thumbnailSidePx).webp({ quality: 85 }).toBuffer();

async function brightnessOf(picture: Uint8Array): Promise<Pixels> {
	const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
	return { data, width: info.width, height: info.height, channels: info.channels };
}

/** What a small picture costs beside what sharp takes by itself, and how like the two are. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	const text = await readFile(sample, 'utf8');
	const [shot] = breakDown(text, { fps: 24 }).flatMap((scene) => scene.shots.map(({ content }) => content));
	if (shot === undefined) throw new Error('The sample has no shot.');
	const context = { signal: new AbortController().signal, onProgress: async () => undefined, readFile: noFiles };
	const about = { kind: 'text-to-image', label: '1A', shot, looks: charactersOf(text), seed: 1 } as const;
	const provider = createSketchProvider();
	const board = await sharp(await readFile(screenshot))
		.resize(sidePx, sidePx, { fit: 'cover' })
		.png()
		.toBuffer();
	const pictures: [string, Uint8Array][] = [['screen', board]];
	for (const style of styles) {
		const made = await provider.make({ ...about, style, widthPx: sidePx, heightPx: sidePx }, context);
		pictures.push([style, new Uint8Array(await sharp(made.bytes).png().toBuffer())]);
	}
	const [ours, theirs, ratios, likenesses]: number[][] = [[], [], [], []];
	for (const [name, picture] of pictures) {
		const [own, other] = [await makeThumbnail(picture), await bySharp(picture)];
		const [ownMs, otherMs]: number[][] = [[], []];
		for (let round = 0; round < rounds; round++) {
			otherMs?.push(await timed(() => bySharp(picture)));
			ownMs?.push(await timed(() => makeThumbnail(picture)));
		}
		const [mine, sharps] = [median(ownMs ?? []), median(otherMs ?? [])];
		const likeness = ssim(await brightnessOf(own), await brightnessOf(other));
		ours?.push(mine);
		theirs?.push(sharps);
		ratios?.push(mine / sharps);
		likenesses?.push(likeness);
		tell(
			`${name}: ${mine.toFixed(1)} of ${sharps.toFixed(1)} ms, SSIM ${likeness.toFixed(4)}, ${(own.length / 1024).toFixed(1)} of ${(other.length / 1024).toFixed(1)} kB`,
		);
	}
	return {
		'thumbnail.ms': median(ours ?? []),
		'thumbnail.ofSharp': median(ratios ?? []),
		'thumbnail.likeSharp.ssim': median(likenesses ?? []),
		'thumbnail.likeSharp.least.ssim': Math.min(...(likenesses ?? [])),
	};
}
