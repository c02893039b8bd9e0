import type { Colour } from './colour.ts';
import type { ItemOptions, Mood } from './scene.ts';
import type { Point } from './shape.ts';

export type HeadOptions = { view: 'front' | 'back'; mood: Mood; talks: boolean; headPx: number };
/** Draws in head heights, origin in the middle of the head, x towards where it looks. */
export type HeadPen = {
	fill(points: Point[], colour: Colour, options?: ItemOptions): void;
	line(numbers: readonly number[], width: number, colour: Colour, options?: ItemOptions): void;
};
