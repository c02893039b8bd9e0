import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import { lookInto } from '../provider/clip.testing.ts';
import { renderFilm } from './render-cut.ts';

const run = promisify(execFile);
const size = { widthPx: 320, heightPx: 180 };
/** Each frame of the clips has a grey of its own, by which it is known again. */
const greyOf = (index: number): number => 40 + 8 * index;
const clip = { fps: 10, frames: 20 };

let folder: string;
let ffmpeg: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'reelroom-clips-'));
	ffmpeg = (await findFfmpeg()).path;
	const drawn = `color=black:s=200x200:r=${clip.fps}:d=${clip.frames / clip.fps},format=gray,geq=lum='40+8*N':a=255,format=yuv420p`;
	const made = ['-nostdin', '-loglevel', 'error', '-f', 'lavfi', '-i', drawn];
	await run(ffmpeg, [...made, '-c:v', 'libx264', '-crf', '12', '-f', 'mp4', join(folder, 'clip-mp4')]);
	await run(ffmpeg, [...made, '-c:v', 'libvpx', '-b:v', '2M', '-f', 'webm', join(folder, 'clip-webm')]);
	await sharp({ create: { width: 320, height: 180, channels: 3, background: '#fff' } })
		.png()
		.toFile(join(folder, 'still'));
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const shot = (index: number, change: Partial<RenderRequest['shots'][number]> = {}): RenderRequest['shots'][number] => ({
	id: `shot-000${index}`,
	sceneId: 'scene-0001',
	label: `1${index}`,
	heading: 'EXT. STREET',
	durationFrames: 30,
	transition: 'cut',
	// A clip has its own camera: the shot's move must not be added to it.
	move: 'zoom',
	action: '',
	dialogue: [],
	takeSha256: 'clip-mp4',
	takeMediaType: 'video/mp4',
	...change,
});
/** The middle grey of each frame of the film of these shots. */
async function film(shots: RenderRequest['shots'], clipsPerSegment?: number) {
	const workDir = await mkdtemp(join(folder, 'work-'));
	const { path } = await renderFilm(
		{ ...size, fps: 12, subtitles: 'none', quality: 'final', style: 'anime', title: null, endCard: null, shots },
		{
			pathOf: (sha256) => join(folder, sha256),
			workDir,
			ffmpegPath: async () => ffmpeg,
			signal: new AbortController().signal,
			...(clipsPerSegment === undefined ? {} : { clipsPerSegment }),
			onProgress: async () => {},
		},
	);
	const seen = await lookInto({ bytes: new Uint8Array(await readFile(path)), mediaType: 'video/mp4' });
	expect([seen.widthPx, seen.heightPx]).toEqual([size.widthPx, size.heightPx]);
	return seen.frames;
}
const corners = (frame: Buffer | undefined): number[] =>
	[0, size.widthPx - 1, size.widthPx * 90 + 160, size.widthPx * size.heightPx - 1].map((at) => frame?.[at] ?? 0);
/** Which frame of the clip is shown by a film of 12 frames a second, so many frames into the shot. */
const shownAt = (frame: number): number => {
	let index = 0;
	while (index + 1 < clip.frames && Math.round(((index + 1) * 12) / clip.fps) <= frame) index++;
	return index;
};

test.each(['mp4', 'webm'] as const)(
	'a shot whose take is a clip plays it (%s): brought to the film’s rate, filling the frame, its last frame held to the end of the shot',
	async (kind) => {
		const take = { takeSha256: `clip-${kind}`, takeMediaType: `video/${kind}` };
		// Between two fades, which are looked at elsewhere.
		const frames = await film([shot(0, take)]);
		expect(frames).toHaveLength(30);
		for (let index = 6; index < 24; index++)
			for (const grey of corners(frames[index]))
				expect(Math.abs(grey - greyOf(shownAt(index))), `frame ${index}: ${grey}`).toBeLessThan(5);
		expect(shownAt(24)).toBe(clip.frames - 1);
	},
	60_000,
);

test('a clip that is longer than its shot is cut to it, between stills and in segments of any size', async () => {
	const { takeMediaType: _none, ...white } = shot(0, { takeSha256: 'still', move: 'static' });
	const shots = [
		white,
		shot(1, { durationFrames: 12 }),
		{ ...white, id: 'shot-0002' },
		shot(3, { durationFrames: 12, transition: 'dissolve' }),
		shot(4, { takeSha256: 'clip-webm', takeMediaType: 'video/webm', durationFrames: 24 }),
		{ ...white, id: 'shot-0005' },
	];
	const whole = await film(shots);
	for (let index = 0; index < 12; index++)
		for (const grey of corners(whole[30 + index])) expect(Math.abs(grey - greyOf(shownAt(index)))).toBeLessThan(5);
	for (const at of [29, 42]) for (const grey of corners(whole[at])) expect(grey).toBeGreaterThan(245);
	const parts = await film(shots, 2);
	expect(parts).toHaveLength(whole.length);
	parts.forEach((frame, index) => {
		corners(frame).forEach((grey, corner) =>
			expect(Math.abs(grey - (corners(whole[index])[corner] ?? 0)), `frame ${index}`).toBeLessThan(6),
		);
	});
}, 120_000);
