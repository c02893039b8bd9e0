import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cameraMoves, shotTransitions } from '../board/shot.ts';
import { buildTimeline, clipsAt, moveAt, moveKeyframes } from './timeline.ts';
import type { TimelineShot } from './timeline.ts';

const fps = 24;
const aShot = (id: string, change: Partial<TimelineShot> = {}): TimelineShot => ({
	id,
	sceneId: 'one',
	durationFrames: 96,
	transition: 'cut',
	move: 'static',
	dialogue: [],
	...change,
});
const anyShot = fc.record({
	id: fc.uuid(),
	sceneId: fc.constantFrom('one', 'two'),
	durationFrames: fc.integer({ min: 1, max: 300 }),
	transition: fc.constantFrom(...shotTransitions),
	move: fc.constantFrom(...cameraMoves),
	dialogue: fc.array(
		fc.record({ character: fc.constant('GIRL'), text: fc.string({ unit: 'binary', maxLength: 120 }) }),
		{ maxLength: 3 },
	),
});
const anyInput = fc.record({
	shots: fc.uniqueArray(anyShot, { minLength: 1, maxLength: 8, selector: (shot) => shot.id }),
	fps: fc.constantFrom(12, 24, 25, 30),
	endCard: fc.constantFrom(null, '剧终'),
});

describe('a timeline', () => {
	it('lays a title, the shots and an end card behind each other', () => {
		const timeline = buildTimeline({
			shots: [aShot('a'), aShot('b')],
			fps,
			title: { title: 'X', credit: '', author: '' },
			endCard: 'END',
		});
		expect(timeline.clips.map(({ kind, startFrame }) => [kind, startFrame])).toEqual([
			['title', 0],
			['shot', 72],
			['shot', 168],
			['end', 264],
		]);
		expect(timeline.totalFrames).toBe(336);
	});
	it('overlaps the clips of a dissolve and a wipe, and no others', () => {
		const shots = shotTransitions.map((transition) => aShot(transition, { transition }));
		const starts = buildTimeline({ shots: [...shots, aShot('last')], fps }).clips.map(({ startFrame }) => startFrame);
		expect(starts).toEqual([0, 96, 192, 288 - 19, 365 - 14]);
	});
	it('begins a chapter where the scene changes', () => {
		expect(buildTimeline({ shots: [aShot('a'), aShot('b'), aShot('c', { sceneId: 'two' })], fps }).chapters).toEqual([
			{ sceneId: 'one', startFrame: 0 },
			{ sceneId: 'two', startFrame: 192 },
		]);
	});
	it('gives each of several lines its share of the shot', () => {
		const dialogue = [
			{ character: 'A', text: 'Yes.' },
			{ character: 'B', text: 'No, not before the snow has melted.' },
		];
		const [short, long, ...rest] = buildTimeline({ shots: [aShot('a', { dialogue })], fps }).subtitles;
		expect(rest).toEqual([]);
		expect(short?.endFrame).toBe(long?.startFrame);
		expect((long?.endFrame ?? 0) - (long?.startFrame ?? 0)).toBeGreaterThan(
			(short?.endFrame ?? 0) - (short?.startFrame ?? 0),
		);
	});
	it('breaks long lines into at most two rows of 42 letters or 20 Chinese characters', () => {
		const dialogue = [
			{
				character: 'A',
				text: 'I have walked this road for forty years and never once turned back to look at it, not even in the snow.',
			},
			{ character: '愚公', text: '我死了有儿子，儿子死了有孙子，子子孙孙没有穷尽。山不会再长高，何愁挖不平？' },
		];
		const { subtitles } = buildTimeline({ shots: [aShot('a', { durationFrames: 240, dialogue })], fps });
		for (const { text } of subtitles) {
			const rows = text.split('\n');
			expect(rows.length).toBeLessThanOrEqual(2);
			for (const row of rows) expect(row.length).toBeLessThanOrEqual(/\p{Script=Han}/u.test(row) ? 20 : 42);
		}
		expect(
			subtitles
				.filter(({ character }) => character === 'A')
				.map(({ text }) => text)
				.join(' ')
				.replace(/\n/g, ' '),
		).toBe(dialogue[0]?.text);
	});
	it('adds up: every frame shows one clip or two, and subtitles stay in order without overlap', () => {
		fc.assert(
			fc.property(anyInput, (input) => {
				const timeline = buildTimeline(input);
				const overlaps = timeline.clips
					.filter(({ transitionIn }) => transitionIn.kind === 'dissolve' || transitionIn.kind === 'wipe')
					.reduce((sum, { transitionIn }) => sum + transitionIn.frames, 0);
				expect(timeline.clips.reduce((sum, { durationFrames }) => sum + durationFrames, 0) - overlaps).toBe(
					timeline.totalFrames,
				);
				for (let frame = 0; frame < timeline.totalFrames; frame += 7) {
					const visible = clipsAt(timeline, frame);
					expect([1, 2]).toContain(visible.length);
					for (const { opacity, black, revealed } of visible)
						for (const share of [opacity, black, revealed]) expect(share >= 0 && share <= 1).toBe(true);
				}
				let at = 0;
				for (const { startFrame, endFrame } of timeline.subtitles) {
					expect(startFrame).toBeGreaterThanOrEqual(at);
					expect(endFrame).toBeGreaterThan(startFrame);
					at = endFrame;
				}
				expect(at).toBeLessThanOrEqual(timeline.totalFrames);
			}),
			{ numRuns: 100 },
		);
	});
});

describe('a camera move', () => {
	it.each(cameraMoves)('%s starts and ends at its keyframes and never leaves the picture', (move) => {
		const { from, to } = moveKeyframes(move);
		expect(moveAt(move, 0)).toEqual(from);
		for (const key of ['zoom', 'x', 'y'] as const) expect(moveAt(move, 1)[key]).toBeCloseTo(to[key], 9);
		for (let progress = 0; progress <= 1; progress += 0.05) {
			const { zoom, x, y } = moveAt(move, progress);
			expect(zoom).toBeGreaterThanOrEqual(1);
			for (const centre of [x, y]) {
				expect(centre - 0.5 / zoom).toBeGreaterThanOrEqual(-1e-9);
				expect(centre + 0.5 / zoom).toBeLessThanOrEqual(1 + 1e-9);
			}
		}
	});
});
