import { addCurlCloud, addGround, addLamp, addRidge, addSky, addStars, addTree } from './backdrop.ts';
import { addEaves, addHouses, addLampPost, addQuad, addWindow } from './building.ts';
import type { Wall } from './building.ts';
import { clamp, mix, shade } from './colour.ts';
import { pairs } from './pen.ts';
import type { Stage } from './scene.ts';
import { smoothOpen } from './shape.ts';

export function drawStreet(stage: Stage): void {
	const { P, add, r, camera, palette } = stage;
	addSky(stage, { clouds: !stage.dark });
	addGround(stage, '#6c6a6c', { cobbles: true });
	for (let i = 0; i < 9; i++) {
		const [x, h] = [-16 + i * 4 + r(), r.range(6, 12)];
		add(
			[P(x, 0, 60), P(x + 4.5, 0, 60), P(x + 4.5, h, 60), P(x + 2.2, h + 3, 60), P(x, h, 60)],
			mix('#4a4a58', palette.haze, 0.55),
			{ z: 62 },
		);
	}
	add(
		[P(-1.2, 0, 70), P(1.2, 0, 70), P(1.2, 15, 70), P(0, 23, 70), P(-1.2, 15, 70)],
		mix('#4a4a58', palette.haze, 0.65),
		{ z: 72 },
	);
	const near = camera.distance * 0.8;
	addHouses(stage, -1, 4.2, Math.max(2.2, near));
	addHouses(stage, 1, 4.6, Math.max(2.6, near));
	addLampPost(stage, -2.7, camera.distance * 1.5 + 1);
	addLampPost(stage, 3, camera.distance * 2.4 + 3);
}

export function drawAlley(stage: Stage): void {
	addSky(stage, { clouds: false });
	addGround(stage, '#5b5a60', { cobbles: true });
	const { P, add, r, camera, snow, dark } = stage;
	const z0 = camera.distance;
	const zf = z0 * 1.35 + 0.9;
	const corner = r.range(0.24, 0.96);
	const left: Wall = (u, v) => P(-z0 - 3 + (corner + z0 + 3) * u, v * 9, zf * 0.92 + zf * 0.33 * u);
	const right: Wall = (u, v) => P(corner + (z0 + 3) * u, v * 9, zf * 1.25 - zf * 0.42 * u);
	for (const [wall, colour] of [
		[left, '#6a5254'],
		[right, '#7a5e56'],
	] as const) {
		addQuad(stage, wall, 0, 0, 1, 1, colour, { z: zf * 1.3 });
		for (let row = 0; row < 44; row++) {
			for (let i = 0; i < 20; i++) {
				if (r() < 0.78) continue;
				const [u, v] = [(i + (row % 2) * 0.5) / 20, row / 44];
				addQuad(stage, wall, u, v, u + 0.04, v + 0.018, shade(colour, 0.82 + r() * 0.32), {
					z: zf * 1.29,
					thin: true,
					opacity: 0.75,
				});
			}
		}
	}
	addWindow(stage, left, 0.3, 0.36, 0.47, 0.56, zf * 1.28, dark);
	addWindow(stage, right, 0.5, 0.4, 0.66, 0.58, zf * 1.28, false);
	if (snow) {
		add(
			[P(-3, 0, zf * 0.98), P(-1.6, 0.35, zf), P(-0.6, 0.12, zf), P(0.6, 0, zf * 0.9), P(-1, 0, zf * 0.8)],
			'#eef3f9',
			{ z: zf * 0.99, smooth: true, noLine: true },
		);
	}
	const barrel = (x: number, y: number) => P(corner + x, y, zf * 0.98);
	add([barrel(0.7, 0), barrel(1.3, 0), barrel(1.28, 0.85), barrel(0.72, 0.85)], '#5a4030', { z: zf * 0.98 });
	add([barrel(0.68, 0.85), barrel(1.32, 0.85), barrel(1.2, 0.98), barrel(0.8, 0.98)], snow ? '#eef3f9' : '#6a4c38', {
		z: zf * 0.97,
		smooth: snow,
	});
	for (const y of [0.2, 0.6])
		add([barrel(0.71, y), barrel(1.29, y)], '#2f241c', { z: zf * 0.965, open: true, width: 3, fold: true });
}

export function drawRooftops(stage: Stage): void {
	addSky(stage);
	const { W, H, add, r, palette, snow, dark } = stage;
	for (let layer = 0; layer < 5; layer++) {
		const [base, z, k] = [H * (0.5 + layer * 0.12), 90 - layer * 15, 0.4 + layer * 0.24];
		const colour = mix('#3c3a4a', palette.haze, 0.75 - layer * 0.17);
		for (let x = -60 - r() * 60; x < W + 60;) {
			const [w, h] = [r.range(120, 220) * k, r.range(50, 130) * k];
			const top = base - h * (layer < 2 && r() < 0.16 ? 2.6 : 1);
			add(pairs([x, H, x, base, x + w / 2, top, x + w, base, x + w, H]), colour, { z });
			const roof = pairs([
				x - 5,
				base + 6,
				x + w / 2,
				top - 4,
				x + w + 5,
				base + 6,
				x + w - 3,
				base + 14,
				x + w / 2,
				top + 10,
				x + 3,
				base + 14,
			]);
			add(roof, snow ? mix('#eef4fa', palette.haze, 0.45 - layer * 0.1) : shade(colour, 0.8), { z: z - 0.1 });
			if (r() < 0.6) {
				const q = x + w * 0.72;
				add(
					pairs([q, base - h * 0.2, q, base - h * 0.95, q + 20 * k, base - h * 0.95, q + 20 * k, base - h * 0.2]),
					shade(colour, 0.85),
					{ z: z - 0.2 },
				);
			}
			if (layer > 1 && r() < 0.7) {
				const q = x + w * 0.4;
				add(
					pairs([q, base + 30 * k, q + 26 * k, base + 30 * k, q + 26 * k, base + 66 * k, q, base + 66 * k]),
					dark ? '#ffc766' : '#33405a',
					{ z: z - 0.3, emit: dark, window: true },
				);
				if (dark) addLamp(stage, q + 13 * k, base + 48 * k, z - 1, 90 * k, '#ffb45a', 0.4, 0.22);
			}
			x += w * 0.93;
		}
	}
}

export function drawCity(stage: Stage): void {
	addSky(stage);
	const { W, H, add, r, palette, dark } = stage;
	for (let layer = 0; layer < 4; layer++) {
		for (let x = -40; x < W;) {
			const [w, h, base] = [
				r.range(50, 120) * (0.6 + layer * 0.25),
				r.range(0.2, 0.62) * H * (0.75 + layer * 0.1),
				H * (0.78 + layer * 0.03),
			];
			const colour = mix('#454c60', palette.haze, 0.75 - layer * 0.22);
			add(pairs([x, H, x, base - h, x + w, base - h, x + w, H]), colour, { z: 90 - layer * 10 });
			for (let y = base - h + 12; layer > 0 && y < base; y += 22) {
				for (let q = x + 8; q < x + w - 12; q += 18) {
					if (r() > 0.4) continue;
					add(pairs([q, y, q + 8, y, q + 8, y + 11, q, y + 11]), dark ? '#ffd28a' : mix(colour, '#ffffff', 0.35), {
						z: 89.9 - layer * 10,
						emit: dark,
						noLine: true,
					});
				}
			}
			x += w * r.range(0.95, 1.3);
		}
	}
	addGround(stage, '#5a5a60', { z: 50 });
}

export function drawPalace(stage: Stage): void {
	addSky(stage);
	const { H, camera, palette, P, add } = stage;
	addGround(stage, '#a59a86', { z: 580 });
	addRidge(stage, clamp(camera.horizon, H * 0.2, H * 0.7), H * 0.2, 800, mix('#6d7f96', palette.haze, 0.6));
	const z = Math.max(26, camera.distance * 1.7);
	addEaves(stage, 0, z, 20, 1.5, 8, { roof: '#8f6a2c', tiers: 2 });
	addEaves(stage, -17, z + 4, 11, 0.5, 5);
	addEaves(stage, 17, z + 4, 11, 0.5, 5);
	for (let i = 0; i < 6; i++) {
		const [y, d] = [i * 0.25, z - 6 + i];
		add([P(-6, y, d), P(6, y, d), P(6, y + 0.25, d), P(-6, y + 0.25, d)], shade('#b9ae9a', 0.85 + (i % 2) * 0.1), {
			z: d,
		});
	}
	addLampPost(stage, -4, camera.distance * 1.2 + 3);
	addLampPost(stage, 4, camera.distance * 1.2 + 3);
}

export function drawTemple(stage: Stage): void {
	addSky(stage);
	const { H, r, camera, palette, P, add, light } = stage;
	addRidge(stage, H * 0.6, H * 0.44, 800, mix('#5d7a70', palette.haze, 0.5));
	addGround(stage, '#8d8a76', { z: 580 });
	const z = Math.max(18, camera.distance * 1.6);
	addEaves(stage, 1, z, 12, 1, 6, { roof: '#3f4a4c', wall: '#9c4434' });
	addEaves(stage, -9, z + 14, 5, 0, 5, { roof: '#3f4a4c', wall: '#9c4434', tiers: 4 });
	for (let i = 0; i < 6; i++) addTree(stage, r.sign() * r.range(6, 15), r.range(z - 3, z + 20), r.range(6, 9), true);
	const q = (x: number, y: number) => P(1 + x, y, z - 4);
	add([q(-0.7, 0.3), q(0.7, 0.3), q(0.85, 1), q(-0.85, 1)], '#6a5a34', { z: z - 4, smooth: true });
	for (const x of [-0.5, 0.4]) add([q(x, 0), q(x + 0.12, 0), q(x + 0.12, 0.4), q(x, 0.4)], '#4d4126', { z: z - 4 });
	light(1, 1.2, z - 4, 2.4, '#ffb060', 0.4);
}

export function drawCourtyard(stage: Stage): void {
	addSky(stage);
	const { camera, P, add, light, dark } = stage;
	addGround(stage, '#9a927f', { z: 580 });
	const z = camera.distance * 1.4 + 5;
	addEaves(stage, 0, z, 14, 0.4, 5.4, { wall: '#8a6a4a' });
	for (const side of [-1, 1]) {
		const x = side * Math.max(6, camera.distance * 0.62);
		add([P(x, 0, 2), P(x, 0, z), P(x, 3, z), P(x, 3, 2)], '#b5a68c', { z: 200 });
		add([P(x, 3, 2), P(x, 3, z), P(x - side * 0.9, 2.7, z), P(x - side * 0.9, 2.7, 2)], '#5c4a44', { z: 199 });
		addTree(stage, side * 5, z - 1.5, 5);
	}
	for (const x of [-2.6, 2.6]) {
		add(
			[
				P(x - 0.3, 2.2, z - 0.6),
				P(x + 0.3, 2.2, z - 0.6),
				P(x + 0.36, 2.6, z - 0.6),
				P(x + 0.3, 3, z - 0.6),
				P(x - 0.3, 3, z - 0.6),
				P(x - 0.36, 2.6, z - 0.6),
			],
			'#c4402c',
			{ z: z - 0.6, emit: dark },
		);
		if (dark) light(x, 2.6, z - 0.7, 2.6, '#ff9a50', 0.7);
	}
}

export function drawHeaven(stage: Stage): void {
	addSky(stage, { clouds: false });
	const { W, H, r, add, palette, light, camera, spec } = stage;
	if (spec.daylight === 'night') addStars(stage, 160, 0.9);
	const upper = smoothOpen(pairs([-40, H * 0.1, W * 0.3, H * 0.02, W * 0.62, H * 0.24, W + 40, H * 0.12]));
	const lower = smoothOpen(pairs([W + 40, H * 0.26, W * 0.6, H * 0.36, W * 0.3, H * 0.12, -40, H * 0.24]));
	add([...upper, ...lower], '#c9d4f2', { z: 940, opacity: 0.16, soft: true, emit: true, noLine: true, blur: 14 });
	const z = Math.max(30, camera.distance * 2.4);
	addEaves(stage, -z * 0.3, z * 1.25, 13, 2, 6, { roof: '#3e6a62' });
	addEaves(stage, z * 0.34, z * 1.5, 15, 2.5, 6.4, { roof: '#3e6a62' });
	addEaves(stage, 0.5, z, 13, 1, 5, { wall: '#9c4434', roof: '#b98a3a', tiers: 2 });
	light(0.5, 4, z - 1, 9, '#ffcf80', 0.8, 0.5);
	for (let layer = 0; layer < 5; layer++) {
		const colour = mix(mix('#8fa0cf', '#e8ecfa', layer / 5), palette.haze, 0.25);
		for (let x = -80; x < W + 100;) {
			const s = r.range(90, 190);
			addCurlCloud(stage, x, H * (0.62 + layer * 0.1) + r.range(-16, 16), s, colour, z - 1 - layer * 2);
			x += s * 1.5;
		}
	}
}
