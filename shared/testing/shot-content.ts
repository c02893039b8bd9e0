import type { ShotContent } from '../src/board/shot.ts';

/** A shot of nothing in particular. */
export const shotContent: ShotContent = {
	size: 'MS',
	angle: 'eye',
	move: 'static',
	characters: [],
	place: 'ROOM',
	interior: true,
	timeOfDay: 'day',
	action: 'A',
	dialogue: [],
	prompt: '',
	durationFrames: 48,
	transition: 'cut',
};
