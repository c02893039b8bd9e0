import { clamp } from './colour.ts';
import type { Random } from './random.ts';

export type Point = [number, number];
export type Box = [left: number, top: number, right: number, bottom: number];

const origin: Point = [0, 0];
/** The point at an index, taken round the end of the list. */
export const at = (points: readonly Point[], index: number): Point =>
	points[((index % points.length) + points.length) % points.length] ?? origin;
const clipped = (points: readonly Point[], index: number): Point => at(points, clamp(index, 0, points.length - 1));

function span(out: Point[], a: Point, b: Point, c: Point, d: Point, steps: number): void {
	for (let k = 0; k < steps; k++) {
		const t = k / steps;
		const t2 = t * t;
		const t3 = t2 * t;
		const f = (i: 0 | 1) =>
			0.5 *
			(2 * b[i] +
				(c[i] - a[i]) * t +
				(2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t2 +
				(3 * b[i] - a[i] - 3 * c[i] + d[i]) * t3);
		out.push([f(0), f(1)]);
	}
}

/** A closed Catmull-Rom curve through the points, flattened. */
export function smoothClosed(points: Point[], steps = 5): Point[] {
	if (points.length < 3) return points;
	const out: Point[] = [];
	for (let i = 0; i < points.length; i++)
		span(out, at(points, i - 1), at(points, i), at(points, i + 1), at(points, i + 2), steps);
	return out;
}

/** An open Catmull-Rom curve through the points, flattened. */
export function smoothOpen(points: Point[], steps = 6): Point[] {
	if (points.length < 3) return points;
	const out: Point[] = [];
	for (let i = 0; i < points.length - 1; i++)
		span(out, clipped(points, i - 1), at(points, i), at(points, i + 1), clipped(points, i + 2), steps);
	out.push(at(points, -1));
	return out;
}

/** Unit vector along a polyline at one of its points. */
function tangent(points: readonly Point[], i: number): Point {
	const a = clipped(points, i - 1);
	const b = clipped(points, i + 1);
	const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
	return [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
}

/** Outline of a limb: a polyline with a half width at each joint. */
export function limb(points: Point[], widths: number[]): Point[] {
	const left: Point[] = [];
	const right: Point[] = [];
	points.forEach(([x, y], i) => {
		const [dx, dy] = tangent(points, i);
		const w = widths[i] ?? 0;
		left.push([x - dy * w, y + dx * w]);
		right.push([x + dy * w, y - dx * w]);
	});
	return [...left, ...right.reverse()];
}

export function ellipse(x: number, y: number, rx: number, ry: number, n = 18, turn = 0): Point[] {
	return Array.from({ length: n }, (_, i): Point => {
		const angle = (i / n) * Math.PI * 2;
		const c = Math.cos(angle) * rx;
		const s = Math.sin(angle) * ry;
		return [x + c * Math.cos(turn) - s * Math.sin(turn), y + c * Math.sin(turn) + s * Math.cos(turn)];
	});
}

/** Outline of a brush stroke with tapered, uneven width; null for less than two points. */
export function brush(
	points: Point[],
	width: number,
	random: Random,
	{ taper = 0.6, wobble = 0, press = 0.3, thinnest = 0.25 } = {},
): Point[] | null {
	const n = points.length;
	if (n < 2) return null;
	const left: Point[] = [];
	const right: Point[] = [];
	const phase = random() * 9;
	points.forEach(([x, y], i) => {
		const [dx, dy] = tangent(points, i);
		const t = i / (n - 1);
		const swell = Math.max(thinnest, 1 - taper + taper * Math.sin(Math.PI * clamp(t * 0.94 + 0.03)));
		const k = swell * (1 + press * Math.sin(phase + t * 7)) * width * 0.5;
		const jx = wobble ? (random() - 0.5) * wobble : 0;
		const jy = wobble ? (random() - 0.5) * wobble : 0;
		left.push([x + jx - dy * k, y + jy + dx * k]);
		right.push([x + jx + dy * k, y + jy - dx * k]);
	});
	return [...left, ...right.reverse()];
}

export function boundsOf(points: readonly Point[]): Box {
	const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
	for (const [x, y] of points) {
		if (x < box[0]) box[0] = x;
		if (x > box[2]) box[2] = x;
		if (y < box[1]) box[1] = y;
		if (y > box[3]) box[3] = y;
	}
	return box;
}
