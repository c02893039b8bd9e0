import { shade } from './colour.ts';
import type { Colour } from './colour.ts';
import type { AddShape, ItemOptions } from './scene.ts';
import type { Point } from './shape.ts';

/** Draws in the metres of one figure: shapes are smooth unless told otherwise. */
export type Pen = {
	shape(points: Point[], colour: Colour, options?: ItemOptions): void;
	stroke(points: Point[], width: number, colour: Colour, options?: ItemOptions): void;
};

/** `x, y, x, y …` as points. */
export function pairs(numbers: readonly number[]): Point[] {
	const points: Point[] = [];
	for (let i = 0; i + 1 < numbers.length; i += 2) points.push([numbers[i] ?? 0, numbers[i + 1] ?? 0]);
	return points;
}

/** A pen over a shape list, with the figure's own coordinates; `scale` is pixels per metre. */
export function createPen(add: AddShape, place: (x: number, y: number) => Point, scale: number): Pen {
	return {
		shape: (points, colour, options) =>
			add(
				points.map(([x, y]) => place(x, y)),
				colour,
				{ smooth: true, ...options },
			),
		stroke: (points, width, colour, options) =>
			add(
				points.map(([x, y]) => place(x, y)),
				colour,
				{ open: true, smooth: true, width: width * scale, feature: true, ...options },
			),
	};
}

/** A burning flame of a height, its foot at a point. */
export function drawFlame(pen: Pen, x: number, y: number, size: number, options: ItemOptions = {}): void {
	for (const [k, colour] of [
		[1, '#ffb347'],
		[0.72, '#ffe08a'],
		[0.42, '#fffbe8'],
	] as const) {
		const s = size * k;
		const outline = pairs([
			x,
			y - 0.1 * s,
			x + 0.3 * s,
			y + 0.2 * s,
			x + 0.22 * s,
			y + 0.6 * s,
			x + 0.02 * size,
			y + 1.25 * s,
			x - 0.2 * s,
			y + 0.65 * s,
			x - 0.3 * s,
			y + 0.25 * s,
		]);
		pen.shape(outline, colour, { emit: true, noLine: true, ...options });
	}
}

export function drawBasket(pen: Pen, x: number, y: number, s: number, full: boolean): void {
	if (full)
		pen.shape(
			pairs([
				x - 0.8 * s,
				y + 0.9 * s,
				x - 0.3 * s,
				y + 1.35 * s,
				x + 0.35 * s,
				y + 1.3 * s,
				x + 0.85 * s,
				y + 0.9 * s,
			]),
			'#7b7268',
		);
	pen.shape(pairs([x - s, y + s, x + s, y + s, x + 0.72 * s, y - s, x - 0.72 * s, y - s]), '#b48a54', {
		smooth: false,
	});
	for (const q of [-0.45, 0.05, 0.5])
		pen.stroke(pairs([x - 0.9 * s, y + q * s, x + 0.9 * s, y + q * s]), s * 0.05, shade('#b48a54', 0.6), {
			fold: true,
			feature: false,
		});
	pen.shape(
		pairs([
			x - 1.05 * s,
			y + 1.08 * s,
			x + 1.05 * s,
			y + 1.08 * s,
			x + 1.02 * s,
			y + 0.84 * s,
			x - 1.02 * s,
			y + 0.84 * s,
		]),
		'#8d6a3c',
		{ smooth: false },
	);
}

export function drawFan(pen: Pen, x: number, y: number, size: number): void {
	const rim = (degrees: number): Point => [
		x + Math.cos((degrees * Math.PI) / 180) * size,
		y + Math.sin((degrees * Math.PI) / 180) * size,
	];
	const points: Point[] = [[x, y]];
	for (let a = -15; a <= 120; a += 15) points.push(rim(a));
	pen.shape(points, '#efe6d0', { smooth: false });
	for (let a = -10; a <= 115; a += 25)
		pen.stroke([[x, y], rim(a)], size * 0.02, '#785a3c', { fold: true, feature: false });
}
