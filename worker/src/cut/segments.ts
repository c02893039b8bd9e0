import { isOverlapping, type Timeline, type TimelineClip, type Window } from '@reelroom/shared/cut/timeline.ts';

/** The part of a clip that a segment shows: its own frames from `fromFrame` up to, and without, `toFrame`. */
export type Piece = {
	clip: TimelineClip;
	/** Frames of fade to black at the clip's own end. */
	fadeOutFrames: number;
	fromFrame: number;
	toFrame: number;
	/** Where its camera goes, when that is not the clip's own move. */
	camera?: { from: Window; to: Window };
};
/** A stretch of the film that is encoded in one run; one after the other they are the whole film. */
export type Segment = { pieces: Piece[]; startFrame: number; totalFrames: number };

/** How many clips one run of ffmpeg is given: each is an open file, a decoder and a chain of filters. */
export const clipsPerSegment = 60;

const overlapOf = (clip: TimelineClip | undefined): number =>
	clip !== undefined && isOverlapping(clip.transitionIn.kind) ? clip.transitionIn.frames : 0;

/**
 * Cuts a timeline into segments of at most `most` clips (two or more). A border lies where one clip ends and the next begins without overlap; where
 * there is none it lies inside a clip, between its two transitions, so that each transition is whole in one segment and every frame in exactly one.
 */
export function segmentsOf({ clips, totalFrames }: Timeline, most = clipsPerSegment): Segment[] {
	const segments: Segment[] = [];
	let first = 0;
	let fromFrame = 0;
	while (first < clips.length) {
		const startClip = clips[first];
		if (startClip === undefined) break;
		const { last, toFrame } = borderFrom(clips, first, most);
		const pieces = clips.slice(first, last + 1).map((clip, offset): Piece => {
			const next = clips[first + offset + 1];
			return {
				clip,
				fadeOutFrames: next?.transitionIn.kind === 'fade' ? next.transitionIn.frames : clip.fadeOutFrames,
				fromFrame: offset === 0 ? fromFrame : 0,
				toFrame: first + offset === last ? toFrame : clip.durationFrames,
			};
		});
		const lastClip = clips[last] ?? startClip;
		const startFrame = startClip.startFrame + fromFrame;
		segments.push({ pieces, startFrame, totalFrames: lastClip.startFrame + toFrame - startFrame });
		const whole = toFrame === lastClip.durationFrames;
		first = whole ? last + 1 : last;
		fromFrame = whole ? 0 : toFrame;
	}
	const sum = segments.reduce((frames, segment) => frames + segment.totalFrames, 0);
	if (sum !== totalFrames) throw new Error(`The segments have ${sum} frames and the film ${totalFrames}`);
	return segments;
}

/** Where the segment that begins with clip `first` ends: the last clip in it, and up to which of its frames. */
function borderFrom(clips: readonly TimelineClip[], first: number, most: number): { last: number; toFrame: number } {
	const end = first + most - 1;
	const whole = (last: number) => ({ last, toFrame: clips[last]?.durationFrames ?? 0 });
	if (end >= clips.length - 1) return whole(clips.length - 1);
	for (let last = end; last >= first; last--) if (overlapOf(clips[last + 1]) === 0) return whole(last);
	const into = overlapOf(clips[end]);
	const free = (clips[end]?.durationFrames ?? 0) - into - overlapOf(clips[end + 1]);
	return { last: end, toFrame: into + Math.floor(free / 2) };
}
