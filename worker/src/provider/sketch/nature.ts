import { addCurlCloud, addGround, addMist, addRidge, addRock, addSky, addTree } from './backdrop.ts';
import { addCottage } from './building.ts';
import { clamp, mix, shade } from './colour.ts';
import { pairs } from './pen.ts';
import type { Stage } from './scene.ts';

const horizonOf = ({ camera, H }: Stage) => clamp(camera.horizon, H * 0.2, H * 0.75);

function addRoad({ P, add }: Stage, wide: boolean): void {
	const w = wide ? 2.2 : 0.9;
	const bend = wide ? 0 : 1.2;
	const road = [
		P(-w, 0, 2),
		P(-w * 0.8, 0, 8),
		P(-w * 1.4 - bend, 0, 18),
		P(-w * 0.4, 0, 50),
		P(w * 0.6, 0, 50),
		P(w * 0.9 - bend, 0, 18),
		P(w * 1.3, 0, 8),
		P(w * 1.6, 0, 2),
	];
	add(road, '#c8b48c', { z: 575, smooth: false });
}

export function drawVillage(stage: Stage): void {
	addSky(stage);
	const { H, palette, spec } = stage;
	const hz = horizonOf(stage);
	// The mountains of the fable are gone in its last shot.
	const open = /开阔|大路|open plain/i.test(spec.text);
	addRidge(stage, hz, H * 0.28, 800, mix('#6d8196', palette.haze, 0.6));
	if (!open) {
		addRidge(stage, hz + 10, H * 0.62, 700, mix('#56687a', palette.haze, 0.32), {
			peaks: [
				[0.24, 0.95, 0.3],
				[0.74, 0.82, 0.28],
				[0.5, 0.35, 0.2],
			],
			rough: 0.4,
		});
		addMist(stage, hz - H * 0.16, 60, 690, 0.8);
	}
	addRidge(stage, hz + 14, H * 0.1, 600, mix('#5f7a5c', palette.haze, 0.3), { rough: 0.2 });
	addMist(stage, hz - 6, 34, 590, 0.7);
	addGround(stage, '#93876a', { z: 580 });
	addRoad(stage, open);
	for (const [X, Z, s] of [
		[-6, 17, 1],
		[-10, 24, 1.1],
		[7.5, 20, 1],
		[11, 30, 1.2],
		[-4, 34, 0.9],
	] as const)
		addCottage(stage, X, Z, s);
	for (const [X, Z, h] of [
		[-8, 13, 5.5],
		[9, 15, 6],
		[13, 26, 7],
	] as const)
		addTree(stage, X, Z, h);
}

export function drawHillside(stage: Stage): void {
	addSky(stage);
	const { H, r, palette, camera } = stage;
	addRidge(stage, H * 0.6, H * 0.4, 800, mix('#6d8196', palette.haze, 0.55));
	addRidge(stage, H * 0.66, H * 0.42, 700, mix('#5d6f68', palette.haze, 0.28), {
		peaks: [
			[0.8, 1, 0.5],
			[0.3, 0.4, 0.3],
		],
	});
	addMist(stage, H * 0.55, 40, 690, 0.5);
	addGround(stage, '#94805f', { z: 580 });
	for (let i = 0; i < 16; i++) {
		const [X, Z, s] = [r.range(-6, 6), camera.distance * r.range(0.75, 2.6), r.range(0.2, 0.9)];
		if (Math.abs(X) > 1.4 || Z > camera.distance * 1.3) addRock(stage, X, Z, s);
	}
	addRock(stage, 0.6, camera.distance * 1.03, 0.55);
	addTree(stage, -7, 16, 5, true);
	addTree(stage, 8, 22, 6, true);
}

export function drawMountain(stage: Stage): void {
	addSky(stage);
	const { H, palette, r } = stage;
	addRidge(stage, H * 0.5, H * 0.34, 900, mix('#7488a0', palette.haze, 0.7));
	addMist(stage, H * 0.47, 50, 890, 0.7);
	addRidge(stage, H * 0.7, H * 0.56, 800, mix('#56687a', palette.haze, 0.42), {
		peaks: [
			[r.range(0.22, 0.38), 1, 0.25],
			[r.range(0.6, 0.78), 0.8, 0.26],
		],
	});
	addMist(stage, H * 0.64, 60, 790, 0.8);
	addRidge(stage, H * 0.88, H * 0.34, 700, mix('#46584e', palette.haze, 0.15), { rough: 0.7 });
	addMist(stage, H * 0.86, 40, 690, 0.5);
	addGround(stage, '#6f6a54', { z: 580 });
	for (let i = 0; i < 7; i++) addTree(stage, r.range(-14, 14), r.range(14, 34), r.range(4, 7), true);
}

export function drawRiver(stage: Stage): void {
	addSky(stage);
	const { H, r, P, add, palette, camera } = stage;
	const hz = horizonOf(stage);
	addRidge(stage, hz, H * 0.26, 800, mix('#6d7f96', palette.haze, 0.5));
	addRidge(stage, hz + 4, H * 0.12, 700, mix('#58705f', palette.haze, 0.35), { rough: 0.3 });
	addGround(stage, '#7c7650', { z: 580 });
	const [top, low] = palette.sky;
	const water = mix(low, top, 0.45);
	const bend = [
		P(-40, 0, 60),
		P(40, 0, 60),
		P(14, 0, 16),
		P(3.5, 0, 9),
		P(7, 0, 5.5),
		P(14, 0, 3.2),
		P(-14, 0, 7),
		P(-7, 0, 13),
		P(-18, 0, 24),
	];
	add(bend, water, { z: 570, smooth: true, emit: true });
	for (let i = 0; i < 26; i++) {
		const [X, Z, w] = [r.range(-6, 10), r.range(8, 50), r.range(0.4, 1.8)];
		add([P(X, 0, Z), P(X + w, 0, Z)], mix(water, '#ffffff', 0.4), {
			z: 569,
			open: true,
			width: 2.2,
			opacity: 0.7,
			fold: true,
			emit: true,
		});
	}
	for (let i = 0; i < 20; i++) {
		const [X, Z, h] = [r.sign() * r.range(2, 5), camera.distance * r.range(0.7, 1.4), r.range(0.5, 1.3)];
		for (let k = 0; k < 4; k++) {
			const reed = [P(X + k * 0.06, 0, Z), P(X + k * 0.08, h * 0.6, Z), P(X + k * 0.12 + r.range(-0.2, 0.25), h, Z)];
			add(reed, '#6a6a3c', { z: Z, open: true, width: 3, smooth: true, fold: true });
		}
	}
	addTree(stage, -6, 13, 6);
	addTree(stage, 9, 20, 5);
}

export function drawSea(stage: Stage): void {
	addSky(stage);
	const { W, H, add, r, palette, P } = stage;
	const y = horizonOf(stage);
	const low = palette.sky[1];
	const water = mix('#2f5f80', low, 0.3);
	add(pairs([0, y, W, y, W, H, 0, H]), water, {
		z: 900,
		emit: true,
		noLine: true,
		gradient: { from: mix(water, low, 0.6), to: shade(water, 0.7), top: y, bottom: H, ambient: false },
	});
	for (let i = 0; i < 90; i++) {
		const t = r() ** 1.6;
		const [x, wy, w] = [r() * W, y + 4 + t * (H - y), 14 + t * 120];
		add(pairs([x, wy, x + w * 0.5, wy - 2 - t * 5, x + w, wy]), mix(water, '#ffffff', 0.45), {
			z: 890 - t * 100,
			open: true,
			width: 1 + t * 3,
			smooth: true,
			opacity: 0.6,
			fold: true,
			emit: true,
		});
	}
	const X = r.range(-9, 9);
	const sail = (x: number, h: number) => P(X + x, h, 40);
	add([sail(-2.6, 0.9), sail(2.8, 0.9), sail(2, 0), sail(-2, 0)], '#4a3428', { z: 300 });
	add([sail(-0.1, 1), sail(0.1, 1), sail(0.1, 6), sail(-0.1, 6)], '#3a2a20', { z: 300 });
	add([sail(0.2, 1.4), sail(2.6, 1.8), sail(0.2, 5.8)], '#e8dcc2', { z: 299 });
	add(pairs([0, H * 0.9, W * 0.3, H * 0.86, W * 0.7, H * 0.93, W, H * 0.88, W, H, 0, H]), '#c9b48a', {
		z: 400,
		smooth: false,
	});
}

export function drawForest(stage: Stage): void {
	addSky(stage, { clouds: false });
	addGround(stage, '#5f6a48', { z: 580 });
	const { r, camera, P, add } = stage;
	for (let layer = 0; layer < 5; layer++) {
		for (let i = 0; i < 12; i++) {
			const Z = Math.max(camera.distance * 1.1, 60 - layer * 12 + r() * 6);
			addTree(stage, r.range(-1, 1) * Z * 0.75 + r.sign() * 1.6, Z, r.range(9, 14), i % 3 > 0);
		}
	}
	for (const side of [-1, 1]) {
		const [X, Z] = [side * camera.distance * r.range(0.52, 0.66), camera.distance * 0.95];
		add(
			[P(X - 0.4, 0, Z), P(X + 0.42, 0, Z), P(X + 0.28, 3, Z), P(X + 0.34, 9, Z), P(X - 0.3, 9, Z), P(X - 0.26, 3, Z)],
			'#4a3a2c',
			{ z: Z, smooth: false },
		);
	}
	addMist(stage, camera.horizon, 50, 30, 0.5);
}

export function drawField(stage: Stage): void {
	addSky(stage);
	const { H, W, palette, r, P, add, camera } = stage;
	const hz = horizonOf(stage);
	addRidge(stage, hz + 4, H * 0.14, 800, mix('#6d8a6a', palette.haze, 0.5), { rough: 0.2 });
	addGround(stage, '#9a9656', { z: 580 });
	for (let i = -7; i <= 7; i++)
		add([P(i * 1.6, 0, 2.5), P(i * 1.6, 0, 60)], '#6f6c3c', { z: 570, open: true, width: 4, fold: true, opacity: 0.5 });
	for (let i = 0; i < 60; i++) {
		const [X, Z] = [r.range(-1, 1) * W * 0.006, camera.distance * r.range(0.7, 2)];
		add([P(X, 0, Z), P(X + r.range(-0.1, 0.1), 0.3, Z)], '#7a7a38', { z: Z, open: true, width: 2.4, fold: true });
	}
	addTree(stage, -9, 20, 6);
	addTree(stage, 12, 34, 8);
}

export function drawBattlefield(stage: Stage): void {
	drawField(stage);
	const { P, add, r, camera } = stage;
	for (let i = 0; i < 9; i++) {
		const [X, Z, h] = [r.range(-14, 14), r.range(camera.distance * 1.4, camera.distance * 2 + 24), r.range(3.2, 4.6)];
		add([P(X - 0.04, 0, Z), P(X + 0.04, 0, Z), P(X + 0.04, h, Z), P(X - 0.04, h, Z)], '#3a2f28', { z: Z });
		add(
			[P(X, h, Z), P(X + 1.4, h - 0.25, Z), P(X + 1.1, h - 0.7, Z), P(X, h - 0.95, Z)],
			r.pick(['#8c2f26', '#2f4a6a', '#b08a34']),
			{ z: Z, smooth: true },
		);
	}
	addMist(stage, camera.horizon, 60, 40, 0.7);
}

export function drawSkyAlone(stage: Stage): void {
	addSky(stage);
	const { r, W, H, palette } = stage;
	for (let i = 0; i < 9; i++)
		addCurlCloud(stage, r() * W, H * r.range(0.6, 1), r.range(120, 260), mix(palette.haze, '#ffffff', 0.5), 400 - i);
}
