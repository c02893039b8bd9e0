import { mix, shade } from './colour.ts';
import type { Colour } from './colour.ts';
import { createPen, drawFlame, pairs } from './pen.ts';
import type { Pen } from './pen.ts';
import type { CastMember, InsertKind, Stage } from './scene.ts';
import { ellipse, limb } from './shape.ts';
import type { Point } from './shape.ts';

/** A close-up of hands or of a tool at work; `flip` mirrors the whole staging. */
export function drawInsert(stage: Stage, who: CastMember | undefined, kind: InsertKind, flip: 1 | -1): void {
	const { W, H, add } = stage;
	const s = Math.min(H, W * 0.75);
	// Units of a nominal frame 16 × 9 high, centred, so that any frame shape holds the same hands.
	const place = (x: number, y: number): Point => [W / 2 + flip * x * s, H / 2 + y * s];
	const pen = createPen(
		(points, colour, options) => add(points, colour, { z: 1, group: 'fig', headPx: 300, fine: 7, ...options }),
		place,
		s,
	);
	const skin = who?.design.skin ?? '#ecc4a2';
	const cuff = who?.design.main ?? '#5b6e86';
	if (kind === 'tool') drawToolOnStone(stage, pen, place, s, skin, cuff);
	else drawHandsWithMatches(stage, pen, place, s, skin, cuff);
}

function drawToolOnStone(
	{ r, lamps }: Stage,
	pen: Pen,
	place: (x: number, y: number) => Point,
	s: number,
	skin: Colour,
	cuff: Colour,
): void {
	const [x, y] = [0.06, 0.22];
	const rock = (numbers: number[], colour: Colour, z: number) =>
		pen.shape(
			pairs(numbers).map(([a, b]): Point => [x + a * 0.72, y + b * 0.46]),
			colour,
			{ smooth: false, z },
		);
	rock([-1.3, 1, -1.1, 0.25, -0.5, 0, 0.1, -0.02, 0.7, 0.2, 1.1, 1], '#837b70', 2);
	rock([-0.5, 0, 0.1, -0.02, 0.3, 0.3, -0.3, 0.5], '#a39a8c', 1.9);
	rock([0.1, -0.02, 0.7, 0.2, 0.5, 0.6, 0.3, 0.3], '#6d665d', 1.9);
	rock([-1.1, 0.25, -0.5, 0, -0.3, 0.5, -0.9, 0.9], '#756d63', 1.9);
	pen.stroke(pairs([x - 0.02, y + 0.02, x - 0.1, y + 0.12, x - 0.06, y + 0.2, x - 0.14, y + 0.3]), 0.008, '#3d3833', {
		fold: true,
	});
	pen.shape(
		limb(
			[
				[0.95, -0.62],
				[x + 0.08, y - 0.24],
			],
			[0.024, 0.022],
		),
		'#7a5432',
	);
	pen.shape(
		pairs([
			x + 0.13,
			y - 0.3,
			x + 0.04,
			y - 0.2,
			x - 0.045,
			y - 0.047,
			x - 0.011,
			y + 0.01,
			x + 0.083,
			y - 0.13,
			x + 0.164,
			y - 0.24,
		]),
		'#565a60',
	);
	for (let i = 0; i < 16; i++) {
		const angle = -r() * Math.PI;
		const far = 0.06 + r() * 0.16;
		const [a, b] = [x + Math.cos(angle) * far, y + Math.sin(angle) * far];
		pen.shape(
			[
				[a, b],
				[a + 0.014, b + 0.009],
				[a - 0.007, b + 0.016],
			],
			'#8d8578',
			{ smooth: false, z: 1.2 },
		);
	}
	for (let i = 0; i < 46; i++) {
		const angle = -Math.PI * r();
		const far = 0.03 + r() * r() * 0.36;
		const spark = (k: number): Point => [x + Math.cos(angle) * far * k, y + Math.sin(angle) * far * k];
		pen.shape(limb([spark(0.7), spark(1)], [0.0026, 0.001]), r.pick(['#ffd27a', '#fff1c0', '#ff9a3c']), {
			z: 0.5,
			emit: true,
			noLine: true,
			smooth: false,
		});
	}
	drawBigHand(pen, 0.6, -0.36, 0.15, -1.1, -1, skin, cuff, 'fist');
	const [lx, ly] = place(x, y - 0.014);
	lamps.push({ x: lx, y: ly, z: 1, radius: s * 0.46, colour: [255, 200, 120], power: 0.9, halo: 0.8, core: s * 0.025 });
}

function drawHandsWithMatches(
	stage: Stage,
	pen: Pen,
	place: (x: number, y: number) => Point,
	s: number,
	skin: Colour,
	cuff: Colour,
): void {
	const { spec, lamps } = stage;
	const matches = spec.props.some((prop) => prop === 'match' || prop === 'burnt') || /\bflame\b|火苗/i.test(spec.text);
	const out = /goes out|burnt|dies|熄|灭|烧过/i.test(spec.text);
	const lit = matches && !out && /strike|flame|划|擦|点燃/i.test(spec.text);
	if (matches && spec.props.includes('match')) {
		for (let i = -3; i <= 3; i++) {
			const [foot, top, y] = [-0.36 + i * 0.024, -0.36 + i * 0.036, -0.06 + ((i + 3) % 3) * 0.022];
			pen.shape(
				limb(
					[
						[foot, 0.36],
						[top, y],
					],
					[0.0083, 0.0075],
				),
				'#c9a468',
				{ smooth: false },
			);
			pen.shape(ellipse(top, y, 0.0125, 0.018, 12), '#8d3a2e');
		}
	}
	drawBigHand(pen, -0.34, 0.2, 0.19, 0.12, -1, shade(skin, 0.96), cuff, 'fist');
	const [tx, ty] = drawBigHand(pen, 0.28, 0.05, 0.19, -0.35, 1, skin, cuff, 'pinch');
	if (!matches) {
		lamps.push({
			x: stage.W * 0.7,
			y: 0,
			z: 1,
			radius: s * 1.3,
			colour: [230, 225, 220],
			power: 0.35,
			halo: 0,
			core: 0,
		});
		return;
	}
	const end: Point = [tx - 0.13, ty - 0.145];
	pen.shape(limb([[tx + 0.03, ty + 0.036], end], [0.009, 0.0076]), '#d2ae74', { smooth: false });
	if (lit) {
		const upright = {
			...pen,
			shape: (points: Point[], ...rest: [Colour, object?]) =>
				pen.shape(
					points.map(([x, y]): Point => [x, -y]),
					...rest,
				),
		};
		drawFlame(upright, end[0], -end[1] - 0.008, 0.2);
		const [lx, ly] = place(end[0], end[1] - 0.08);
		lamps.push({ x: lx, y: ly, z: 0.9, radius: s, colour: [255, 180, 90], power: 1.3, halo: 0.8, core: s * 0.06 });
		return;
	}
	pen.shape(ellipse(...end, 0.0153, 0.021, 12), out ? '#1c1714' : '#8d3a2e');
	if (out) {
		const [x, y] = end;
		const curl = [x, y - 0.03, x - 0.03, y - 0.1, x + 0.03, y - 0.18, x - 0.02, y - 0.27, x + 0.04, y - 0.36];
		pen.stroke(pairs(curl), 0.022, '#c9ccd6', { fold: true, opacity: 0.6 });
		pen.stroke(
			pairs(curl).map(([a, b]): Point => [a + 0.018, b - 0.012]),
			0.011,
			'#e4e6ee',
			{ fold: true, opacity: 0.5 },
		);
	}
	const shakes = /shak|trembl|shiver|抖|颤/i.test(spec.text);
	for (const side of shakes ? [-1, 1] : []) {
		for (let i = 0; i < 3; i++) {
			const x = 0.28 + side * (0.2 + i * 0.02);
			pen.stroke(
				pairs([x, -0.18 + i * 0.03, x + side * 0.016, -0.155 + i * 0.03, x, -0.13 + i * 0.03]),
				0.006,
				'#d8e2f0',
				{ fold: true, opacity: 0.8 },
			);
		}
	}
	const [lx, ly] = place(0.6, -0.45);
	lamps.push({ x: lx, y: ly, z: 1, radius: s * 1.4, colour: [190, 205, 240], power: 0.75, halo: 0.1, core: 0 });
}

/** A close-up hand: palm, fingers, thumb; gives back the tip that holds. `size` is the palm's half width. */
function drawBigHand(
	pen: Pen,
	x: number,
	y: number,
	size: number,
	turn: number,
	flip: 1 | -1,
	skin: Colour,
	cuff: Colour,
	kind: 'pinch' | 'fist',
): Point {
	const c = Math.cos(turn);
	const n = Math.sin(turn);
	const map = ([u, v]: Point): Point => [x + (u * flip * c - v * n) * size, y + (u * flip * n + v * c) * size];
	const shape = (points: Point[], colour: Colour, options = {}) => pen.shape(points.map(map), colour, options);
	shape(pairs([-0.62, 1.05, 0.52, 1.05, 0.75, 3.4, -0.9, 3.4]), cuff, { smooth: false });
	shape(pairs([-0.66, 1, 0.56, 0.98, 0.6, 1.3, -0.7, 1.32]), mix(cuff, '#ffffff', 0.25), { smooth: false });
	const fingers =
		kind === 'pinch'
			? [
					[0.42, 0.1, 0.62, -0.42, 0.42, -0.86, 0.2, -0.95],
					[0.2, 0, 0.36, -0.6, 0.2, -1, 0.02, -1.02],
					[-0.05, -0.02, 0.04, -0.66, -0.06, -1.02, -0.14, -1.06],
				]
			: [
					[0.42, 0.2, 0.72, 0, 0.5, 0.3],
					[0.3, -0.05, 0.62, -0.2, 0.4, 0.1],
					[0.1, -0.2, 0.4, -0.42, 0.25, -0.05],
				];
	const index =
		kind === 'pinch' ? [-0.3, 0.02, -0.34, -0.55, -0.36, -0.9, -0.34, -1.12] : [-0.1, -0.3, 0.15, -0.55, 0.05, -0.2];
	fingers.forEach((finger, i) => {
		const bones = pairs(finger);
		shape(
			limb(
				bones,
				bones.map((_, j) => (0.135 - j * 0.018) * (i === 0 ? 0.88 : 1)),
			),
			shade(skin, 0.9 + i * 0.03),
		);
	});
	shape(pairs([-0.5, 0.1, -0.1, -0.12, 0.45, 0, 0.55, 0.5, 0.45, 1.1, -0.5, 1.1, -0.6, 0.6]), skin);
	const bones = pairs(index);
	shape(
		limb(
			bones,
			bones.map((_, j) => 0.14 - j * 0.018),
		),
		skin,
	);
	shape(
		limb(pairs([-0.5, 0.62, -0.74, 0.1, -0.66, -0.42, -0.44, -0.98]), [0.2, 0.165, 0.14, 0.1]),
		mix(skin, '#ffffff', 0.08),
	);
	shape(pairs([-0.52, -0.78, -0.42, -0.98, -0.37, -0.86, -0.46, -0.7]), mix(skin, '#ffd9cc', 0.6), {
		noLine: true,
		noCel: true,
	});
	for (const crease of [
		[0, 0.1, 0.2, 0.16],
		[-0.38, 0.42, -0.3, 0.75, -0.14, 0.98],
		[0.34, -0.36, 0.5, -0.3],
	]) {
		pen.stroke(pairs(crease).map(map), size * 0.03, shade(skin, 0.65), { fold: true, feature: false });
	}
	return map([-0.4, -1.08]);
}
