import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildTimeline, type TimelineShot } from '@reelroom/shared/cut/timeline.ts';
import { concatList } from './ffmpeg-args.ts';
import { clipsPerSegment, segmentsOf } from './segments.ts';

const aShot = fc.record({
	durationFrames: fc.integer({ min: 1, max: 60 }),
	transition: fc.constantFrom('cut' as const, 'fade' as const, 'dissolve' as const, 'wipe' as const),
});
const aFilm = fc.tuple(fc.array(aShot, { minLength: 1, maxLength: 40 }), fc.integer({ min: 2, max: 6 }));
const timelineOf = (shots: readonly Pick<TimelineShot, 'durationFrames' | 'transition'>[]) =>
	buildTimeline({
		shots: shots.map((shot, index) => ({
			id: `shot-${index}`,
			sceneId: 'scene',
			move: 'static',
			dialogue: [],
			...shot,
		})),
		fps: 24,
		endCard: null,
	});

test('segments are small, follow each other without gap or overlap, and no border runs through a transition', () => {
	fc.assert(
		fc.property(aFilm, ([shots, most]) => {
			const timeline = timelineOf(shots);
			let frame = 0;
			for (const { pieces, startFrame, totalFrames } of segmentsOf(timeline, most)) {
				expect(startFrame).toBe(frame);
				expect(pieces.length).toBeLessThanOrEqual(most);
				expect(totalFrames).toBeGreaterThan(0);
				frame += totalFrames;
				for (const { clip } of pieces.slice(1)) {
					const { kind, frames } = clip.transitionIn;
					if (kind !== 'dissolve' && kind !== 'wipe') continue;
					expect(clip.startFrame).toBeGreaterThanOrEqual(startFrame);
					expect(clip.startFrame + frames).toBeLessThanOrEqual(frame);
				}
			}
			expect(frame).toBe(timeline.totalFrames);
			const borders = segmentsOf(timeline, most).map(({ startFrame }) => startFrame);
			for (const border of borders)
				for (const { startFrame, transitionIn } of timeline.clips)
					if (transitionIn.kind === 'dissolve' || transitionIn.kind === 'wipe')
						expect(border <= startFrame || border >= startFrame + transitionIn.frames).toBe(true);
		}),
		{ numRuns: 300 },
	);
});

test('a board of five thousand dissolves gives ffmpeg no more clips at once than any other', () => {
	const timeline = timelineOf(
		Array.from({ length: 5000 }, () => ({ durationFrames: 48, transition: 'dissolve' as const })),
	);
	const segments = segmentsOf(timeline);
	expect(Math.max(...segments.map(({ pieces }) => pieces.length))).toBe(clipsPerSegment);
});

test('the lengths of joined segments are rounded so that no error adds up', () => {
	const list = concatList(
		Array.from({ length: 700 }, (_, index) => ({ name: `${index}.mp4`, totalFrames: 7 })),
		24,
	);
	const sum = [...list.matchAll(/duration (\S+)/g)].reduce(
		(us, [, seconds]) => us + Math.round(Number(seconds) * 1e6),
		0,
	);
	expect(sum).toBe(Math.round((700 * 7 * 1e6) / 24));
});
