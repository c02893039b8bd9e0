// The sample film at 1280×720, 24 fps, burnt-in subtitles: ours from the request to the finished file, against the same picture and quality by a plain ffmpeg
// command line whose stills lie ready. Interleaved, medians of three.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { formatAss } from '@reelroom/shared/cut/subtitles.ts';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { breakDown } from '@reelroom/shared/script/break-down.ts';
import { charactersOf } from '@reelroom/shared/script/break-down.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import { drawCard, filmFont } from '@reelroom/worker/cut/card.ts';
import { filmArguments } from '@reelroom/worker/cut/ffmpeg-args.ts';
import { renderFilm, timelineOf } from '@reelroom/worker/cut/render-cut.ts';
import { createSketchProvider } from '@reelroom/worker/provider/sketch/sketch.ts';

const run = promisify(execFile);
const size = { widthPx: 1280, heightPx: 720 };
const fps = 24;

/** Milliseconds of work for a second of film, and our time in hundredths of the plain command line's. */
export default async function bench(): Promise<Record<string, number>> {
	const folder = await mkdtemp(join(tmpdir(), 'reelroom-bench-'));
	const ffmpeg = await findFfmpeg();
	const text = await readFile(
		new URL('../shared/defaults/samples/the-little-match-girl.fountain', import.meta.url),
		'utf8',
	);
	const sketch = createSketchProvider();
	const looks = charactersOf(text);
	const signal = new AbortController().signal;

	const shots: RenderRequest['shots'] = [];
	for (const [number, scene] of breakDown(text, { fps }).entries()) {
		for (const [place, { content }] of scene.shots.entries()) {
			const label = `${number + 1}${String.fromCharCode(65 + place)}`;
			const { bytes } = await sketch.makePicture(
				{ label, shot: content, looks, style: 'anime', seed: 7, ...size },
				{ signal, onProgress: async () => {} },
			);
			await writeFile(join(folder, label), bytes);
			shots.push({
				id: `shot-${label}-0000`,
				sceneId: `scene-${number}-0000`,
				label,
				heading: scene.heading,
				durationFrames: content.durationFrames,
				transition: content.transition,
				move: content.move,
				action: content.action,
				dialogue: content.dialogue,
				takeSha256: label,
			});
		}
	}
	const request: RenderRequest = {
		...size,
		fps,
		subtitles: 'burned',
		quality: 'final',
		style: 'anime',
		title: { title: 'The Little Match Girl', credit: 'adapted for the screen', author: 'after Hans Christian Andersen' },
		endCard: 'THE END',
		shots,
	};
	const timeline = timelineOf(request);

	// The peer's stills and subtitles, made before the clock runs.
	const stills = join(folder, 'stills');
	await mkdir(stills);
	const pictures: string[] = [];
	for (const [index, clip] of timeline.clips.entries()) {
		const path = join(stills, `${index}.png`);
		const shot = shots.find(({ id }) => id === clip.shotId);
		await writeFile(
			path,
			shot?.takeSha256
				? await sharp(join(folder, shot.takeSha256)).removeAlpha().png({ compressionLevel: 1 }).toBuffer()
				: drawCard({ title: 'card', lines: [] }, size.widthPx, size.heightPx),
		);
		pictures.push(path);
	}
	const subtitleFile = join(stills, 'subtitles.ass');
	await writeFile(subtitleFile, formatAss(timeline, { ...size, fontName: filmFont.family }));
	const plain = filmArguments({
		timeline,
		pictures,
		...size,
		quality: 'final',
		subtitles: { mode: 'burned', file: subtitleFile, fontFolder: filmFont.folder },
		output: join(folder, 'peer.mp4'),
	});
	const peerArguments = [
		'-y',
		'-loglevel',
		'error',
		...plain.inputs.flatMap(({ source, options }) => [...options, '-i', source]),
		'-filter_complex',
		plain.filter,
		...plain.outputOptions,
		plain.output,
	];

	const timed = async (work: () => Promise<unknown>) => {
		const began = performance.now();
		await work();
		return performance.now() - began;
	};
	const peerMs: number[] = [];
	const oursMs: number[] = [];
	for (let round = 0; round < 3; round++) {
		peerMs.push(await timed(() => run(ffmpeg.path, peerArguments)));
		oursMs.push(
			await timed(() =>
				renderFilm(request, {
					pathOf: (sha256) => join(folder, sha256),
					workDir: folder,
					ffmpegPath: async () => ffmpeg.path,
					signal,
					onProgress: async () => {},
				}),
			),
		);
	}
	await rm(folder, { recursive: true, force: true });
	const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
	const filmMs = (timeline.totalFrames / fps) * 1000;
	console.log(
		`sample film: ${shots.length} shots, ${Math.round(filmMs / 1000)} s; ours ${oursMs.map(Math.round).join(' ')} ms, plain ffmpeg ${ffmpeg.version} ${peerMs.map(Math.round).join(' ')} ms; ${cpus().length} cores, Node ${process.version}`,
	);
	return {
		'film.msPerSecond': median(oursMs) / (filmMs / 1000),
		'film.percentOfPlainFfmpeg': (median(oursMs) / median(peerMs)) * 100,
	};
}
