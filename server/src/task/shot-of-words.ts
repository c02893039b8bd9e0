import type { ShotContent } from '@reelroom/shared/board/shot.ts';

/** A shot that is on no board: its words say everything, the rest says nothing. */
export const shotOfWords = (prompt: string, durationFrames: number): ShotContent => ({
	size: 'MS',
	angle: 'eye',
	move: 'static',
	characters: [],
	place: '',
	interior: false,
	timeOfDay: 'unknown',
	action: '',
	dialogue: [],
	prompt,
	durationFrames,
	transition: 'cut',
});
