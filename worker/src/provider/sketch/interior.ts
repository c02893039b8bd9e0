import { addFlame, addQuad, addRoom, addTable, addWindow } from './building.ts';
import { shade } from './colour.ts';
import { pairs } from './pen.ts';
import type { Stage } from './scene.ts';
import { ellipse } from './shape.ts';
import type { Point } from './shape.ts';
import { drawAlley } from './town.ts';

export function drawRoom(stage: Stage): void {
	const { halfWidth: w, height: h, farZ, back } = addRoom(stage, '#8a7a68', '#6d5340', '#5b5048', true);
	const { P, add, light, dark } = stage;
	addQuad(stage, back, 0.56, 0.38, 0.82, 0.82, '#4a382c', { z: 55.5 });
	addWindow(stage, back, 0.58, 0.4, 0.8, 0.8, 55, true);
	if (!dark) light(w * 0.35, h * 0.6, farZ, 4.5, '#fff2d8', 0.6);
	addQuad(stage, back, 0.14, 0.5, 0.32, 0.75, '#4a3a2c', { z: 55 });
	addQuad(stage, back, 0.16, 0.53, 0.3, 0.72, '#93a08c', { z: 54.9 });
	const z = farZ * 0.9;
	const q = (x: number, y: number) => P(-w * 0.55 + x, y, z);
	addTable(stage, -w * 0.55, z, 0.8, 0.8, '#6b4a30');
	add(
		[q(-0.06, 0.8), q(0.06, 0.8), q(0.02, 1.1), q(0.2, 1.1), q(0.12, 1.4), q(-0.12, 1.4), q(-0.2, 1.1), q(-0.02, 1.1)],
		'#f2d49a',
		{ z: z - 0.1, emit: dark },
	);
	light(-w * 0.55, 1.3, z - 0.2, 3, '#ffc880', dark ? 0.9 : 0.15);
	if (dark) light(0, 2.6, stage.camera.distance, 5, '#ffd9a8', 0.5, 0);
}

function addLattice(stage: Stage, back: (u: number, v: number) => Point, u0: number): void {
	addQuad(stage, back, u0, 0.35, u0 + 0.2, 0.8, stage.dark ? '#33405e' : '#e6dcc0', { z: 54.75 });
	const bar = { z: 54.7, open: true, width: 4, fold: true };
	for (let i = 0; i <= 5; i++) {
		stage.add([back(u0 + i * 0.04, 0.35), back(u0 + i * 0.04, 0.8)], '#4a2f22', bar);
		stage.add([back(u0, 0.35 + i * 0.09), back(u0 + 0.2, 0.35 + i * 0.09)], '#4a2f22', bar);
	}
}

export function drawHall(stage: Stage): void {
	const { back } = addRoom(stage, '#94806a', '#6b5a48', '#4a3a30', false);
	const { P, add, light, camera, dark } = stage;
	for (const u of [0.06, 0.3, 0.7, 0.94]) addQuad(stage, back, u - 0.016, 0, u + 0.016, 1, '#5a2f24', { z: 55 });
	addQuad(stage, back, 0, 0.9, 1, 0.97, '#5a2f24', { z: 54.8 });
	for (const u of [0.08, 0.72]) addLattice(stage, back, u);
	addQuad(stage, back, 0.4, 0.42, 0.6, 0.84, '#d9cba6', { z: 54.6 });
	add([back(0.42, 0.5), back(0.46, 0.66), back(0.49, 0.58), back(0.53, 0.74), back(0.58, 0.5)], '#7c8a86', {
		z: 54.5,
		noLine: true,
	});
	const z = camera.distance * 1.12;
	const q = (x: number, y: number) => P(x, y, z);
	addTable(stage, 0, z, 0.95, 0.74, '#5a3a26');
	const lamp = [
		q(-0.12, 0.74),
		q(0.12, 0.74),
		q(0.05, 0.82),
		q(0.06, 0.92),
		q(0.14, 0.97),
		q(-0.14, 0.97),
		q(-0.06, 0.92),
		q(-0.05, 0.82),
	];
	add(lamp, '#7a5c34', { z: z - 0.01 });
	addFlame(stage, 0.02, 0.99, z - 0.02, 0.14);
	light(0.02, 1.08, z, dark ? 4.4 : 2.4, '#ffc490', dark ? 0.5 : 0.4, 0.6);
	// Bounce from the floor: a night room keeps its people.
	if (dark) light(0, 1.9, camera.distance, 7, '#e8c4a4', 0.22, 0);
}

export function drawStove(stage: Stage): void {
	drawAlley(stage);
	const { P, add, light, camera } = stage;
	const [Z, X] = [camera.distance * 1.16, 0.62];
	const q = (x: number, y: number) => P(X + x, y, Z);
	const part = (numbers: number[], colour: string, options = {}) =>
		add(
			pairs(numbers).map(([x, y]) => q(x, y)),
			colour,
			{ z: Z, ...options },
		);
	light(X, 0.6, Z - 0.1, 4.2, '#ff9a40', 1.5, 0.8);
	light(X, 1.4, Z + 0.6, 4, '#ffc070', 0.5, 0.7);
	for (const x of [-0.5, 0.42]) part([x, 0.2, x + 0.1, 0.2, x + 0.16, 0, x - 0.06, 0], '#d3a24a', { smooth: true });
	part([-0.14, 1.4, 0.14, 1.4, 0.14, 4, -0.14, 4], '#2c2c33');
	part([-0.6, 0.2, 0.6, 0.2, 0.56, 1.25, -0.56, 1.25], '#33333a');
	part([-0.68, 1.25, 0.68, 1.25, 0.6, 1.4, -0.6, 1.4], '#3f3f48');
	part([-0.4, 0.36, 0.4, 0.36, 0.4, 0.75, 0.28, 0.92, -0.28, 0.92, -0.4, 0.75], '#ff8a2a', { emit: true });
	for (let i = 0; i < 5; i++) addFlame(stage, X - 0.28 + i * 0.14, 0.38, Z - 0.02, 0.3 + 0.12 * ((i * 7) % 3));
	for (let i = -3; i <= 3; i++)
		add([q(i * 0.11, 0.36), q(i * 0.11, 0.9)], '#1d1d22', { z: Z - 0.03, open: true, width: 4, fold: true });
	part([-0.62, 1.02, 0.62, 1.02, 0.62, 1.08, -0.62, 1.08], '#d3a24a', { z: Z - 0.01 });
}

export function drawFeast(stage: Stage): void {
	const { back } = addRoom(stage, '#8a5a4a', '#5a4034', '#4a342c', true);
	const { P, add, light, camera, r, spec } = stage;
	const z0 = camera.distance;
	const Z = z0 * 1.25;
	const q = (x: number, y: number, dz = 0) => P(x + 0.35, y, Z + dz);
	light(0.4, 1.3, Z, 4.5, '#ffc878', 1.1, 0.55);
	for (const u of [0.1, 0.8])
		add([back(u, 0.2), back(u + 0.1, 0.2), back(u + 0.13, 1), back(u - 0.03, 1)], '#7a2f34', { z: 55 });
	add([q(-1.5, 0, -0.1), q(1.5, 0, -0.1), q(1.45, 0.8, -0.2), q(-1.45, 0.8, -0.2)], '#efe8dc', { z: Z });
	add([q(-1.45, 0.8, -0.2), q(1.45, 0.8, -0.2), q(1.3, 0.8, 0.8), q(-1.3, 0.8, 0.8)], '#fbf7ee', { z: Z - 0.01 });
	for (let i = -4; i <= 4; i++)
		add([q(i * 0.33, 0.78, -0.2), q(i * 0.34, 0.1, -0.1)], '#c9bfae', {
			z: Z - 0.02,
			open: true,
			width: 2,
			fold: true,
		});
	for (const x of [-1.1, -0.55, 0.65, 1.15]) {
		const [px, py] = q(x, 0.83);
		add(ellipse(px, py, (0.16 * camera.focal) / Z, 6, 16), '#ffffff', { z: Z - 0.03 });
	}
	for (const x of [-1.3, -0.8, -0.35, 0.5, 0.85, 1.3]) {
		const [d, s] = [Z + (r() - 0.3) * 0.4, 1 + r() * 0.5];
		const c = (a: number, b: number) => P(x + 0.35 + a * s, 0.8 + b * s, d);
		add([c(-0.025, 0), c(0.025, 0), c(0.022, 0.26), c(-0.022, 0.26)], '#efe6d2', { z: d - 0.05 });
		addFlame(stage, x + 0.35, 0.8 + 0.28 * s, d - 0.06, 0.1 * s);
		light(x + 0.35, 0.8 + 0.34 * s, d, 1.5, '#ffc070', 0.5, 0.35);
	}
	const walks = /hops|waddle|walking/i.test(spec.text);
	if (spec.props.includes('goose') || walks)
		addGoose(stage, walks ? -0.1 : 0.4, walks ? 0 : 0.82, walks ? z0 * 1.02 : Z, walks);
}

function addGoose({ P, add }: Stage, X: number, Y: number, Z: number, walks: boolean): void {
	const s = walks ? 0.75 : 0.6;
	const lift = walks ? 0.3 : 0.06;
	const part = (numbers: number[], colour: string, raised = lift, smooth = true) =>
		add(
			pairs(numbers).map(([x, y]) => P(X + x * s, Y + (y + raised) * s, Z)),
			colour,
			{ z: Z - 0.1, group: walks ? 'fig' : 'bg', smooth },
		);
	if (walks)
		for (const x of [-0.12, 0.14])
			part([x, 0, x + 0.05, 0.3, x + 0.1, 0.3, x + 0.06, 0.03, x + 0.2, 0], '#c9772e', 0, false);
	part([-0.55, 0.3, -0.35, 0.5, 0, 0.56, 0.35, 0.4, 0.48, 0.2, 0.3, 0.02, -0.1, -0.04, -0.45, 0.08], '#b8692f');
	part([-0.2, 0.34, 0.1, 0.4, 0.22, 0.22, -0.05, 0.12], '#9a5222');
	if (!walks) return part([0.35, 0.34, 0.6, 0.52, 0.7, 0.46, 0.5, 0.22], '#c98a4a');
	part(
		[0.28, 0.3, 0.42, 0.7, 0.44, 0.95, 0.56, 1, 0.62, 0.86, 0.76, 0.82, 0.6, 0.76, 0.58, 0.5, 0.46, 0.16],
		'#b8692f',
	);
	part([0.51, 0.89, 0.53, 0.91, 0.55, 0.89, 0.53, 0.87], '#1c1210');
	for (const [from, to] of [
		[-0.1, -0.3],
		[0.1, 0.05],
	] as const)
		part([from, 0.45, from + 0.03, 0.45, to + 0.06, 1, to - 0.02, 1], '#cfd4da', lift, false);
}

export function drawThroneRoom(stage: Stage): void {
	const { back, halfWidth: w, farZ } = addRoom(stage, '#7a3a30', '#6a5242', '#3a2a26', false);
	const { P, add, light, camera } = stage;
	addQuad(stage, back, 0.34, 0.1, 0.66, 0.9, '#b98a3a', { z: 55 });
	addQuad(stage, back, 0.37, 0.13, 0.63, 0.86, '#3e5a52', { z: 54.9 });
	const z = farZ * 0.96;
	for (let i = 0; i < 3; i++)
		add(
			[
				P(-1.6 + i * 0.2, i * 0.16, z - i * 0.1),
				P(1.6 - i * 0.2, i * 0.16, z - i * 0.1),
				P(1.6 - i * 0.2, i * 0.16 + 0.16, z - i * 0.1),
				P(-1.6 + i * 0.2, i * 0.16 + 0.16, z - i * 0.1),
			],
			shade('#a08458', 0.8 + i * 0.1),
			{ z: 54 - i },
		);
	add(
		[P(-0.6, 0.48, z - 0.4), P(0.6, 0.48, z - 0.4), P(0.7, 1.9, z - 0.4), P(0, 2.2, z - 0.4), P(-0.7, 1.9, z - 0.4)],
		'#c79a3c',
		{ z: 50 },
	);
	for (const side of [-1, 1]) {
		for (const k of [0.9, 1.25]) {
			const d = camera.distance * k;
			add(
				[
					P(side * w * 0.8 - 0.22, 0, d),
					P(side * w * 0.8 + 0.22, 0, d),
					P(side * w * 0.8 + 0.22, 3, d),
					P(side * w * 0.8 - 0.22, 3, d),
				],
				'#9c2f26',
				{ z: d },
			);
		}
		addFlame(stage, side * w * 0.55, 1.2, camera.distance * 1.2, 0.2);
		light(side * w * 0.55, 1.3, camera.distance * 1.2, 3.6, '#ffb860', 0.8, 0.4);
	}
}
