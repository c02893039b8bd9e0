import { isOverlapping, moveKeyframes, type TimelineClip } from '@reelroom/shared/cut/timeline.ts';
import type { Piece, Segment } from './segments.ts';

/** One run of ffmpeg, as plain data: what a test can compare. */
export type FfmpegJob = {
	inputs: { source: string; options: string[] }[];
	filter: string;
	outputOptions: string[];
	output: string;
};

/** What a piece shows: a still at the film's size, or a clip of any size, rate and length. */
export type Source = { path: string; mediaType: 'image/png' | 'video/mp4' | 'video/webm' };

export type SegmentArguments = {
	segment: Segment;
	fps: number;
	/** Of each piece, in the order of the pieces. */
	sources: Source[];
	widthPx: number;
	heightPx: number;
	quality: 'draft' | 'final';
	/** Subtitles of the whole film, to be burned in; null for none. */
	burned: { file: string; fontFolder: string } | null;
	output: string;
};

export type JoinArguments = {
	/** A list for the concat demuxer, beside the segments it names. */
	list: string;
	fps: number;
	totalFrames: number;
	/** Subtitles to carry along; null for none. */
	soft: { file: string } | null;
	output: string;
};

/** Nothing that ffmpeg reads may lead it to anything but files. */
const filesOnly = ['-protocol_whitelist', 'file,pipe'];

/** A file is read as what it is said to be, and as nothing else. */
export const demuxerOf = { 'video/mp4': 'mov', 'video/webm': 'matroska' } as const;

/** Camera moves are cut out of a picture enlarged by this, so that they glide by half a pixel. */
const oversize = 2;
const encoder = {
	draft: ['-preset', 'ultrafast', '-crf', '28'],
	final: ['-preset', 'veryfast', '-crf', '19'],
} as const;

/** The arguments that encode one segment, picture only. Pure: the same segment gives the same frames. */
export function segmentArguments(job: SegmentArguments): FfmpegJob {
	const { segment, fps } = job;
	const joined = joinPieces(segment.pieces, fps);
	// Subtitles are told the time in the film; the frames are counted from the segment's beginning again behind them.
	const burn =
		job.burned === null
			? ''
			: `settb=1/${fps},setpts=N+${segment.startFrame},subtitles=filename=${quoted(job.burned.file)}:fontsdir=${quoted(job.burned.fontFolder)},${counted(fps)},`;
	return {
		// One thread reads a source: dozens of them are dozens of threads as it is.
		inputs: job.sources.map(({ path, mediaType }) => ({
			source: path,
			options: [
				...filesOnly,
				'-threads',
				'1',
				'-f',
				...(mediaType === 'image/png' ? ['png_pipe', '-framerate', String(fps)] : [demuxerOf[mediaType]]),
			],
		})),
		filter: [
			...segment.pieces.map((piece, index) => pieceChain(piece, index, job)),
			...joined.filters,
			`[${joined.label}]${burn}setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709,format=yuv420p[film]`,
		].join(';'),
		outputOptions: [
			'-map',
			'[film]',
			'-c:v',
			'libx264',
			...encoder[job.quality],
			'-r',
			String(fps),
			'-g',
			String(fps * 2),
			'-colorspace',
			'bt709',
			'-color_primaries',
			'bt709',
			'-color_trc',
			'bt709',
			'-frames:v',
			String(segment.totalFrames),
			'-video_track_timescale',
			String(fps * ticksPerFrame),
			'-f',
			'mp4',
		],
		output: job.output,
	};
}

/** The arguments that make an MP4 (H.264 + silent AAC, faststart) of encoded segments; their frames are copied as they are. */
export function joinArguments({ list, fps, totalFrames, soft, output }: JoinArguments): FfmpegJob {
	return {
		inputs: [
			{ source: list, options: [...filesOnly, '-f', 'concat', '-safe', '1'] },
			...(soft === null ? [] : [{ source: soft.file, options: [...filesOnly, '-f', 'srt'] }]),
		],
		filter: 'anullsrc=channel_layout=stereo:sample_rate=48000[silence]',
		outputOptions: [
			'-map',
			'0:v',
			'-c:v',
			'copy',
			'-video_track_timescale',
			String(fps * ticksPerFrame),
			'-map',
			'[silence]',
			'-c:a',
			'aac',
			'-b:a',
			'96k',
			...(soft === null ? [] : ['-map', '1:s', '-c:s', 'mov_text']),
			'-t',
			seconds(totalFrames, fps),
			'-movflags',
			'+faststart',
			'-map_metadata',
			'-1',
			'-f',
			'mp4',
		],
		output,
	};
}

/** The list of segments for the concat demuxer. Lengths are told, each rounded so that no error adds up: every frame falls on its own tick. */
export function concatList(segments: readonly { name: string; totalFrames: number }[], fps: number): string {
	const lines = ['ffconcat version 1.0'];
	let frames = 0;
	let toldUs = 0;
	for (const { name, totalFrames } of segments) {
		frames += totalFrames;
		const endUs = Math.round((frames * 1e6) / fps);
		lines.push(`file ${name}`, `duration ${((endUs - toldUs) / 1e6).toFixed(6)}`);
		toldUs = endUs;
	}
	return `${lines.join('\n')}\n`;
}

/** Time base of every track: so fine that a microsecond is less than a tick, and a whole number of ticks to a frame. */
const ticksPerFrame = 512;
const seconds = (frames: number, fps: number) => (frames / fps).toFixed(6);
/** A path inside a filter: quoted for the graph, colons and quotes escaped for the option. */
const quoted = (path: string) => `'${path.replace(/\\/g, '\\\\').replace(/:/g, '\\:').replace(/'/g, "'\\\\\\''")}'`;

/** Numbers the frames one after the other at a constant rate. */
const counted = (fps: number) => `settb=1/${fps},setpts=N,fps=${fps}`;

/** Scale, camera move and fades of one clip, cut to the frames that are shown: `[0:v]…[v0]`. */
function pieceChain(piece: Piece, index: number, job: SegmentArguments): string {
	const { clip, fadeOutFrames, fromFrame, toFrame } = piece;
	const { widthPx, heightPx, fps } = job;
	const frames = clip.durationFrames;
	const steps = [`[${index}:v]`];
	const { from, to } = piece.camera ?? moveKeyframes(clip.move);
	const still = from.zoom === to.zoom && from.x === to.x && from.y === to.y && from.zoom === 1;
	if (job.sources[index]?.mediaType !== 'image/png') {
		// Brought to the film's rate, cropped to fill, cut to length; where it is shorter its last frame stands.
		steps.push(
			`settb=AVTB,setpts=PTS-STARTPTS,fps=${fps}:start_time=0,` +
				`scale=${widthPx}:${heightPx}:force_original_aspect_ratio=increase:flags=bicubic:out_color_matrix=bt709:out_range=tv,` +
				`crop=${widthPx}:${heightPx},format=yuv420p,setsar=1,tpad=stop_mode=clone:stop=${frames},trim=end_frame=${frames}`,
		);
	} else if (still) {
		steps.push(
			`scale=${widthPx}:${heightPx}:flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1,loop=loop=${frames - 1}:size=1:start=0,setpts=N/(${fps}*TB)`,
		);
	} else {
		const eased = `st(0,on/${Math.max(1, frames - 1)})*ld(0)*(3-2*ld(0))`;
		const between = (a: number, b: number) => (a === b ? `${a}` : `${a}+${(b - a).toFixed(6)}*${eased}`);
		steps.push(
			`scale=${widthPx * oversize}:${heightPx * oversize}:flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1,` +
				`zoompan=z='${between(from.zoom, to.zoom)}':x='iw*(${between(from.x, to.x)})-iw/zoom/2':y='ih*(${between(from.y, to.y)})-ih/zoom/2':d=${frames}:s=${widthPx}x${heightPx}:fps=${fps},setsar=1`,
		);
	}
	const fadeIn = clip.transitionIn.kind === 'fade' ? clip.transitionIn.frames : 0;
	if (fadeIn > 0) steps.push(`,fade=t=in:s=0:n=${fadeIn}`);
	if (fadeOutFrames > 0) steps.push(`,fade=t=out:s=${frames - fadeOutFrames}:n=${fadeOutFrames}`);
	if (fromFrame > 0 || toFrame < frames) steps.push(`,trim=start_frame=${fromFrame}:end_frame=${toFrame}`);
	// Counted anew before `fps`: frames of zoompan carry no duration, and the last one of each clip would be dropped.
	steps.push(`,${counted(fps)}[v${index}]`);
	return steps.join('');
}

/** Joins the pieces: neighbours that cut are concatenated, dissolves and wipes cross-fade two runs. */
function joinPieces(pieces: readonly Piece[], fps: number): { filters: string[]; label: string } {
	const filters: string[] = [];
	type Run = { labels: string[]; frames: number; clip: TimelineClip };
	const runs: Run[] = [];
	pieces.forEach(({ clip, fromFrame, toFrame }, index) => {
		const frames = toFrame - fromFrame;
		const last = runs.at(-1);
		if (last === undefined || isOverlapping(clip.transitionIn.kind)) runs.push({ labels: [`v${index}`], frames, clip });
		else {
			last.labels.push(`v${index}`);
			last.frames += frames;
		}
	});
	const labels = runs.map((run, index) => {
		const [only] = run.labels;
		if (run.labels.length === 1 && only !== undefined) return only;
		filters.push(
			`${run.labels.map((label) => `[${label}]`).join('')}concat=n=${run.labels.length}:v=1:a=0,${counted(fps)}[r${index}]`,
		);
		return `r${index}`;
	});
	let [label = ''] = labels;
	let length = runs[0]?.frames ?? 0;
	for (let index = 1; index < runs.length; index++) {
		const run = runs[index];
		if (run === undefined) break;
		const { kind, frames } = run.clip.transitionIn;
		const next = `x${index}`;
		filters.push(
			`[${label}][${labels[index]}]xfade=transition=${kind === 'wipe' ? 'wipeleft' : 'fade'}:duration=${seconds(frames, fps)}:offset=${seconds(length - frames, fps)}[${next}]`,
		);
		length += run.frames - frames;
		label = next;
	}
	return { filters, label };
}
