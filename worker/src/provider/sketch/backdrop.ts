import { clamp, mix, shade, toRgb } from './colour.ts';
import type { Colour } from './colour.ts';
import { pairs } from './pen.ts';
import type { Stage } from './scene.ts';
import { at, ellipse, smoothOpen } from './shape.ts';
import type { Point } from './shape.ts';

/** Adds a lamp in pixels. */
export function addLamp(
	stage: Pick<Stage, 'lamps'>,
	x: number,
	y: number,
	z: number,
	radius: number,
	colour: Colour,
	power: number,
	halo: number,
	core = 0,
): void {
	stage.lamps.push({ x, y, z, radius, colour: toRgb(colour), power, halo, core });
}

const wholeFrame = ({ W, H }: Stage): Point[] => pairs([0, 0, W, 0, W, H, 0, H]);

export function addStars({ r, W, H, add }: Stage, count = 90, lowest = 0.55): void {
	for (let i = 0; i < count; i++) {
		const size = 0.6 + r() ** 3 * 2.2;
		add(ellipse(r() * W, r() * r() * H * lowest, size, size, 6), '#f2f0e0', {
			z: 950,
			emit: true,
			noLine: true,
			soft: true,
			opacity: 0.4 + r() * 0.6,
		});
	}
}

export function addSky(stage: Stage, { clouds = true, sun = true } = {}): void {
	const { W, H, r, add, palette, camera, spec } = stage;
	const horizon = clamp(camera.horizon, H * 0.1, H * 1.3);
	const [top, low] = palette.sky;
	add(wholeFrame(stage), top, {
		z: 1000,
		emit: true,
		noLine: true,
		gradient: { from: top, to: low, top: 0, bottom: Math.max(horizon, H * 0.3), ambient: false },
	});
	const overcast = spec.weather.some((kind) => kind === 'snow' || kind === 'rain');
	const side = r() < 0.5 ? r.range(0.14, 0.36) : r.range(0.62, 0.86);
	if (spec.daylight === 'night') {
		addStars(stage);
		if (sun && !overcast)
			addDisc(stage, W * side, H * r.range(0.1, 0.2), H * 0.047, '#f4efd8', 230, '#bccdf0', 0.2, 0.4);
	} else if (sun && spec.daylight !== 'day' && !overcast) {
		const y = horizon - H * (spec.daylight === 'morning' ? 0.2 : spec.daylight === 'dusk' ? 0.09 : 0.06);
		addDisc(
			stage,
			W * side,
			y,
			H * 0.064,
			spec.daylight === 'dusk' ? '#fff0c0' : '#fff4dc',
			W * 0.55,
			palette.key,
			0.55,
			0.6,
		);
	}
	if (!clouds) return;
	const white = spec.daylight === 'day' ? '#ffffff' : mix(low, '#ffffff', spec.daylight === 'night' ? 0.1 : 0.35);
	for (let i = 0; i < 5; i++) addCloud(stage, r() * W, horizon * r.range(0.12, 0.75), r.range(90, 240), white, 930 - i);
}

function addDisc(
	stage: Stage,
	x: number,
	y: number,
	size: number,
	colour: Colour,
	glow: number,
	light: Colour,
	power: number,
	halo: number,
): void {
	stage.add(ellipse(x, y, size, size, 30), colour, { z: 940, emit: true, noLine: true });
	addLamp(stage, x, y, 850, glow, light, power, halo);
}

function addCloud({ r, add }: Stage, x: number, y: number, s: number, colour: Colour, z: number): void {
	const points: Point[] = [];
	for (let i = 0; i <= 7; i++)
		points.push([
			x - s + (2 * s * i) / 7,
			y - Math.sin((Math.PI * i) / 7) * s * (0.25 + 0.2 * r()) - (i % 2) * s * 0.09,
		]);
	points.push([x + s * 1.05, y + s * 0.05], [x, y + s * 0.09], [x - s * 1.05, y + s * 0.05]);
	add(points, colour, { z, opacity: 0.85, smooth: true, emit: true, soft: true, noLine: true });
}

/** A rolling storybook cloud with a curl. */
export function addCurlCloud({ r, add }: Stage, x: number, y: number, s: number, colour: Colour, z: number): void {
	const points: Point[] = [];
	for (let i = 0; i <= 6; i++) {
		const angle = Math.PI * (1 - i / 6);
		points.push([x + Math.cos(angle) * s, y - Math.sin(angle) * s * 0.36 - (i % 2 ? s * 0.13 : 0)]);
	}
	points.push([x + s * 1.15, y + s * 0.14], [x, y + s * 0.26], [x - s * 1.15, y + s * 0.14]);
	const gradient = {
		from: mix(colour, '#ffffff', 0.35),
		to: mix(colour, '#2b4068', 0.3),
		top: y - s * 0.4,
		bottom: y + s * 0.25,
		ambient: true,
	};
	add(points, colour, { z, smooth: true, opacity: 0.96, gradient });
	const cx = x + s * (0.2 + r() * 0.2);
	const curl = Array.from({ length: 9 }, (_, i): Point => [
		cx + Math.cos(i * 0.7) * s * 0.2 * (1 - i / 11),
		y - s * 0.12 + Math.sin(i * 0.7) * s * 0.16 * (1 - i / 11),
	]);
	add(curl, shade(colour, 0.75), { z: z - 0.01, open: true, width: 3, smooth: true, fold: true, opacity: 0.6 });
}

export function addGround(stage: Stage, plain: Colour, { z = 900, cobbles = false } = {}): void {
	const { W, H, camera, add, r, P, snow, palette } = stage;
	const y = clamp(camera.horizon, -H, H * 1.2);
	const colour = snow ? mix('#dfe8f2', plain, 0.12) : plain;
	add(pairs([0, y, W, y, W, H, 0, H]), colour, {
		z,
		noLine: true,
		gradient: { from: mix(colour, palette.haze, 0.6), to: toRgb(colour), top: y, bottom: H, ambient: true },
	});
	if (!cobbles) return;
	for (let Z = 2.2; Z < 26; Z *= 1.16) {
		const w = 0.55 + Z * 0.02;
		for (let X = -5; X < 5; X += w) {
			if (r() < (snow ? 0.72 : 0.25)) continue;
			const [ax, ay] = P(X + r() * 0.2, 0, Z);
			const [bx, by] = P(X + w * 0.8, 0, Z * 1.09);
			if (ay > H + 10 || bx < 0 || ax > W) continue;
			const stone = ellipse((ax + bx) / 2, (ay + by) / 2, (bx - ax) * 0.5, Math.max(1, (ay - by) * 0.42), 9);
			add(stone, shade(colour, 0.8 + 0.12 * r()), {
				z: Z + 400,
				opacity: 0.55,
				noLine: Z > 12,
				thin: true,
				smooth: true,
			});
		}
	}
}

export type Peak = readonly [across: number, height: number, width: number];
/** A line of hills, or of named peaks, that fades into the haze at its foot. */
export function addRidge(
	stage: Stage,
	base: number,
	height: number,
	z: number,
	colour: Colour,
	{ rough = 0.5, peaks = [] as readonly Peak[] } = {},
): void {
	const { W, H, r, add, palette } = stage;
	const n = 34;
	const [p0, p1] = [r() * 9, r() * 9];
	const points = Array.from({ length: n + 1 }, (_, i): Point => {
		const t = i / n;
		let rise = 0.5 + 0.5 * (Math.sin(t * 4 + p0) * 0.45 + Math.sin(t * 9 + p1) * 0.28 + (r() - 0.5) * rough * 0.5);
		if (peaks.length) {
			rise = 0;
			for (const [across, top, width] of peaks)
				rise = Math.max(rise, top * Math.max(0, 1 - (Math.abs(t - across) / width) ** 1.25) + (r() - 0.5) * 0.09);
		}
		return [t * (W + 40) - 20, base - height * rise];
	});
	const top = Math.min(...points.map(([, y]) => y));
	const gradient = {
		from: colour,
		to: mix(colour, palette.haze, 0.85),
		top,
		bottom: base + height * 0.1,
		ambient: true,
	};
	add([...smoothOpen(points, 3), [W + 20, H], [-20, H]], colour, { z, gradient });
	if (height <= 90) return;
	for (let i = 2; i < n - 1; i++) {
		const [x, y] = at(points, i);
		if (y > at(points, i - 1)[1] && y > at(points, i + 1)[1]) continue;
		for (let q = 0; q < 3; q++) {
			const length = height * (0.14 + 0.22 * r());
			const dx = (r() - 0.5) * 46;
			const crack = pairs([
				x + dx * 0.3,
				y + 8 + q * 12,
				x + dx * 0.7 + 5,
				y + 8 + length * 0.5,
				x + dx * 1.4,
				y + 8 + length,
			]);
			add(crack, shade(colour, 0.72), {
				z: z - 0.01,
				open: true,
				width: 2.4,
				opacity: 0.45,
				smooth: true,
				fold: true,
				texture: true,
			});
		}
	}
}

export function addMist(
	{ W, r, add, palette, dark }: Stage,
	y: number,
	height: number,
	z: number,
	opacity = 0.7,
): void {
	for (let i = 0; i < 4; i++) {
		const band = ellipse(r() * W, y + (r() - 0.5) * height, W * r.range(0.35, 0.7), height * r.range(0.35, 0.7), 26);
		add(band, mix(palette.haze, '#ffffff', dark ? 0.05 : 0.45), {
			z,
			opacity: opacity * 0.5,
			soft: true,
			noLine: true,
			blur: height * 0.35,
			emit: true,
		});
	}
}

export function addTree(
	{ P, add, r, snow, palette }: Stage,
	X: number,
	Z: number,
	h: number,
	pine = false,
	plain: Colour = '#4d6a48',
): void {
	const q = (x: number, y: number) => P(X + x * h, y * h, Z);
	const far = clamp(Z / 90, 0, 0.6);
	const leaf = mix(plain, palette.haze, far);
	add([q(-0.03, 0), q(0.03, 0), q(0.015, 0.7), q(-0.015, 0.7)], mix('#4b3a2e', palette.haze, far), { z: Z });
	for (let i = 0; pine && i < 4; i++) {
		const [y, w] = [0.18 + i * 0.2, 0.26 - i * 0.05];
		const tier = [
			q(-w, y),
			q(-w * 0.4, y + 0.03),
			q(w, y - 0.01),
			q(w * 0.3, y + 0.16),
			q(0, y + 0.31),
			q(-w * 0.35, y + 0.15),
		];
		add(tier, snow ? mix(leaf, '#ffffff', 0.35) : shade(leaf, 0.85 + i * 0.06), { z: Z - 0.01 });
	}
	for (let i = 0; !pine && i < 5; i++) {
		const [x, y] = [Math.cos(i * 1.256) * 0.17, 0.72 + Math.sin(i * 1.256) * 0.13];
		const crown = Array.from({ length: 9 }, (_, k) => {
			const reach = 0.17 * (0.8 + 0.4 * r());
			return q(x + Math.cos((k / 9) * 6.28) * reach, y + Math.sin((k / 9) * 6.28) * reach * 0.8);
		});
		add(crown, shade(leaf, 0.82 + 0.07 * i), { z: Z - 0.01 - i * 0.001, smooth: true });
	}
}

export function addRock({ P, add, r }: Stage, X: number, Z: number, s: number): void {
	const q = (x: number, y: number) => P(X + x * s, y * s, Z);
	const top = q(-0.25 + r.range(-0.2, 0.2), 1);
	add([q(-1, 0), q(-0.8, 0.6), top, q(0.5, 0.8), q(0.95, 0.3), q(1, 0)], '#7d766c', { z: Z });
	add([top, q(0.5, 0.8), q(0.95, 0.3), q(0.3, 0.45)], '#958d80', { z: Z - 0.005 });
	add([q(-1, 0), q(-0.8, 0.6), top, q(0.1, 0.4), q(-0.2, 0)], '#686259', { z: Z - 0.004 });
}
