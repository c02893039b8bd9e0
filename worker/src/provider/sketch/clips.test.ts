import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moveAt } from '@reelroom/shared/cut/timeline.ts';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { createMakeClip } from '../../cut/make-clip.ts';
import { lookInto } from '../clip.testing.ts';
import type { Provider, ProviderContext } from '../provider.ts';
import { sampleRequest } from './request.testing.ts';
import { createSketchProvider } from './sketch.ts';

const size = { widthPx: 320, heightPx: 180 };
/** Where the white dot of the picture is, in 0–1. */
const dot = { x: 0.6, y: 0.4 };
const files = new Map<string, Uint8Array>();
let workDir: string;
let provider: Provider;

const keep = (bytes: Uint8Array): string => {
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	files.set(sha256, bytes);
	return sha256;
};
const context = (about: Partial<ProviderContext> = {}): ProviderContext => ({
	signal: new AbortController().signal,
	onProgress: async () => {},
	readFile: async (sha256) => files.get(sha256) ?? new Uint8Array(),
	...about,
});
/** A grey picture with a white dot, of another shape than the clip when it is asked for. */
async function aDot(grey: number, { width = 320, height = 180 } = {}): Promise<string> {
	const svg = `<svg width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="rgb(${grey},${grey},${grey})"/><circle cx="${dot.x * width}" cy="${dot.y * height}" r="6" fill="white"/></svg>`;
	return keep(new Uint8Array(await sharp(Buffer.from(svg)).webp({ lossless: true }).toBuffer()));
}
const aClip = (about: Parameters<typeof sampleRequest>[0]): GenerationRequest =>
	sampleRequest({ ...size, kind: 'image-to-video', durationFrames: 24, fps: 12, ...about });
const meanOf = (frame: Buffer | undefined): number =>
	(frame ?? Buffer.alloc(1)).reduce((sum, value) => sum + value, 0) / (frame?.length ?? 1);
function dotIn(frame: Buffer | undefined): { x: number; y: number } {
	let sum = 0,
		x = 0,
		y = 0;
	frame?.forEach((value, index) => {
		if (value < 215) return;
		sum++;
		x += index % size.widthPx;
		y += Math.floor(index / size.widthPx);
	});
	return { x: x / sum / size.widthPx, y: y / sum / size.heightPx };
}

beforeAll(async () => {
	workDir = await mkdtemp(join(tmpdir(), 'reelroom-clips-'));
	const { path } = await findFfmpeg();
	provider = createSketchProvider({ makeClip: createMakeClip({ ffmpegPath: async () => path, workDir }) });
}, 240_000);
afterAll(() => rm(workDir, { recursive: true, force: true }));

test.each(['pan', 'push in', 'zoom'] as const)(
	'a picture is animated by the shot’s own move, frame for frame as the film would move it: %s',
	async (move) => {
		const request = aClip({ shot: { move }, references: [{ role: 'reference', sha256: await aDot(80) }] });
		const { frames, fps, codec } = await lookInto(await provider.make(request, context()));
		expect([frames.length, fps, codec]).toEqual([24, 12, 'h264']);
		for (const index of [0, 8, 12, 16, 23]) {
			const window = moveAt(move, index / 23);
			const seen = dotIn(frames[index]);
			expect(Math.abs(seen.x - ((dot.x - window.x) * window.zoom + 0.5)), `x at ${index}`).toBeLessThan(0.012);
			expect(Math.abs(seen.y - ((dot.y - window.y) * window.zoom + 0.5)), `y at ${index}`).toBeLessThan(0.02);
		}
	},
	60_000,
);

test('a shot whose camera stands still makes a clip that breathes, not a frozen one', async () => {
	const request = aClip({ shot: { move: 'static' }, references: [{ role: 'reference', sha256: await aDot(80) }] });
	const { frames } = await lookInto(await provider.make(request, context()));
	expect(Math.abs(dotIn(frames[23]).x - dotIn(frames[0]).x)).toBeGreaterThan(0.003);
	expect(Math.abs(dotIn(frames[23]).x - dotIn(frames[0]).x)).toBeLessThan(0.02);
}, 60_000);

test('a clip between two frames begins as the first, ends as the last and goes over in between', async () => {
	const request = aClip({
		kind: 'first-last-frame-to-video',
		references: [
			{ role: 'reference', sha256: await aDot(60) },
			{ role: 'last', sha256: await aDot(180, { width: 180, height: 320 }) },
		],
	});
	const { frames } = await lookInto(await provider.make(request, context()));
	const greys = frames.map(meanOf);
	expect(frames).toHaveLength(24);
	expect(greys[0]).toBeCloseTo(greys[5] ?? 0, -0.5);
	expect(Math.abs((greys[0] ?? 0) - 60)).toBeLessThan(6);
	expect(Math.abs((greys[23] ?? 0) - 180)).toBeLessThan(6);
	expect(greys[12]).toBeGreaterThan(100);
	expect(greys[12]).toBeLessThan(140);
	expect(greys.slice(6, 18)).toEqual(greys.slice(6, 18).toSorted((a, b) => a - b));
}, 60_000);

test.each([1, 2, 3])('a clip between two frames may be as short as %s frames', async (durationFrames) => {
	const references = [
		{ role: 'reference' as const, sha256: await aDot(60) },
		{ role: 'last' as const, sha256: await aDot(180) },
	];
	const request = aClip({ kind: 'first-last-frame-to-video', durationFrames, references });
	expect((await lookInto(await provider.make(request, context()))).frames).toHaveLength(durationFrames);
});

test('an odd size becomes the even one below it, and a clip without a length has the shot’s', async () => {
	const { durationFrames: _none, ...request } = aClip({ widthPx: 321, heightPx: 181, shot: { durationFrames: 5 } });
	const references = [{ role: 'reference' as const, sha256: await aDot(60) }];
	const made = await provider.make({ ...request, references }, context());
	const { widthPx, heightPx, frames } = await lookInto(made);
	expect([widthPx, heightPx, frames.length, made.widthPx, made.heightPx]).toEqual([320, 180, 5, 320, 180]);
});

test('what is no picture is refused in words', async () => {
	const request = aClip({ references: [{ role: 'reference', sha256: keep(new TextEncoder().encode('no picture')) }] });
	await expect(provider.make(request, context())).rejects.toMatchObject({ code: 'provider-refused' });
});

test('a cancelled clip kills its ffmpeg and leaves nothing behind', async () => {
	const stop = new AbortController();
	const references = [{ role: 'reference' as const, sha256: await aDot(60) }];
	const long = aClip({ widthPx: 1280, heightPx: 720, durationFrames: 9000, shot: { move: 'zoom' }, references });
	const began = Date.now();
	const run = provider.make(
		long,
		context({
			signal: stop.signal,
			onProgress: async ({ value }) => {
				if (value > 0) stop.abort(new Error('cancelled by a person'));
			},
		}),
	);
	await expect(run).rejects.toThrow('cancelled by a person');
	expect(Date.now() - began).toBeLessThan(20_000);
	expect(await readdir(workDir)).toEqual([]);
}, 60_000);
