import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TimelineClip } from '@reelroom/shared/cut/timeline.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ClipOfStills, MakeClip } from '../provider/provider.ts';
import { segmentArguments, type FfmpegJob, type Source } from './ffmpeg-args.ts';
import { runFfmpeg } from './ffmpeg.ts';
import { frameOf } from './frame-of.ts';
import type { Piece, Segment } from './segments.ts';
import { tellLatest } from './tell-latest.ts';

/** The same file wherever it is made by the same ffmpeg: one thread, no words about the encoder, the index at the front. */
const alike = ['-threads', '1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-map_metadata', '-1'];

/** Makes the function that makes clips of stills, in a folder of its own below `workDir` that is removed behind it. An abort kills ffmpeg. */
export function createMakeClip({
	ffmpegPath,
	workDir,
}: {
	ffmpegPath: () => Promise<string>;
	workDir: string;
}): MakeClip {
	return async (clip, { signal, onFrames }) => {
		signal.throwIfAborted();
		await mkdir(workDir, { recursive: true });
		const folder = await mkdtemp(join(workDir, 'task-'));
		const stop = new AbortController();
		const telling = tellLatest(onFrames, (error) => stop.abort(error));
		try {
			const job = await clipJob(clip, folder);
			await runFfmpeg(await ffmpegPath(), job, {
				signal: AbortSignal.any([signal, stop.signal]),
				onFrames: telling.tell,
			}).catch((error: unknown) => {
				if (!(error instanceof Problem) || error.code !== 'render-failed') throw error;
				throw new Problem('provider-failed', 'ffmpeg could not make the clip', { cause: error });
			});
			telling.tell(clip.durationFrames);
			await telling.done();
			return new Uint8Array(await readFile(job.output));
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	};
}

async function clipJob(clip: ClipOfStills, folder: string): Promise<FfmpegJob> {
	const { widthPx, heightPx, fps } = clip;
	const sources: Source[] = [];
	for (const { bytes } of clip.stills) {
		const path = join(folder, `${sources.length}.png`);
		await writeFile(path, await frameOf(bytes, widthPx, heightPx));
		sources.push({ path, mediaType: 'image/png' });
	}
	const segment = segmentOf(clip);
	const output = join(folder, 'clip.mp4');
	const job = segmentArguments({ segment, fps, sources, widthPx, heightPx, quality: 'final', burned: null, output });
	return { ...job, outputOptions: [...job.outputOptions, ...alike, '-movflags', '+faststart'] };
}

/** The stills one after the other. Two of them stand alone for a quarter of the clip each, so that it begins as the one and ends as the other. */
function segmentOf({ stills, durationFrames }: ClipOfStills): Segment {
	const alone = stills.length === 1 ? 0 : Math.min(Math.max(1, Math.floor(durationFrames / 4)), durationFrames >> 1);
	const overlap = stills.length === 1 ? 0 : durationFrames - 2 * alone;
	const frames = stills.length === 1 ? durationFrames : alone + overlap;
	const pieces = stills.map(({ camera }, index): Piece => {
		const transitionIn: TimelineClip['transitionIn'] =
			index === 0 || overlap === 0 ? { kind: 'cut', frames: 0 } : { kind: 'dissolve', frames: overlap };
		const startFrame = index === 0 ? 0 : alone;
		const about = { kind: 'shot', shotId: null, move: 'static', fadeOutFrames: 0 } as const;
		return {
			clip: { ...about, startFrame, durationFrames: frames, transitionIn },
			fadeOutFrames: 0,
			fromFrame: 0,
			toFrame: frames,
			camera,
		};
	});
	return { pieces, startFrame: 0, totalFrames: durationFrames };
}
