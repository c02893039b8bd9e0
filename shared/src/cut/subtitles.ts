import type { Subtitle, Timeline } from './timeline.ts';

type Clock = { hours: number; minutes: number; seconds: number; milliseconds: number };

function clockOf(frame: number, fps: number): Clock {
	const ms = Math.round((frame * 1000) / fps);
	return {
		hours: Math.floor(ms / 3_600_000),
		minutes: Math.floor(ms / 60_000) % 60,
		seconds: Math.floor(ms / 1000) % 60,
		milliseconds: ms % 1000,
	};
}
const pad = (value: number, width = 2) => String(value).padStart(width, '0');
const stamp = (frame: number, fps: number, mark: ',' | '.') => {
	const { hours, minutes, seconds, milliseconds } = clockOf(frame, fps);
	return `${pad(hours)}:${pad(minutes)}:${pad(seconds)}${mark}${pad(milliseconds, 3)}`;
};
/** An empty row would end a cue early; angle brackets would be read as tags. */
const plain = (subtitle: Subtitle) =>
	subtitle.text
		.replace(/\n{2,}/g, '\n')
		.replace(/-->/g, '→')
		.replace(/</g, '‹')
		.replace(/>/g, '›');

/** SubRip text. */
export function formatSrt(timeline: Timeline): string {
	return timeline.subtitles
		.map(
			(subtitle, index) =>
				`${index + 1}\n${stamp(subtitle.startFrame, timeline.fps, ',')} --> ${stamp(subtitle.endFrame, timeline.fps, ',')}\n${plain(subtitle)}\n`,
		)
		.join('\n');
}

/** WebVTT text. */
export function formatVtt(timeline: Timeline): string {
	const cues = timeline.subtitles.map(
		(subtitle) =>
			`${stamp(subtitle.startFrame, timeline.fps, '.')} --> ${stamp(subtitle.endFrame, timeline.fps, '.')}\n${plain(subtitle)}\n`,
	);
	return ['WEBVTT\n', ...cues].join('\n');
}

/** Advanced SubStation text as libass burns it in: white with a soft dark edge, low in the middle. */
export function formatAss(timeline: Timeline, look: { widthPx: number; heightPx: number; fontName: string }): string {
	const size = Math.round(Math.min(look.widthPx, look.heightPx) * 0.05);
	const time = (frame: number) => {
		const { hours, minutes, seconds, milliseconds } = clockOf(frame, timeline.fps);
		return `${hours}:${pad(minutes)}:${pad(seconds)}.${pad(Math.floor(milliseconds / 10))}`;
	};
	// Braces would begin override tags and a backslash an escape: neither may come from a script.
	const safe = (text: string) =>
		text.replace(/\\/g, '＼').replace(/\{/g, '｛').replace(/\}/g, '｝').replace(/\n/g, '\\N');
	return [
		'[Script Info]',
		'ScriptType: v4.00+',
		`PlayResX: ${look.widthPx}`,
		`PlayResY: ${look.heightPx}`,
		'WrapStyle: 2',
		'ScaledBorderAndShadow: yes',
		'',
		'[V4+ Styles]',
		'Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding',
		`Style: Default,${look.fontName},${size},&H00FFFFFF,&H64000000,&H64000000,0,1,${Math.max(1, Math.round(size / 14))},1,2,40,40,${Math.round(look.heightPx * 0.055)},1`,
		'',
		'[Events]',
		'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
		...timeline.subtitles.map(
			(subtitle) =>
				`Dialogue: 0,${time(subtitle.startFrame)},${time(subtitle.endFrame)},Default,,0,0,0,,${safe(subtitle.text)}`,
		),
		'',
	].join('\n');
}
