import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { aRecordedFile } from '@reelroom/shared/testing/comfyui/pictures.ts';
import { lookAtStreams, parseStreams, runFfmpeg } from '../cut/ffmpeg.ts';
import { lookInto } from '../provider/clip.testing.ts';
import type { TakeClip } from '../provider/provider.ts';
import { createTakeClip } from './take-clip.ts';

const run = promisify(execFile);
let folder: string;
let ffmpeg: string;
let take: TakeClip;
const { signal } = new AbortController();
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'reelroom-take-'));
	ffmpeg = (await findFfmpeg()).path;
	const workDir = join(folder, 'work');
	take = createTakeClip({ ffmpegPath: async () => ffmpeg, run: runFfmpeg, look: lookAtStreams, workDir });
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A clip as ffmpeg makes it of these arguments. */
async function made(name: string, source: string, ...options: string[]): Promise<Uint8Array> {
	const path = join(folder, name);
	await run(ffmpeg, ['-nostdin', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', source, ...options, path]);
	return new Uint8Array(await readFile(path));
}
const moving = 'testsrc=s=64x48:r=6:d=1';

test.each([
	['mp4', 'h264'],
	['webm', 'vp9'],
] as const)(
	'a clip as ComfyUI writes it (%s) keeps its picture, and loses the graph that was written into it',
	async (ending, codec) => {
		const bytes = new Uint8Array(aRecordedFile(ending));
		expect(Buffer.from(bytes).includes('class_type')).toBe(true);
		const clip = await take(bytes, { signal });
		expect(Buffer.from(clip.bytes).includes('class_type')).toBe(false);
		const seen = await lookInto(clip);
		expect([clip.mediaType, seen.codec, seen.frames.length, clip.widthPx, clip.heightPx]).toEqual([
			`video/${ending}`,
			codec,
			6,
			64,
			64,
		]);
		expect(await readdir(join(folder, 'work'))).toEqual([]);
	},
);

test('moving pictures become MP4, frame for frame and as long as they were', async () => {
	const gif = await made('moving.gif', moving);
	const clip = await take(gif, { signal });
	const seen = await lookInto(clip);
	expect([clip.mediaType, seen.codec, seen.frames.length, seen.widthPx, seen.heightPx]).toEqual([
		'video/mp4',
		'h264',
		6,
		64,
		48,
	]);
	expect(seen.fps).toBeGreaterThan(5.5);
	expect(seen.fps).toBeLessThan(6.5);
	// As recorded: of six equal frames ComfyUI keeps one, and what is left is a still.
	await expect(take(new Uint8Array(aRecordedFile('webp')), { signal })).rejects.toThrow('does not move');
	const pages = [10, 200].map((grey) => ({
		create: { width: 32, height: 32, channels: 3 as const, background: { r: grey, g: grey, b: grey } },
	}));
	const stills = await Promise.all(pages.map((page) => sharp(page).png().toBuffer()));
	const uneven = await sharp(stills, { join: { animated: true } })
		.webp({ delay: [100, 300], lossless: true })
		.toBuffer();
	const { frames } = await lookInto(await take(new Uint8Array(uneven), { signal }));
	expect(frames.map((frame) => ((frame[0] ?? 0) > 100 ? 'light' : 'dark'))).toEqual([
		...Array.from({ length: 3 }, () => 'dark'),
		...Array.from({ length: 9 }, () => 'light'),
	]);
});

test('what browsers do not play is encoded anew, and sound goes along', async () => {
	const sound = ['-f', 'lavfi', '-i', 'sine=d=1', '-shortest'];
	for (const [name, ...options] of [
		['h265.mp4', '-c:v', 'libx265', '-x265-params', 'log-level=none'],
		['deep.mp4', '-c:v', 'libx264', '-pix_fmt', 'yuv444p10le'],
		['odd.mp4', '-vf', 'scale=63:47', '-c:v', 'mpeg4'],
	] as const) {
		const clip = await take(await made(name, moving, ...options), { signal });
		const { codec, frames, widthPx, heightPx } = await lookInto(clip);
		expect([clip.mediaType, codec, frames.length], name).toEqual(['video/mp4', 'h264', 6]);
		expect([widthPx % 2, heightPx % 2]).toEqual([0, 0]);
	}
	const loud = await take(await made('loud.mp4', moving, ...sound, '-c:a', 'libmp3lame'), { signal });
	const file = join(folder, 'loud-taken.mp4');
	await writeFile(file, loud.bytes);
	expect((await lookAtStreams(ffmpeg, { path: file, demuxer: 'mov' }, signal)).audio).toBe('aac');
});

test('what is no clip, too long, too large or broken is refused in words, and leaves nothing behind', async () => {
	const refusals: [string, Uint8Array, RegExp][] = [
		['a text', new TextEncoder().encode('#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n'), /no clip/],
		[
			'a text behind the first bytes of a clip',
			new TextEncoder().encode('\0\0\0\x18ftypisom#EXTM3U'),
			/cannot be read/,
		],
		[
			'a still',
			new Uint8Array(
				await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
					.webp()
					.toBuffer(),
			),
			/does not move/,
		],
		[
			'too large',
			await made('large.mp4', 'color=s=4200x64:r=2:d=1', '-c:v', 'libx264', '-preset', 'ultrafast'),
			/more than 4K/,
		],
		[
			'too long',
			await made('long.mp4', 'color=s=64x64:r=1:d=1900', '-c:v', 'libx264', '-preset', 'ultrafast'),
			/half an hour/,
		],
		['sound alone', await made('sound.mp4', 'sine=d=1', '-c:a', 'aac'), /cannot be read/],
	];
	for (const [what, bytes, words] of refusals)
		await expect(take(bytes, { signal }), what).rejects.toMatchObject({
			code: 'provider-failed',
			message: expect.stringMatching(words) as string,
		});
	const whole = await made('whole.mp4', moving, '-c:v', 'libx264');
	await expect(take(whole.subarray(0, whole.length >> 1), { signal })).rejects.toMatchObject({
		code: 'provider-failed',
	});
	expect(await readdir(join(folder, 'work'))).toEqual([]);
});

test('a stopped taking ends with the reason of the signal', async () => {
	const reason = new Error('stopped');
	await expect(take(await made('whole.mp4', moving), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('what stands in a clip’s own words is never taken for what it is', () => {
	const words = [
		"Input #0, mov,mp4, from 'x':",
		'  Metadata:',
		'    comment         : ',
		'    : Stream #0:0: Video: h264, yuv420p, 64x64',
		'    title           :   Duration: 00:00:01.00, start',
		'  Duration: 01:02:03.50, start: 0.000000, bitrate: 7 kb/s',
		'  Stream #0:0[0x1](und): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, bt709), 3840x2160 [SAR 1:1 DAR 16:9], 25 fps',
		'  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)',
	].join('\n');
	expect(parseStreams(words)).toEqual({
		video: { codec: 'hevc', pixels: 'yuv420p10le', widthPx: 3840, heightPx: 2160 },
		audio: 'aac',
		durationMs: 3_723_500,
	});
});
