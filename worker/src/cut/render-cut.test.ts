import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipsAt, moveAt, progressAt } from '@reelroom/shared/cut/timeline.ts';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import { runFfmpeg } from './ffmpeg.ts';
import { renderFilm, timelineOf } from './render-cut.ts';
import { clipsPerSegment } from './segments.ts';

const run = promisify(execFile);
const size = { widthPx: 320, heightPx: 180 };
/** Where the white dot of every picture is, in 0–1. */
const dot = { x: 0.6, y: 0.4 };
const shades = [60, 110, 160, 90, 140] as const;

let folder: string;
let ffmpeg: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'reelroom-film-'));
	ffmpeg = (await findFfmpeg()).path;
	for (const [index, shade] of shades.entries()) {
		const radius = 6;
		const circle = Buffer.from(
			`<svg width="320" height="180"><rect width="320" height="180" fill="rgb(${shade},${shade},${shade})"/><circle cx="${dot.x * 320}" cy="${dot.y * 180}" r="${radius}" fill="white"/></svg>`,
		);
		await sharp(circle)
			.png()
			.toFile(join(folder, `take-${index}`));
	}
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const shot = (index: number, change: Partial<RenderRequest['shots'][number]> = {}): RenderRequest['shots'][number] => ({
	id: `shot-000${index}`,
	sceneId: 'scene-0001',
	label: `1${index}`,
	heading: 'EXT. STREET',
	durationFrames: 30,
	transition: 'cut',
	move: 'static',
	action: 'Snow falls.',
	dialogue: [],
	takeSha256: `take-${index}`,
	...change,
});
const request = (shots: RenderRequest['shots'], change: Partial<RenderRequest> = {}): RenderRequest => ({
	...size,
	fps: 12,
	subtitles: 'none',
	quality: 'final',
	style: 'anime',
	title: null,
	endCard: null,
	shots,
	...change,
});

async function film(input: RenderRequest, clipsPerSegment?: number) {
	const workDir = await mkdtemp(join(folder, 'work-'));
	const told: { stage: string; value: number; max: number }[] = [];
	const rendered = await renderFilm(input, {
		pathOf: (sha256) => join(folder, sha256),
		workDir,
		ffmpegPath: async () => ffmpeg,
		signal: new AbortController().signal,
		...(clipsPerSegment === undefined ? {} : { clipsPerSegment }),
		onProgress: async (progress) => void told.push(progress),
	});
	return { rendered, told, workDir };
}

/** The grey values of every frame of a film. */
async function framesOf(path: string): Promise<Buffer[]> {
	const { stdout } = await run(ffmpeg, ['-loglevel', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'], {
		encoding: 'buffer',
		maxBuffer: 1 << 28,
	});
	const length = size.widthPx * size.heightPx;
	return Array.from({ length: stdout.length / length }, (_, index) =>
		stdout.subarray(index * length, (index + 1) * length),
	);
}
/** At which frame of the film each packet of the picture is shown, in order. */
async function framePlaces(path: string): Promise<number[]> {
	const { stdout } = await run(ffmpeg, [
		'-loglevel',
		'error',
		'-i',
		path,
		'-map',
		'0:v',
		'-c',
		'copy',
		'-f',
		'framecrc',
		'-',
	]);
	const [, , perSecond = '1'] = /#tb 0: (\d+)\/(\d+)/.exec(stdout) ?? [];
	const places = stdout.split('\n').filter((line) => /^0,/.test(line));
	return places.map((line) => (Number(line.split(',')[2]) * 12) / Number(perSecond)).sort((a, b) => a - b);
}
const at = (frame: Buffer | undefined, x: number, y: number) =>
	frame?.[Math.round(y * (size.heightPx - 1)) * size.widthPx + Math.round(x * (size.widthPx - 1))] ?? Number.NaN;
/** The middle of the white dot in a frame, in 0–1. */
function dotIn(frame: Buffer): { x: number; y: number } {
	let sum = 0,
		x = 0,
		y = 0;
	frame.forEach((value, index) => {
		if (value < 215) return;
		sum++;
		x += index % size.widthPx;
		y += Math.floor(index / size.widthPx);
	});
	return { x: x / sum / size.widthPx, y: y / sum / size.heightPx };
}

describe('a rendered film', () => {
	it.each([undefined, 2, 3])(
		'shows in every frame what the animatic shows there: cuts, fades, dissolves and wipes; in segments of %s clips too',
		async (clipsPerSegment) => {
			// Moving shots among still ones: each kind counts its frames in its own way.
			const input = request([
				shot(0, { transition: 'dissolve', move: 'push in' }),
				shot(1, { transition: 'fade', move: 'pan' }),
				shot(2, { transition: 'wipe' }),
				shot(3, { move: 'handheld' }),
				shot(4, { move: 'pull out' }),
				shot(0, { id: 'shot-1000', move: 'crane' }),
			]);
			const timeline = timelineOf(input);
			const { rendered, told, workDir } = await film(input, clipsPerSegment);
			const frames = await framesOf(rendered.path);
			expect(frames).toHaveLength(timeline.totalFrames);
			for (const [index, frame] of frames.entries()) {
				// A point away from the dot; pictures are flat there, so the mix can be told exactly.
				const point = { x: 0.25, y: 0.8 };
				let expected = 0;
				for (const { clip, opacity, black, revealed } of clipsAt(timeline, index)) {
					const shade = (shades[Number(clip.shotId?.at(-1))] ?? 0) * (1 - black);
					const covered = revealed === 1 || point.x >= 1 - revealed ? opacity : 0;
					expected = expected * (1 - covered) + shade * covered;
				}
				const near = Math.abs(at(frame, point.x, point.y) - expected);
				const wiping = clipsAt(timeline, index).some(({ revealed }) => Math.abs(1 - revealed - point.x) < 0.12);
				// While the edge of a wipe passes over the point either side is right.
				if (!wiping) expect(near, `frame ${index}: ${at(frame, point.x, point.y)} for ${expected}`).toBeLessThan(14);
			}
			// Every packet on its own tick: joined segments leave no gap, and no frame comes twice.
			expect(await framePlaces(rendered.path)).toEqual(frames.map((_, index) => index));
			expect(told.map(({ value }) => value)).toEqual(told.map(({ value }) => value).sort((a, b) => a - b));
			expect(await readdir(workDir)).toEqual(['film.mp4']);
		},
		60_000,
	);

	it('burns subtitles in at their time, whichever segment they fall into', async () => {
		const spoken = [{ character: 'GIRL', text: 'Matches, sir.' }];
		const input = request(
			shades.map((_, index) => shot(index, { dialogue: index === 3 ? spoken : [], transition: 'dissolve' })),
			{ subtitles: 'burned' },
		);
		const whole = await framesOf((await film(input)).rendered.path);
		const parts = await framesOf((await film(input, 2)).rendered.path);
		expect(parts).toHaveLength(whole.length);
		const silent = await framesOf((await film({ ...input, subtitles: 'none' })).rendered.path);
		/** The frames that words stand over. */
		const spokenIn = (frames: readonly Buffer[]) =>
			frames.flatMap((frame, index) =>
				frame.filter((value, place) => Math.abs(value - (silent[index]?.[place] ?? 0)) > 40).length > 40 ? [index] : [],
			);
		const { startFrame = 0, endFrame = 0 } = timelineOf(input).subtitles[0] ?? {};
		expect(spokenIn(whole)).toContain(Math.round((startFrame + endFrame) / 2));
		expect(spokenIn(parts)).toEqual(spokenIn(whole));
	}, 60_000);

	it('moves its camera as the animatic does', async () => {
		for (const move of ['pan', 'tilt', 'push in', 'pull out', 'track', 'crane', 'zoom'] as const) {
			const input = request([shot(0, { move, durationFrames: 24 })]);
			const [clip] = timelineOf(input).clips;
			if (clip === undefined) throw new Error('a shot makes a clip');
			const frames = await framesOf((await film(input)).rendered.path);
			for (const index of [8, 12, 16]) {
				const window = moveAt(move, progressAt(clip, index));
				const frame = frames[index];
				if (frame === undefined) throw new Error('the film is too short');
				const seen = dotIn(frame);
				expect(Math.abs(seen.x - ((dot.x - window.x) * window.zoom + 0.5)), `${move} x at ${index}`).toBeLessThan(
					0.012,
				);
				expect(Math.abs(seen.y - ((dot.y - window.y) * window.zoom + 0.5)), `${move} y at ${index}`).toBeLessThan(0.02);
			}
		}
	}, 120_000);

	it('has a title, an end card, a card for a shot without a take, burnt-in Chinese and a silent AAC track, and can be streamed from its start', async () => {
		const spoken = [{ character: '愚公', text: '我们一起把这两座山搬走，好不好？' }];
		const input = request([shot(0, { dialogue: spoken }), shot(1, { takeSha256: null })], {
			title: { title: '愚公移山', credit: '改编自', author: '《列子》' },
			endCard: '剧终',
			subtitles: 'burned',
		});
		const { rendered, told, workDir } = await film(input);
		const timeline = timelineOf(input);
		expect(timeline.clips.map(({ kind }) => kind)).toEqual(['title', 'shot', 'shot', 'end']);
		const frames = await framesOf(rendered.path);
		const brightest = (frame: Buffer | undefined) => Math.max(...(frame ?? []));
		expect(brightest(frames[18])).toBeGreaterThan(180);
		const subtitle = timeline.subtitles[0];
		const spokenAt = Math.round(((subtitle?.startFrame ?? 0) + (subtitle?.endFrame ?? 0)) / 2);
		const silent = await framesOf((await film({ ...input, subtitles: 'none' })).rendered.path);
		const changed =
			frames[spokenAt]?.filter((value, index) => Math.abs(value - (silent[spokenAt]?.[index] ?? 0)) > 40).length ?? 0;
		// Sixteen characters of nine pixels: each changes a dozen pixels at the least.
		expect(changed).toBeGreaterThan(16 * 12);
		const { stderr } = await run(ffmpeg, ['-i', rendered.path, '-f', 'null', '-']);
		expect(stderr).toMatch(/Audio: aac/);
		expect(stderr).toMatch(/Video: h264/);
		expect(rendered.sizeBytes).toBeGreaterThan(1000);
		const last = told.at(-1);
		expect(last).toEqual({ stage: 'encode', value: last?.max, max: last?.max });
		// One bar fills once: preparing the pictures is a small part of it, and it never turns back.
		expect(new Set(told.map(({ max }) => max)).size).toBe(1);
		expect(told.map(({ value }) => value)).toEqual(told.map(({ value }) => value).sort((a, b) => a - b));
		expect(told.findLast(({ stage }) => stage === 'pictures')?.value).toBeLessThan((last?.max ?? 0) / 10);
		expect(await readdir(workDir)).toEqual(['film.mp4']);
	}, 60_000);

	it('carries soft subtitles as a track of their own', async () => {
		const { rendered } = await film(
			request([shot(0, { dialogue: [{ character: 'GIRL', text: 'Matches, sir.' }] })], { subtitles: 'soft' }),
		);
		const { stderr } = await run(ffmpeg, ['-i', rendered.path, '-f', 'null', '-']);
		expect(stderr).toMatch(/Subtitle: mov_text/);
	}, 60_000);

	it('stops at once when it is aborted and leaves nothing behind', async () => {
		const stop = new AbortController();
		const long = request(
			Array.from({ length: 40 }, (_, index) =>
				shot(index % 5, { id: `shot-1${String(index).padStart(3, '0')}`, durationFrames: 400, move: 'push in' }),
			),
		);
		const workDir = await mkdtemp(join(folder, 'work-'));
		const rendering = renderFilm(long, {
			pathOf: (sha256) => join(folder, sha256),
			workDir,
			ffmpegPath: async () => ffmpeg,
			signal: stop.signal,
			onProgress: async ({ stage }) => {
				if (stage === 'encode') stop.abort(new Error('cancelled by a person'));
			},
		});
		await expect(rendering).rejects.toThrow('cancelled by a person');
		expect((await readdir(workDir)).filter((name) => name.startsWith('render-'))).toEqual([]);
	}, 60_000);

	it('renders many shots with few files, threads and pictures at a time', async () => {
		const many = Array.from({ length: 500 }, (_, index) => ({
			...shot(index % shades.length, { durationFrames: 4, move: 'handheld' }),
			id: `shot-${String(index).padStart(6, '0')}`,
		}));
		const workDir = await mkdtemp(join(folder, 'work-'));
		let most = 0;
		const rendered = await renderFilm(request(many, { widthPx: 64, heightPx: 64, quality: 'draft' }), {
			pathOf: (sha256) => join(folder, sha256),
			workDir,
			ffmpegPath: async () => ffmpeg,
			signal: new AbortController().signal,
			onProgress: async () => {
				const pictures = (await readdir(workDir, { recursive: true })).filter((name) => name.endsWith('.png'));
				most = Math.max(most, pictures.length);
			},
		});
		expect(rendered.durationFrames).toBe(2000);
		expect(most).toBeGreaterThan(0);
		expect(most).toBeLessThanOrEqual(clipsPerSegment);
	}, 120_000);

	it.each([
		['is not there', () => join(folder, 'no-such-program')],
		['may not be run', () => join(folder, 'take-0')],
	])('fails with render-failed, and nothing falls through, when ffmpeg %s', async (_, path) => {
		const job = {
			inputs: [{ source: join(folder, 'take-0'), options: [] }],
			filter: 'null',
			outputOptions: [],
			output: join(folder, 'none.mp4'),
		};
		const context = { signal: new AbortController().signal, onFrames: () => {} };
		// What ffmpeg can do was asked in the tests before; from then on the very command is what is started.
		await expect(runFfmpeg(path(), job, context)).rejects.toMatchObject({ code: 'render-failed' });
	});

	it('fails with render-failed when its command is longer than the system takes', async () => {
		const job = {
			inputs: [{ source: join(folder, 'take-0'), options: [] }],
			filter: 'null,'.repeat(100_000),
			outputOptions: [],
			output: join(folder, 'none.mp4'),
		};
		const context = { signal: new AbortController().signal, onFrames: () => {} };
		await expect(runFfmpeg(ffmpeg, job, context)).rejects.toMatchObject({ code: 'render-failed' });
	});

	it('fails with storage-full when the disk has no room for the film', async () => {
		const workDir = await mkdtemp(join(folder, 'full-'));
		await symlink('/dev/full', join(workDir, 'film.mp4'));
		const rendering = renderFilm(request([shot(0)]), {
			pathOf: (sha256) => join(folder, sha256),
			workDir,
			ffmpegPath: async () => ffmpeg,
			signal: new AbortController().signal,
			onProgress: async () => {},
		});
		await expect(rendering).rejects.toMatchObject({ code: 'storage-full' });
		expect(await readdir(workDir)).toEqual(['film.mp4']);
	}, 60_000);

	it('fails with render-failed when a picture is no picture', async () => {
		await writeFile(join(folder, 'broken'), 'not a picture');
		await expect(film(request([shot(0, { takeSha256: 'broken' })]))).rejects.toThrow();
	});
});
