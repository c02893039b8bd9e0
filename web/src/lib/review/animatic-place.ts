import type { Timeline } from '@reelroom/shared/cut/timeline.ts';
import type { ShownThread } from './review-state.svelte.ts';

/**
 * The shot that stands at a frame of the timeline, which of its frames that is, and where that frame stands in the timeline; on a card the shot nearest
 * to it. Null where there is no shot.
 */
export function animaticPlace(
	timeline: Timeline,
	at: number,
): { shotId: string; frame: number; standsAt: number } | null {
	let nearest: { shotId: string; frame: number; standsAt: number; away: number } | null = null;
	for (const { shotId, startFrame, durationFrames } of timeline.clips) {
		if (shotId === null) continue;
		const frame = Math.min(Math.max(0, at - startFrame), Math.max(0, durationFrames - 1));
		const standsAt = startFrame + frame;
		const away = Math.abs(standsAt - at);
		// Where two overlap in a transition the one that comes in is meant.
		if (nearest === null || away <= nearest.away) nearest = { shotId, frame, standsAt, away };
	}
	return nearest === null ? null : { shotId: nearest.shotId, frame: nearest.frame, standsAt: nearest.standsAt };
}

/** Threads about a time of a shot where that stands now in the timeline, in its order; a shot that became shorter keeps them at its end. */
export function shotNotesIn(
	timeline: Timeline,
	threads: readonly ShownThread[],
): { thread: ShownThread; frame: number; number: number }[] {
	const clips = new Map(timeline.clips.map((clip) => [clip.shotId, clip]));
	return threads
		.flatMap((thread) => {
			const { target } = thread;
			const clip = target.kind === 'shot' && target.frame !== null ? clips.get(target.shotId) : undefined;
			if (clip === undefined || target.kind !== 'shot' || target.frame === null) return [];
			return [{ thread, frame: clip.startFrame + Math.min(target.frame, Math.max(0, clip.durationFrames - 1)) }];
		})
		.sort((a, b) => a.frame - b.frame)
		.map((one, index) => ({ ...one, number: index + 1 }));
}
