import { addLamp } from './backdrop.ts';
import { shade } from './colour.ts';
import type { Colour } from './colour.ts';
import { createPen, drawFlame } from './pen.ts';
import type { Stage } from './scene.ts';
import { ellipse } from './shape.ts';
import type { Point } from './shape.ts';

/** A point on a wall: 0..1 along it and up it. */
export type Wall = (u: number, v: number) => Point;

export function addQuad(
	stage: Stage,
	wall: Wall,
	u0: number,
	v0: number,
	u1: number,
	v1: number,
	colour: Colour,
	options: Parameters<Stage['add']>[2] = {},
): void {
	stage.add([wall(u0, v0), wall(u1, v0), wall(u1, v1), wall(u0, v1)], colour, options);
}

export function addWindow(
	stage: Stage,
	wall: Wall,
	u0: number,
	v0: number,
	u1: number,
	v1: number,
	z: number,
	lit: boolean,
): void {
	const { add, r } = stage;
	addQuad(stage, wall, u0, v0, u1, v1, lit ? r.pick(['#ffc766', '#ffb84f', '#ffd98a']) : '#232c3e', {
		z: z - 0.02,
		emit: lit,
		window: lit,
	});
	const [u, v] = [(u0 + u1) / 2, (v0 + v1) / 2];
	const bar = { z: z - 0.03, open: true, width: 2, fold: true };
	add([wall(u, v0), wall(u, v1)], '#3a2a20', bar);
	add([wall(u0, v), wall(u1, v)], '#3a2a20', bar);
	if (!lit || z > 22) return;
	const [x, y] = wall(u, v);
	addLamp(stage, x, y, z - 0.5, Math.abs(wall(u0, v0)[1] - wall(u1, v1)[1]) * 2.3, '#ffb45a', 0.55, 0.25);
}

/** A row of gabled houses along one side of a street. */
export function addHouses(stage: Stage, side: 1 | -1, X: number, z0: number): void {
	const { r, P, add, snow, dark } = stage;
	const rows: [number, number, number][] = [];
	for (let z = z0 + r() * 1.2; z < 44;) {
		const depth = r.range(4, 6.5);
		rows.push([z, Math.min(z + depth, 44), r.range(5, 7.5)]);
		z += depth;
	}
	for (const [a, b, h] of rows.reverse()) {
		const colour = r.pick(['#6d5a55', '#7d6a58', '#5d5a66', '#806253']);
		const z = (a + b) / 2;
		const wall: Wall = (u, v) => P(side * X, v * h, a + (b - a) * u);
		const eave = side * (X - 0.35);
		const ridge = side * (X + 2.6);
		add(
			[P(eave, h, a - 0.2), P(eave, h, b), P(ridge, h * 1.42, b), P(ridge, h * 1.42, a - 0.2)],
			snow ? '#e6edf5' : '#4c4148',
			{ z: z + 0.05 },
		);
		const gable = [
			P(side * X, 0, a),
			P(side * X, h, a),
			P(ridge, h * 1.42, a),
			P(side * (X + 5.2), h, a),
			P(side * (X + 5.2), 0, a),
		];
		add(gable, shade(colour, 0.72), { z: a + 0.04 });
		addQuad(stage, wall, 0, 0, 1, 1, colour, { z });
		add(
			[P(eave, h, a - 0.2), P(eave, h, b), P(eave, h - 0.22, b), P(eave, h - 0.22, a - 0.2)],
			snow ? '#f3f7fb' : '#3a3034',
			{ z: z - 0.01 },
		);
		if (r() < 0.75) {
			addWindow(stage, wall, 0.12, 0.1, 0.52, 0.36, z, dark);
			const [near, far] = [a + (b - a) * 0.08, a + (b - a) * 0.58];
			const awning = [
				P(side * X, h * 0.41, near),
				P(side * X, h * 0.41, far),
				P(side * (X - 0.8), h * 0.36, far),
				P(side * (X - 0.8), h * 0.36, near),
			];
			add(awning, snow ? '#dbe4ee' : r.pick(['#8d3f35', '#3f5f58']), { z: z - 0.1 });
		} else addWindow(stage, wall, 0.15, 0.16, 0.42, 0.36, z, dark && r() < 0.55);
		addQuad(stage, wall, 0.66, 0, 0.88, 0.34, '#40302a', { z: z - 0.02 });
		for (const u of [0.14, 0.44, 0.72]) addWindow(stage, wall, u, 0.58, u + 0.15, 0.8, z, dark && r() < 0.55);
		if (r() < 0.6) {
			const [x, zc] = [side * (X + 1.7), z];
			add(
				[P(x - 0.35, h * 1.2, zc), P(x + 0.35, h * 1.2, zc), P(x + 0.35, h * 1.62, zc), P(x - 0.35, h * 1.62, zc)],
				'#5b4440',
				{ z: z + 0.1 },
			);
		}
	}
}

export function addLampPost(stage: Stage, X: number, Z: number): void {
	const { P, add, light, dark } = stage;
	const q = (x: number, y: number) => P(X + x, y, Z);
	add([q(-0.05, 0), q(0.05, 0), q(0.03, 2.9), q(-0.03, 2.9)], '#23252b', { z: Z });
	add([q(-0.16, 2.9), q(0.16, 2.9), q(0.22, 3.35), q(-0.22, 3.35)], dark ? '#ffe2a0' : '#8b96a0', {
		z: Z - 0.01,
		emit: dark,
	});
	add([q(-0.26, 3.35), q(0.26, 3.35), q(0, 3.62)], '#23252b', { z: Z - 0.02 });
	if (dark) light(X, 3.1, Z, 3.4, '#ffc070', 0.8);
}

/** A hall under a Chinese roof with swept corners. */
export function addEaves(
	{ P, add, snow }: Stage,
	X: number,
	Z: number,
	width: number,
	base: number,
	h: number,
	{ roof = '#5c4a44', wall = '#8c3a30', tiers = 1 } = {},
): void {
	const q = (x: number, y: number) => P(X + x, y, Z);
	let [y, w] = [base, width];
	for (let t = 0; t < tiers; t++) {
		const top = y + h * 0.5;
		add([q(-w * 0.42, y), q(w * 0.42, y), q(w * 0.42, top), q(-w * 0.42, top)], wall, { z: Z - t * 0.02 });
		for (let i = -3; i <= 3; i++) {
			const x = i * w * 0.12;
			add([q(x - w * 0.012, y), q(x + w * 0.012, y), q(x + w * 0.012, top), q(x - w * 0.012, top)], shade(wall, 0.65), {
				z: Z - 0.01 - t * 0.02,
			});
		}
		const roofline = [
			q(-w * 0.66, top + h * 0.12),
			q(-w * 0.5, top - h * 0.02),
			q(0, top - h * 0.06),
			q(w * 0.5, top - h * 0.02),
			q(w * 0.66, top + h * 0.12),
			q(w * 0.44, top + h * 0.2),
			q(w * 0.3, top + h * 0.52),
			q(-w * 0.3, top + h * 0.52),
			q(-w * 0.44, top + h * 0.2),
		];
		add(roofline, snow ? '#dfe6ee' : roof, { z: Z - 0.015 - t * 0.02, smooth: true });
		for (let i = -4; i <= 4; i++)
			add([q(i * w * 0.065, top + h * 0.5), q(i * w * 0.1, top)], shade(roof, 0.7), {
				z: Z - 0.016 - t * 0.02,
				open: true,
				width: 2,
				fold: true,
				opacity: 0.7,
			});
		y = top + h * 0.42;
		w *= 0.68;
	}
}

export function addCottage(stage: Stage, X: number, Z: number, s: number): void {
	const { P, add, spec, snow, dark } = stage;
	const q = (x: number, y: number) => P(X + x * s, y * s, Z);
	add([q(-2, 0), q(2, 0), q(2, 2.2), q(-2, 2.2)], '#b49a74', { z: Z });
	add([q(-2.6, 2.05), q(-1.6, 3.7), q(1.6, 3.7), q(2.6, 2.05)], snow ? '#e6edf5' : '#7a6038', { z: Z - 0.01 });
	for (const x of [-1.5, -0.75, 0, 0.75, 1.5])
		add([q(x * 0.9, 3.6), q(x * 1.35, 2.15)], '#5d4826', { z: Z - 0.015, open: true, width: 2, fold: true });
	add([q(-0.5, 0), q(0.4, 0), q(0.4, 1.6), q(-0.5, 1.6)], '#4d3826', { z: Z - 0.02 });
	add([q(1, 0.9), q(1.6, 0.9), q(1.6, 1.5), q(1, 1.5)], dark ? '#ffc766' : '#5b4a38', { z: Z - 0.02, emit: dark });
	if (spec.daylight === 'day' || spec.daylight === 'night') return;
	for (let i = 0; i < 3; i++) {
		const [x, y] = q(1 + i * 0.3, 4.2 + i * 1.1);
		add(ellipse(x, y, 8 + i * 6, 12 + i * 8, 14), '#ffffff', {
			z: Z - 0.03,
			opacity: 0.22,
			soft: true,
			noLine: true,
			blur: 6,
			emit: true,
		});
	}
}

export type Room = { halfWidth: number; height: number; farZ: number; back: Wall };
/** Floor, ceiling and three walls round the camera. */
export function addRoom(
	{ P, add, camera }: Stage,
	wall: Colour,
	floor: Colour,
	ceiling: Colour,
	boards: boolean,
): Room {
	const farZ = camera.distance + 3.75;
	const w = Math.max(3.2, camera.distance * 0.42);
	const [h, near] = [3, 0.6];
	add([P(-w, 0, farZ), P(w, 0, farZ), P(w, h, farZ), P(-w, h, farZ)], wall, { z: 60 });
	add([P(-w, 0, near), P(-w, 0, farZ), P(-w, h, farZ), P(-w, h, near)], shade(wall, 0.78), { z: 59 });
	add([P(w, 0, near), P(w, 0, farZ), P(w, h, farZ), P(w, h, near)], shade(wall, 0.86), { z: 59 });
	add([P(-w, 0, near), P(w, 0, near), P(w, 0, farZ), P(-w, 0, farZ)], floor, { z: 58 });
	add([P(-w, h, near), P(w, h, near), P(w, h, farZ), P(-w, h, farZ)], ceiling, { z: 58 });
	for (let i = -6; boards && i <= 6; i++)
		add([P((i / 6) * w, 0, near + 0.6), P((i / 6) * w, 0, farZ)], shade(floor, 0.7), {
			z: 57,
			open: true,
			width: 2,
			fold: true,
		});
	return { halfWidth: w, height: h, farZ, back: (u, v) => P(-w + 2 * w * u, v * h, farZ) };
}

/** A flame at a place in the room. */
export function addFlame({ P, add, camera }: Stage, X: number, Y: number, Z: number, size: number): void {
	const pen = createPen(
		(points, colour, options) => add(points, colour, { ...options, z: Z }),
		(x, y) => P(X + x, Y + y, Z),
		camera.focal / Z,
	);
	drawFlame(pen, 0, 0, size);
}

export function addTable({ P, add }: Stage, X: number, Z: number, half: number, height: number, colour: Colour): void {
	const q = (x: number, y: number) => P(X + x, y, Z);
	add([q(-half, height - 0.08), q(half, height - 0.08), q(half + 0.05, height), q(-half - 0.05, height)], colour, {
		z: Z,
	});
	for (const x of [-half + 0.08, half - 0.18])
		add([q(x, 0), q(x + 0.1, 0), q(x + 0.1, height - 0.08), q(x, height - 0.08)], shade(colour, 0.78), { z: Z });
}
