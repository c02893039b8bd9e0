import { moveKeyframes, type Timeline, type TimelineClip } from '@reelroom/shared/cut/timeline.ts';

/** One run of ffmpeg, as plain data: what a test can compare. */
export type FfmpegJob = {
	inputs: { source: string; options: string[] }[];
	filter: string;
	outputOptions: string[];
	output: string;
};

export type FilmArguments = {
	timeline: Timeline;
	/** Still picture of each clip, in the order of the clips; PNG. */
	pictures: string[];
	widthPx: number;
	heightPx: number;
	quality: 'draft' | 'final';
	/** Subtitle file: ASS to burn in, SRT to carry along; null for none. */
	subtitles: { mode: 'burned' | 'soft'; file: string; fontFolder: string } | null;
	output: string;
};

/** Camera moves are cut out of a picture enlarged by this, so that they glide by half a pixel. */
const oversize = 2;
const encoder = {
	draft: ['-preset', 'ultrafast', '-crf', '28'],
	final: ['-preset', 'veryfast', '-crf', '19'],
} as const;

/** The arguments that make an MP4 (H.264 + silent AAC, faststart) of a timeline. Pure: the same timeline gives the same film. */
export function filmArguments(film: FilmArguments): FfmpegJob {
	const { timeline } = film;
	const inputs = film.pictures.map((source) => ({
		source,
		// One thread reads a still: a thousand of them are a thousand threads as it is.
		options: [
			'-protocol_whitelist',
			'file,pipe',
			'-threads',
			'1',
			'-f',
			'png_pipe',
			'-framerate',
			String(timeline.fps),
		],
	}));
	const soft = film.subtitles?.mode === 'soft' ? film.subtitles : null;
	if (soft !== null) inputs.push({ source: soft.file, options: ['-protocol_whitelist', 'file,pipe', '-f', 'srt'] });

	const chains = timeline.clips.map((clip, index) => clipChain(clip, timeline.clips[index + 1], index, film));
	const joined = joinClips(timeline);
	const burn =
		film.subtitles?.mode === 'burned'
			? `subtitles=filename=${quoted(film.subtitles.file)}:fontsdir=${quoted(film.subtitles.fontFolder)}`
			: 'null';
	const filter = [
		...chains,
		...joined.filters,
		`[${joined.label}]${burn},setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709,format=yuv420p[film]`,
		'anullsrc=channel_layout=stereo:sample_rate=48000[silence]',
	].join(';');

	return {
		inputs,
		filter,
		outputOptions: [
			'-map',
			'[film]',
			'-map',
			'[silence]',
			...(soft === null ? [] : ['-map', `${film.pictures.length}:s`, '-c:s', 'mov_text']),
			'-c:v',
			'libx264',
			...encoder[film.quality],
			'-r',
			String(timeline.fps),
			'-g',
			String(timeline.fps * 2),
			'-colorspace',
			'bt709',
			'-color_primaries',
			'bt709',
			'-color_trc',
			'bt709',
			'-c:a',
			'aac',
			'-b:a',
			'96k',
			'-frames:v',
			String(timeline.totalFrames),
			'-t',
			seconds(timeline.totalFrames, timeline.fps),
			'-movflags',
			'+faststart',
			'-map_metadata',
			'-1',
			'-f',
			'mp4',
		],
		output: film.output,
	};
}

const seconds = (frames: number, fps: number) => (frames / fps).toFixed(6);
/** A path inside a filter: quoted for the graph, colons and quotes escaped for the option. */
const quoted = (path: string) => `'${path.replace(/\\/g, '\\\\').replace(/:/g, '\\:').replace(/'/g, "'\\\\\\''")}'`;

/** Numbers the frames one after the other at a constant rate. */
const counted = (fps: number) => `settb=1/${fps},setpts=N,fps=${fps}`;

/** Scale, camera move and fades of one clip: `[0:v]…[v0]`. */
function clipChain(clip: TimelineClip, next: TimelineClip | undefined, index: number, film: FilmArguments): string {
	const { widthPx, heightPx, timeline } = film;
	const { fps } = timeline;
	const frames = clip.durationFrames;
	const steps = [`[${index}:v]`];
	const { from, to } = moveKeyframes(clip.move);
	const still = from.zoom === to.zoom && from.x === to.x && from.y === to.y && from.zoom === 1;
	if (still) {
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
	const fadeOut = next?.transitionIn.kind === 'fade' ? next.transitionIn.frames : clip.fadeOutFrames;
	if (fadeIn > 0) steps.push(`,fade=t=in:s=0:n=${fadeIn}`);
	if (fadeOut > 0) steps.push(`,fade=t=out:s=${frames - fadeOut}:n=${fadeOut}`);
	// Counted anew before `fps`: frames of zoompan carry no duration, and the last one of each clip would be dropped.
	steps.push(`,${counted(fps)}[v${index}]`);
	return steps.join('');
}

/** Joins the clips: neighbours that cut are concatenated, dissolves and wipes cross-fade two runs. */
function joinClips(timeline: Timeline): { filters: string[]; label: string } {
	const filters: string[] = [];
	type Run = { labels: string[]; frames: number; clip: TimelineClip };
	const runs: Run[] = [];
	timeline.clips.forEach((clip, index) => {
		const last = runs.at(-1);
		const overlaps = clip.transitionIn.kind === 'dissolve' || clip.transitionIn.kind === 'wipe';
		if (last === undefined || overlaps) runs.push({ labels: [`v${index}`], frames: clip.durationFrames, clip });
		else {
			last.labels.push(`v${index}`);
			last.frames += clip.durationFrames;
		}
	});
	const labels = runs.map((run, index) => {
		const [only] = run.labels;
		if (run.labels.length === 1 && only !== undefined) return only;
		filters.push(
			`${run.labels.map((label) => `[${label}]`).join('')}concat=n=${run.labels.length}:v=1:a=0,${counted(timeline.fps)}[r${index}]`,
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
			`[${label}][${labels[index]}]xfade=transition=${kind === 'wipe' ? 'wipeleft' : 'fade'}:duration=${seconds(frames, timeline.fps)}:offset=${seconds(length - frames, timeline.fps)}[${next}]`,
		);
		length += run.frames - frames;
		label = next;
	}
	return { filters, label };
}
