import { describe, expect, it } from 'vitest';
import { formatAss, formatSrt, formatVtt } from './subtitles.ts';
import type { Timeline } from './timeline.ts';

const timelineWith = (text: string): Timeline => ({
	fps: 24,
	totalFrames: 240,
	clips: [],
	chapters: [],
	subtitles: [
		{ startFrame: 12, endFrame: 60, character: 'GIRL', text },
		{ startFrame: 90_000, endFrame: 90_001, character: '愚公', text: '好。' },
	],
});

describe('subtitles as files', () => {
	it('writes SubRip', () => {
		expect(formatSrt(timelineWith('Matches,\nsir.'))).toBe(
			'1\n00:00:00,500 --> 00:00:02,500\nMatches,\nsir.\n\n2\n01:02:30,000 --> 01:02:30,042\n好。\n',
		);
	});
	it('writes WebVTT', () => {
		expect(formatVtt(timelineWith('Matches'))).toBe(
			'WEBVTT\n\n00:00:00.500 --> 00:00:02.500\nMatches\n\n01:02:30.000 --> 01:02:30.042\n好。\n',
		);
	});
	it('lets no word of a script become a tag, a cue or an override', () => {
		for (const text of [formatSrt(timelineWith('<b> --> x')), formatVtt(timelineWith('<b> --> x'))]) {
			expect(text).not.toContain('<b>');
			expect(text.match(/-->/g)).toHaveLength(2);
		}
		const ass = formatAss(timelineWith('{\\an8}Hi\nyou'), { widthPx: 1280, heightPx: 720, fontName: 'Noto Sans SC' });
		expect(ass).toContain('Dialogue: 0,0:00:00.50,0:00:02.50,Default,,0,0,0,,｛＼an8｝Hi\\Nyou');
		expect(ass).toContain('PlayResX: 1280\nPlayResY: 720');
		expect(ass).toContain('Style: Default,Noto Sans SC,36,');
	});
});
