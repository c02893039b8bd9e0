import type { CameraMove, DialogueLine, ShotTransition } from '../board/shot.ts';
import { subtitlesOf, type Subtitle } from './subtitle-timing.ts';

export type { Subtitle } from './subtitle-timing.ts';

/** A crop of the frame: zoom ≥ 1, centre in 0–1 of width and height. */
export type Window = { zoom: number; x: number; y: number };

export type TimelineClip = {
	kind: 'title' | 'shot' | 'end';
	/** Only of a shot. */
	shotId: string | null;
	startFrame: number;
	durationFrames: number;
	/** How the clip before goes over into this one: dissolve and wipe overlap it by `frames`; a fade takes `frames` to black before and as many from black after. */
	transitionIn: { kind: ShotTransition; frames: number };
	/** Frames of fade to black at the clip's own end, when nothing follows. */
	fadeOutFrames: number;
	move: CameraMove;
};

export type Timeline = {
	fps: number;
	totalFrames: number;
	clips: TimelineClip[];
	subtitles: Subtitle[];
	/** First frame of each scene. */
	chapters: { sceneId: string; startFrame: number }[];
};

export type TimelineShot = {
	id: string;
	sceneId: string;
	durationFrames: number;
	transition: ShotTransition;
	move: CameraMove;
	dialogue: DialogueLine[];
};
export type TimelineInput = {
	shots: readonly TimelineShot[];
	fps: number;
	title?: { title: string; credit: string; author: string };
	endCard?: string | null;
};

/** Lengths in seconds of what the cut adds by itself. */
const cardSeconds = 3;
const transitionSeconds: Record<ShotTransition, number> = { cut: 0, fade: 0.5, dissolve: 0.8, wipe: 0.6 };

/** Says whether two clips share the screen while one goes over into the other; with any other transition they only follow each other. */
export const isOverlapping = (transition: ShotTransition): boolean =>
	transition === 'dissolve' || transition === 'wipe';

/**
 * Lays the shots out in frames: the one timeline that the browser plays and ffmpeg renders. A shot's transition is how it goes over into the
 * next; it never takes more than half of either clip.
 */
export function buildTimeline({ shots, fps, title, endCard }: TimelineInput): Timeline {
	type Piece = Pick<TimelineClip, 'kind' | 'shotId' | 'durationFrames' | 'move'> & { transitionOut: ShotTransition };
	const card = (kind: 'title' | 'end', transitionOut: ShotTransition): Piece => ({
		kind,
		shotId: null,
		durationFrames: Math.round(cardSeconds * fps),
		move: 'static',
		transitionOut,
	});
	const pieces: Piece[] = [
		...(title === undefined ? [] : [card('title', 'fade')]),
		...shots.map((shot): Piece => ({
			kind: 'shot',
			shotId: shot.id,
			durationFrames: shot.durationFrames,
			move: shot.move,
			transitionOut: shot.transition,
		})),
		...(endCard === undefined || endCard === null ? [] : [card('end', 'fade')]),
	];
	const clips: TimelineClip[] = [];
	let frame = 0;
	pieces.forEach(({ transitionOut: _transitionOut, ...piece }, index) => {
		const before = pieces[index - 1];
		const after = pieces[index + 1];
		// Film opens from black, and cards always stand between fades.
		const kind =
			before === undefined
				? 'fade'
				: piece.kind === 'end' && before.transitionOut === 'cut'
					? 'fade'
					: before.transitionOut;
		const room = Math.floor(Math.min(piece.durationFrames, before?.durationFrames ?? piece.durationFrames) / 2);
		const frames = Math.min(Math.round(transitionSeconds[kind] * fps), room);
		if (isOverlapping(kind)) frame -= frames;
		clips.push({
			...piece,
			startFrame: frame,
			transitionIn: frames === 0 ? { kind: 'cut', frames: 0 } : { kind, frames },
			fadeOutFrames:
				after === undefined
					? Math.min(Math.round(transitionSeconds.fade * fps), Math.floor(piece.durationFrames / 2))
					: 0,
		});
		frame += piece.durationFrames;
	});
	const byId = new Map(shots.map((shot) => [shot.id, shot]));
	const chapters: Timeline['chapters'] = [];
	const subtitles: Subtitle[] = [];
	for (const clip of clips) {
		const shot = clip.shotId === null ? undefined : byId.get(clip.shotId);
		if (shot === undefined) continue;
		if (chapters.at(-1)?.sceneId !== shot.sceneId)
			chapters.push({ sceneId: shot.sceneId, startFrame: clip.startFrame });
		subtitles.push(...subtitlesOf(shot.dialogue, clip.startFrame, clip.durationFrames, fps));
	}
	return { fps, totalFrames: frame, clips, subtitles: inTurn(subtitles), chapters };
}

/** Where clips overlap, later words push earlier ones off: two subtitles never stand over each other. */
function inTurn(subtitles: Subtitle[]): Subtitle[] {
	const kept: Subtitle[] = [];
	for (const subtitle of subtitles) {
		while ((kept.at(-1)?.startFrame ?? -1) >= subtitle.startFrame) kept.pop();
		const last = kept.at(-1);
		if (last !== undefined) kept[kept.length - 1] = { ...last, endFrame: Math.min(last.endFrame, subtitle.startFrame) };
		kept.push(subtitle);
	}
	return kept;
}

const centre = { x: 0.5, y: 0.5 };
/** First and last window of each camera move; both players go from one to the other by `ease`. */
const moves: Record<CameraMove, { from: Window; to: Window }> = {
	static: { from: { zoom: 1, ...centre }, to: { zoom: 1, ...centre } },
	pan: { from: { zoom: 1.18, x: 0.43, y: 0.5 }, to: { zoom: 1.18, x: 0.57, y: 0.5 } },
	tilt: { from: { zoom: 1.18, x: 0.5, y: 0.57 }, to: { zoom: 1.18, x: 0.5, y: 0.43 } },
	'push in': { from: { zoom: 1, ...centre }, to: { zoom: 1.22, x: 0.5, y: 0.48 } },
	'pull out': { from: { zoom: 1.22, x: 0.5, y: 0.48 }, to: { zoom: 1, ...centre } },
	track: { from: { zoom: 1.14, x: 0.45, y: 0.5 }, to: { zoom: 1.14, x: 0.55, y: 0.5 } },
	crane: { from: { zoom: 1.2, x: 0.5, y: 0.57 }, to: { zoom: 1.06, x: 0.5, y: 0.48 } },
	handheld: { from: { zoom: 1.06, x: 0.49, y: 0.51 }, to: { zoom: 1.08, x: 0.51, y: 0.49 } },
	arc: { from: { zoom: 1.1, x: 0.46, y: 0.5 }, to: { zoom: 1.16, x: 0.54, y: 0.49 } },
	zoom: { from: { zoom: 1, ...centre }, to: { zoom: 1.4, ...centre } },
};

/** The two ends of a camera move. */
export const moveKeyframes = (move: CameraMove): { from: Window; to: Window } => moves[move];
/** Smoothstep: p²(3 − 2p), the one easing of every move. */
export const ease = (progress: number): number => progress * progress * (3 - 2 * progress);

/** The window of a move at `progress` (0 = first frame, 1 = last). */
export function moveAt(move: CameraMove, progress: number): Window {
	const { from, to } = moves[move];
	const e = ease(Math.min(1, Math.max(0, progress)));
	return {
		zoom: from.zoom + (to.zoom - from.zoom) * e,
		x: from.x + (to.x - from.x) * e,
		y: from.y + (to.y - from.y) * e,
	};
}

/** Where a clip's move is at a local frame, as its progress. */
export const progressAt = (clip: TimelineClip, localFrame: number): number =>
	localFrame / Math.max(1, clip.durationFrames - 1);

/** A clip that is on screen: later ones lie on top. `opacity` for dissolves, `black` covers it for fades, `revealed` is the share a wipe has uncovered from the right. */
export type VisibleClip = { clip: TimelineClip; localFrame: number; opacity: number; black: number; revealed: number };

/** What is on screen at a frame: one clip, or two while they overlap. */
export function clipsAt(timeline: Timeline, frame: number): VisibleClip[] {
	const at = Math.min(Math.max(0, Math.floor(frame)), Math.max(0, timeline.totalFrames - 1));
	const visible: VisibleClip[] = [];
	timeline.clips.forEach((clip, index) => {
		const localFrame = at - clip.startFrame;
		if (localFrame < 0 || localFrame >= clip.durationFrames) return;
		const { kind, frames } = clip.transitionIn;
		const entered = frames === 0 ? 1 : Math.min(1, localFrame / frames);
		const next = timeline.clips[index + 1]?.transitionIn;
		const fadeOut = next?.kind === 'fade' ? next.frames : clip.fadeOutFrames;
		const left = clip.durationFrames - localFrame;
		const fadedOut = fadeOut > 0 && left <= fadeOut ? 1 - left / fadeOut : 0;
		visible.push({
			clip,
			localFrame,
			opacity: kind === 'dissolve' ? entered : 1,
			black: Math.max(kind === 'fade' ? 1 - entered : 0, fadedOut),
			revealed: kind === 'wipe' ? entered : 1,
		});
	});
	return visible;
}
