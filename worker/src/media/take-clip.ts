import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@reelroom/shared/limits.ts';
import { mediaKind } from '@reelroom/shared/media/media-kind.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { SeenStreams } from '../cut/ffmpeg.ts';
import type { TakeClip } from '../provider/provider.ts';
import type { StillDeps } from './still.ts';
import { clipRefused, clipTooLarge, isWithin4k, unfold } from './unfold.ts';

export type TakeClipDeps = StillDeps & {
	workDir: string;
	look: (ffmpegPath: string, file: { path: string; demuxer: string }, signal: AbortSignal) => Promise<SeenStreams>;
};
type Job = Parameters<StillDeps['run']>[1];
type Form = 'mp4' | 'webm';
type File = { path: string; demuxer: string; rate?: string };

const demuxers = { mp4: 'mov', webm: 'matroska' } as const;
/** What browsers play, by the form of the file. */
const played = { mp4: ['h264', 'av1'], webm: ['vp8', 'vp9', 'av1'] } as const;
const heard = { mp4: ['aac'], webm: ['opus', 'vorbis'] } as const;
const has = (list: readonly string[], one: string): boolean => list.includes(one);

/** A clip as it was taken in, in a file that is there until `use` has ended. */
export type ClipFile = {
	path: string;
	mediaType: 'video/mp4' | 'video/webm';
	widthPx: number;
	heightPx: number;
	/** Null where the file does not say. */
	durationMs: number | null;
};
type TakeOptions = {
	signal: AbortSignal;
	/** Largest file that may come of it. */
	mostBytes: number;
	onFrames?: (frames: number) => void;
};
export type TakeClipFile = <T>(
	/** Its first bytes say what it is; the file may have any name. */
	given: { path: string; first: Uint8Array },
	options: TakeOptions,
	use: (taken: ClipFile) => Promise<T>,
) => Promise<T>;

/**
 * Makes the function that takes in a clip that is in a file: it is read as the kind that its first bytes say and no other, by a process of ffmpeg's own, and
 * refused beyond half an hour or 4K before a frame of it is decoded. What is written has its picture and its sound and nothing else of it. It works in a
 * folder of its own below `workDir`, which is removed behind it. Rejects with `ClipRefused`, or the signal's reason.
 */
export function createTakeClipFile({ ffmpegPath, run, look, workDir }: TakeClipDeps): TakeClipFile {
	const seen = async (file: File, signal: AbortSignal) => {
		const { video, audio, durationMs } = await look(await ffmpegPath(), file, signal);
		if (video === null || video.widthPx === 0 || video.heightPx === 0) throw clipRefused('The clip cannot be read');
		if (!isWithin4k(video))
			throw clipTooLarge(`The clip has ${video.widthPx} × ${video.heightPx} pixels, more than 4K`);
		if (durationMs !== null && durationMs > limits.clipMs) throw clipTooLarge('The clip is longer than half an hour');
		return { video, audio, durationMs };
	};
	const write = async (job: Job, { signal, onFrames = () => {} }: TakeOptions): Promise<void> => {
		await run(await ffmpegPath(), job, { signal, onFrames }).catch((error: unknown) => {
			if (error instanceof Problem && error.code === 'render-failed')
				throw clipRefused('The clip cannot be read', error);
			throw error;
		});
	};
	return async ({ path, first }, options, use) => {
		const { signal, mostBytes } = options;
		signal.throwIfAborted();
		const kind = mediaKind(first);
		if (kind !== 'mp4' && kind !== 'webm' && kind !== 'gif' && kind !== 'webp') throw clipRefused('This is no clip');
		await mkdir(workDir, { recursive: true });
		const folder = await mkdtemp(join(workDir, 'task-'));
		try {
			let file: File;
			let form: Form = 'mp4';
			let job: Job;
			if (kind === 'gif' || kind === 'webp') {
				if ((await stat(path)).size > limits.providerFileBytes) throw clipTooLarge('The moving picture is too large');
				file = { ...(await unfold(await readFile(path), folder, signal)), demuxer: 'image2' };
				job = anew(file, null, join(folder, 'clip'));
			} else {
				file = { path, demuxer: demuxers[kind] };
				const { video, audio } = await seen(file, signal);
				const isPlayed = has(played[kind], video.codec) && has(['yuv420p', 'yuvj420p'], video.pixels);
				if (isPlayed) form = kind;
				job = isPlayed ? copied(file, form, audio, join(folder, 'clip')) : anew(file, audio, join(folder, 'clip'));
			}
			await write(job, options);
			const { size } = await stat(job.output);
			if (size > mostBytes) throw clipTooLarge('The clip is too large');
			const { video, durationMs } = await seen({ path: job.output, demuxer: demuxers[form] }, signal);
			signal.throwIfAborted();
			const { widthPx, heightPx } = video;
			return await use({ path: job.output, mediaType: `video/${form}`, widthPx, heightPx, durationMs });
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	};
}

/** Makes the function that takes in clips that came as bytes, within what may come from a provider. */
export function createTakeClip(deps: TakeClipDeps): TakeClip {
	const takeFile = createTakeClipFile(deps);
	return async (bytes, { signal }) => {
		signal.throwIfAborted();
		await mkdir(deps.workDir, { recursive: true });
		const folder = await mkdtemp(join(deps.workDir, 'task-'));
		try {
			const path = join(folder, 'given');
			await writeFile(path, bytes);
			const options = { signal, mostBytes: limits.providerFileBytes };
			return await takeFile({ path, first: bytes.subarray(0, 16) }, options, async (taken) => {
				const { mediaType, widthPx, heightPx } = taken;
				return { bytes: new Uint8Array(await readFile(taken.path)), mediaType, widthPx, heightPx };
			});
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	};
}

const read = ({ path, demuxer, rate }: File): Job['inputs'] => [
	{
		source: path,
		options: [
			...['-threads', '2', '-protocol_whitelist', 'file,pipe', '-f', demuxer],
			...(rate === undefined ? [] : ['-framerate', rate]),
			// A file that is longer than it says is read no further than may be.
			...['-t', String(limits.clipMs / 1000)],
		],
	},
];
const clean = ['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn', '-fflags', '+bitexact'];
const ending = (form: Form): string[] => (form === 'mp4' ? ['-movflags', '+faststart', '-f', 'mp4'] : ['-f', 'webm']);

/** The picture as it is, in a file that carries nothing else but the sound. */
function copied(file: File, form: Form, audio: string | null, output: string): Job {
	const sound =
		audio === null
			? []
			: ['-map', '0:a:0', '-c:a', has(heard[form], audio) ? 'copy' : form === 'mp4' ? 'aac' : 'libopus'];
	return {
		inputs: read(file),
		filter: '',
		outputOptions: ['-map', '0:v:0', '-c:v', 'copy', ...sound, ...clean, ...ending(form)],
		output,
	};
}

/** The picture encoded anew, for browsers that would not play it as it is. */
function anew(file: File, audio: string | null, output: string): Job {
	const sound = audio === null ? [] : ['-map', '0:a:0', '-c:a', 'aac', '-b:a', '160k'];
	return {
		inputs: read(file),
		filter:
			"[0:v:0]scale='max(2,trunc(iw*sar/2)*2)':'max(2,trunc(ih/2)*2)':flags=bicubic,setsar=1,format=yuv420p[clip]",
		outputOptions: [
			'-map',
			'[clip]',
			'-c:v',
			'libx264',
			'-preset',
			'veryfast',
			'-crf',
			'18',
			'-threads',
			'2',
			...sound,
			...clean,
			...ending('mp4'),
		],
		output,
	};
}
