import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Caller } from '../cli/src/call.ts';
import { filmApi } from '@reelroom/shared/cut/api.ts';
import { cardsOf } from '@reelroom/shared/cut/cards.ts';
import { formatAss } from '@reelroom/shared/cut/subtitles.ts';
import { buildTimeline, moveKeyframes } from '@reelroom/shared/cut/timeline.ts';
import type { Timeline, TimelineClip } from '@reelroom/shared/cut/timeline.ts';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { breakDown } from '@reelroom/shared/script/break-down.ts';
import { takeApi, taskApi } from '@reelroom/shared/task/api.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import { drawCard, filmFont } from '@reelroom/worker/cut/card.ts';
import { median, timed } from './measure.ts';
import { allSucceeded, sampleProject, signUpBare, taskMs, withProduct } from './product.ts';

const run = promisify(execFile);
const rounds = 3;
const fps = 24;
const [width, height] = [1280, 720];

export const workload =
	'The film of the English sample (30 shots, 1280 × 720, 24 fps, burnt-in subtitles, final quality) through `npm start`, from the creation of the task to its end; against one ffmpeg command line written by hand that makes the same pictures (similarity is measured) with the same encoder settings, its stills and subtitles lying ready. Interleaved, medians of three.';

/** How fast a film is rendered: against real time, and against plain ffmpeg. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	const folder = await mkdtemp(join(tmpdir(), 'reelroom-bench-'));
	try {
		return await withProduct(async ({ url }) => {
			const ffmpeg = await findFfmpeg();
			const { caller } = await signUpBare(url, 'Film');
			const { id } = await sampleProject(caller);
			await caller.call(taskApi.generate, { params: { id }, body: {} });
			const { timeline, command } = await plainCommand(caller, await allSucceeded(caller, id), folder);
			const ours: number[] = [];
			const plain: number[] = [];
			for (let round = 0; round < rounds; round++) {
				plain.push(await timed(() => run(ffmpeg.path, ['-v', 'error', '-y', ...command, join(folder, 'plain.mp4')])));
				ours.push(await render(caller, id));
			}
			const filmMs = (timeline.totalFrames / fps) * 1000;
			tell(
				`${(filmMs / 1000).toFixed(1)} s of film: ours ${ours.map(Math.round).join(' ')} ms, plain ${plain.map(Math.round).join(' ')} ms`,
			);
			await keepNewestFilm(caller, id, join(folder, 'ours.mp4'));
			const sizes = await Promise.all(
				['ours', 'plain'].map(async (name) => (await readFile(join(folder, `${name}.mp4`))).length / 1e6),
			);
			tell(`${sizes.map((megabytes) => megabytes.toFixed(2)).join(' and ')} MB`);
			return {
				'film.timesRealTime': filmMs / median(ours),
				'film.ofPlainFfmpeg': median(ours) / median(plain),
				'film.likePlainFfmpeg.ssim': await similarity(ffmpeg.path, join(folder, 'ours.mp4'), join(folder, 'plain.mp4')),
			};
		});
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function render(caller: Caller, id: string): Promise<number> {
	const { id: taskId } = await caller.call(taskApi.render, { params: { id }, body: {} });
	const task = (await allSucceeded(caller, id)).find((one) => one.id === taskId);
	return taskMs(task?.createdAt ?? null, task?.finishedAt ?? null);
}

async function keepNewestFilm(caller: Caller, id: string, path: string): Promise<void> {
	const [film] = await caller.call(filmApi.list, { params: { id } });
	const reply = await caller.file(filmApi.file, { id: film?.id ?? '' });
	await writeFile(path, new Uint8Array(await reply.arrayBuffer()));
}

/** Structural similarity of two films, 1 for equal pictures; throws when one of them is longer. */
async function similarity(ffmpegPath: string, one: string, other: string): Promise<number> {
	const args = ['-i', one, '-i', other, '-lavfi', '[0:v][1:v]ssim', '-f', 'null', '-'];
	const { stderr } = await run(ffmpegPath, args, { maxBuffer: 2 ** 26 });
	return Number(/SSIM .*All:([\d.]+)/.exec(stderr)?.[1]);
}

/** The stills of the film, and the command line for them as one would write it by hand; the output is still to be named. */
async function plainCommand(
	caller: Caller,
	tasks: readonly Task[],
	folder: string,
): Promise<{ timeline: Timeline; command: string[] }> {
	const text = await readFile(
		new URL('../shared/defaults/samples/the-little-match-girl.fountain', import.meta.url),
		'utf8',
	);
	const scenes = breakDown(text, { fps });
	const shots = scenes.flatMap((scene, number) =>
		scene.shots.map(({ content }, place) => ({
			id: `${number + 1}${String.fromCharCode(65 + place)}`,
			sceneId: String(number),
			...content,
		})),
	);
	const cards = cardsOf(text, '');
	const timeline = buildTimeline({
		shots,
		fps,
		...(cards.title === null ? {} : { title: cards.title }),
		endCard: cards.endCard,
	});

	for (const [index, clip] of timeline.clips.entries()) {
		const task = tasks.find(({ label }) => label === clip.shotId);
		const title = clip.kind === 'title' ? cards.title : null;
		const words = {
			title: title?.title ?? cards.endCard ?? '',
			lines: [title?.credit ?? '', title?.author ?? ''].filter(Boolean),
		};
		const bytes =
			task === undefined
				? drawCard(words, width, height)
				: new Uint8Array(await (await caller.file(takeApi.file, { id: task.takeId ?? '' })).arrayBuffer());
		await sharp(bytes)
			.removeAlpha()
			.png({ compressionLevel: 1 })
			.toFile(join(folder, `${index}.png`));
	}
	await writeFile(
		join(folder, 'words.ass'),
		formatAss(timeline, { widthPx: width, heightPx: height, fontName: filmFont.family }),
	);

	const inputs = timeline.clips.flatMap((_clip, index) => ['-framerate', `${fps}`, '-i', join(folder, `${index}.png`)]);
	const filter = [
		...timeline.clips.map((clip, index) => moving(clip, timeline.clips[index + 1], index)),
		...joined(timeline.clips),
	];
	filter.push(`[joined]subtitles=${join(folder, 'words.ass')}:fontsdir=${filmFont.folder}[film]`);
	const encoding =
		'-c:v libx264 -preset veryfast -crf 19 -g 48 -r 24 -pix_fmt yuv420p -c:a aac -b:a 96k -movflags +faststart -shortest';
	const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo'];
	const maps = ['-map', '[film]', '-map', `${timeline.clips.length}:a`];
	return {
		timeline,
		command: [...inputs, ...silence, '-filter_complex', filter.join(';'), ...maps, ...encoding.split(' ')],
	};
}

/** One clip: its still, moved by zoompan out of a picture of twice the size, or standing still; then its fades. */
function moving(clip: TimelineClip, next: TimelineClip | undefined, index: number): string {
	const frames = clip.durationFrames;
	const { from, to } = moveKeyframes(clip.move);
	const p = `(on/${frames - 1})`;
	const along = (a: number, b: number) => `(${a}+${b - a}*${p}*${p}*(3-2*${p}))`;
	const filters =
		clip.move === 'static'
			? [`loop=${frames - 1}:1`, 'format=yuv420p', 'setpts=N/(24*TB)']
			: [
					`scale=${width * 2}:${height * 2}`,
					'format=yuv420p',
					`zoompan=z=${along(from.zoom, to.zoom)}:x=iw*${along(from.x, to.x)}-iw/zoom/2:y=ih*${along(from.y, to.y)}-ih/zoom/2:d=${frames}:s=${width}x${height}:fps=24`,
				];
	if (clip.transitionIn.kind === 'fade') filters.push(`fade=in:0:${clip.transitionIn.frames}`);
	const out = next?.transitionIn.kind === 'fade' ? next.transitionIn.frames : clip.fadeOutFrames;
	if (out > 0) filters.push(`fade=out:${frames - out}:${out}`);
	return `[${index}:v]${filters.join(',')},settb=1/24,setpts=N,fps=24[c${index}]`;
}

/** Joins the clips in turn: concat where they touch, xfade where they overlap. */
function joined(clips: readonly TimelineClip[]): string[] {
	const filters: string[] = [];
	let group = ['c0'];
	let all = '';
	const close = (index: number, overlap: number, kind: string) => {
		const start = clips[index - group.length];
		const name = group.length === 1 ? (group[0] ?? '') : `g${index}`;
		if (group.length > 1)
			filters.push(
				`${group.map((label) => `[${label}]`).join('')}concat=n=${group.length},settb=1/24,setpts=N,fps=24[${name}]`,
			);
		if (all === '') all = name;
		else {
			filters.push(`[${all}][${name}]xfade=${kind}:${overlap / fps}:${(start?.startFrame ?? 0) / fps}[a${index}]`);
			all = `a${index}`;
		}
	};
	let entered = { frames: 0, kind: 'fade' };
	for (const [index, clip] of clips.entries()) {
		if (index === 0) continue;
		const { kind, frames } = clip.transitionIn;
		if (kind === 'dissolve' || kind === 'wipe') {
			close(index, entered.frames, entered.kind);
			entered = { frames, kind: kind === 'wipe' ? 'wipeleft' : 'fade' };
			group = [];
		}
		group.push(`c${index}`);
	}
	close(clips.length, entered.frames, entered.kind);
	filters.push(`[${all}]null[joined]`);
	return filters;
}
