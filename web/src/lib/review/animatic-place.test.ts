import { expect, it } from 'vitest';
import type { Timeline } from '@reelroom/shared/cut/timeline.ts';
import { animaticPlace } from './animatic-place.ts';

const aClip = (shotId: string | null, startFrame: number, durationFrames: number) => ({
	shotId,
	startFrame,
	durationFrames,
});
const timeline = {
	clips: [aClip(null, 0, 48), aClip('a', 48, 100), aClip('b', 138, 50), aClip(null, 188, 24)],
} as unknown as Timeline;

it.each([
	[60, 'a', 12, 60],
	[140, 'b', 2, 140],
	[0, 'a', 0, 48],
	[200, 'b', 49, 187],
])('at frame %i a note is about shot %s, frame %i of it, and stands at %i', (at, shotId, frame, standsAt) => {
	expect(animaticPlace(timeline, at)).toEqual({ shotId, frame, standsAt });
});

it('where there is no shot there is no place for a note', () => {
	expect(animaticPlace({ ...timeline, clips: [] }, 3)).toBeNull();
});
