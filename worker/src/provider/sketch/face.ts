import { mix, shade } from './colour.ts';
import type { Rgb } from './colour.ts';
import type { Design } from './design.ts';
import type { HeadOptions, HeadPen } from './head-pen.ts';
import { pairs } from './pen.ts';
import { ellipse } from './shape.ts';

const ink: Rgb = [44, 28, 26];
const flat = { noLine: true, noCel: true } as const;
const eyes = [
	{ x: -0.03, k: 1 },
	{ x: 0.245, k: 0.82 },
] as const;

/** Brows, eyes, nose and mouth; below 60 px only what can still be seen. */
export function drawFace(pen: HeadPen, design: Design, options: HeadOptions): void {
	const child = design.age === 'child';
	const eyeY = child ? -0.08 : -0.02;
	const big = child ? 1.35 : design.woman ? 1.12 : 1;
	if (options.headPx < 60) return drawSmallFace(pen, design, options, eyeY, big);
	const { skin } = design;
	const old = design.age === 'elder';
	const blush = mix(skin, '#d8705c', child ? 0.34 : 0.16);
	pen.fill(ellipse(-0.14, -0.19, 0.11, 0.065, 12), blush, { ...flat, opacity: 0.8 });
	pen.fill(ellipse(0.32, -0.18, 0.05, 0.055, 10), blush, { ...flat, opacity: 0.8 });
	// Sockets first: they give the lids something to lie in.
	for (const { x, k } of eyes)
		pen.fill(ellipse(x, eyeY + 0.02, 0.13 * k, 0.085, 12), mix(skin, '#8a5a4a', 0.2), { ...flat, opacity: 0.6 });
	for (const eye of eyes) drawEye(pen, design, options, eye.x, eye.k, eyeY, big);
	drawBrows(pen, design, options, eyeY);
	drawNose(pen, design, eyeY);
	if (!design.beard) drawMouth(pen, design, options);
	if (old) drawAge(pen, design);
	if (options.mood === 'sad' && child) {
		pen.fill(pairs([-0.05, -0.13, -0.02, -0.2, -0.05, -0.225, -0.08, -0.2]), '#cfe6f5', { ...flat, emit: true });
	}
}

function drawSmallFace(pen: HeadPen, { hair, beard }: Design, { mood }: HeadOptions, eyeY: number, big: number): void {
	for (const { x, w } of [
		{ x: -0.03, w: 0.05 },
		{ x: 0.25, w: 0.042 },
	]) {
		if (mood === 'laugh') pen.line([x - 0.05, eyeY - 0.01, x, eyeY + 0.03, x + 0.05, eyeY - 0.01], 0.035, ink);
		else pen.fill(ellipse(x, eyeY, w * 0.75, w * 1.15 * big, 8), ink, { noLine: true });
	}
	const slope = mood === 'angry' ? -0.05 : mood === 'sad' ? 0.04 : 0;
	pen.line([-0.1, eyeY + 0.14 - slope, 0.04, eyeY + 0.16 + slope], 0.035, shade(hair, 0.6));
	pen.line([0.2, eyeY + 0.16 + slope, 0.31, eyeY + 0.13 - slope], 0.03, shade(hair, 0.6));
	pen.line([0.17, eyeY - 0.02, 0.23, -0.16, 0.17, -0.19], 0.02, [120, 76, 62]);
	if (beard) return;
	pen.line(
		mood === 'laugh' ? [0.05, -0.27, 0.13, -0.33, 0.22, -0.27] : [0.06, -0.3, 0.14, -0.305, 0.21, -0.295],
		0.03,
		[150, 70, 62],
	);
}

function drawEye(
	pen: HeadPen,
	design: Design,
	{ mood }: HeadOptions,
	x: number,
	k: number,
	y: number,
	big: number,
): void {
	const old = design.age === 'elder';
	const w = 0.098 * k * Math.min(big, 1.2);
	const h =
		0.058 * big * (mood === 'awe' ? 1.3 : mood === 'sad' ? 0.85 : mood === 'angry' ? 0.8 : 1) * (old ? 0.75 : 1);
	if (mood === 'laugh') return pen.line([x - w, y - 0.02, x, y + h * 0.8, x + w, y - 0.02], 0.03, ink);
	pen.fill(
		pairs([
			x - w,
			y - h * 0.2,
			x - w * 0.4,
			y + h * 0.85,
			x + w * 0.4,
			y + h * 0.9,
			x + w,
			y,
			x + w * 0.4,
			y - h * 0.75,
			x - w * 0.5,
			y - h * 0.8,
		]),
		'#fbf6ee',
		flat,
	);
	const iris = Math.min(w * 0.62, h * 1.05);
	const ix = x + 0.022;
	const iy = y + (mood === 'awe' ? 0.012 : 0);
	pen.fill(ellipse(ix, iy, iris * 0.95, iris * 1.12, 14), design.age === 'child' ? '#3f5f7a' : '#4a3426', flat);
	pen.fill(ellipse(ix, iy, iris * 0.5, iris * 0.6, 10), '#17110f', flat);
	pen.fill(ellipse(ix - iris * 0.3, iy + iris * 0.4, iris * 0.3, iris * 0.32, 8), '#ffffff', { ...flat, emit: true });
	pen.line(
		[x - w * 1.12, y - h * 0.25, x - w * 0.4, y + h * 0.92, x + w * 0.45, y + h * 0.96, x + w * 1.08, y + h * 0.05],
		0.034,
		ink,
	);
	pen.line([x - w * 0.9, y + h * 1.3, x, y + h * 1.75, x + w * 0.9, y + h * 1.2], 0.012, shade(design.skin, 0.6));
	pen.line([x - w * 0.5, y - h * 0.85, x + w * 0.5, y - h * 0.8], 0.012, shade(design.skin, 0.55));
	if (design.woman) pen.line([x - w * 1.1, y - h * 0.2, x - w * 1.4, y + h * 0.2], 0.02, ink);
	if (old) pen.line([x - w, y - h * 1.6, x, y - h * 2.2, x + w, y - h * 1.5], 0.012, shade(design.skin, 0.6));
}

function drawBrows(pen: HeadPen, design: Design, { mood }: HeadOptions, eyeY: number): void {
	const child = design.age === 'child';
	const slope = mood === 'sad' || mood === 'awe' ? 0.05 : mood === 'angry' ? -0.06 : 0;
	const y = eyeY + 0.15 * (child ? 1.1 : 1) + (mood === 'laugh' ? 0.03 : 0);
	const colour = shade(design.hair, design.age === 'elder' ? 0.8 : 0.7);
	const width = design.woman || child ? 0.032 : 0.052;
	pen.line([-0.15, y - 0.02 - slope * 0.4, -0.05, y + 0.025, 0.07, y + slope], width, colour);
	pen.line([0.18, y + slope, 0.26, y + 0.025, 0.34, y - 0.03 - slope * 0.4], width * 0.9, colour);
}

function drawNose(pen: HeadPen, { skin, age }: Design, eyeY: number): void {
	const short = age === 'child' ? 0.035 : 0;
	const tip = -0.19 + short;
	pen.fill(pairs([0.15, eyeY + 0.02, 0.19, eyeY, 0.24, tip + 0.02, 0.2, tip - 0.02, 0.14, tip]), shade(skin, 0.9), {
		...flat,
		opacity: 0.75,
	});
	pen.fill(
		pairs([0.185, eyeY - 0.02, 0.21, eyeY - 0.04, 0.245, tip + 0.04, 0.225, tip + 0.05]),
		mix(skin, '#ffffff', 0.3),
		{ ...flat, opacity: 0.7 },
	);
	pen.line(
		[0.185, eyeY + 0.02, 0.225, tip + 0.06, 0.25, tip + 0.005, 0.2, tip - 0.025, 0.15, tip - 0.012],
		0.02,
		shade(skin, 0.58),
	);
	pen.fill(ellipse(0.175, tip - 0.012, 0.024, 0.012, 8), shade(skin, 0.5), flat);
}

function drawMouth(pen: HeadPen, design: Design, { mood, talks }: HeadOptions): void {
	const { skin, hair } = design;
	const y = design.age === 'child' ? -0.295 : -0.32;
	if (mood === 'laugh' || talks) {
		const drop = mood === 'laugh' ? 0.09 : 0.06;
		pen.fill(
			pairs([
				0.04,
				y + 0.015,
				0.13,
				y + 0.02,
				0.23,
				y + 0.015,
				0.2,
				y - drop,
				0.13,
				y - drop - 0.015,
				0.07,
				y - drop + 0.01,
			]),
			'#7d2f2c',
			{ noCel: true },
		);
		pen.fill(pairs([0.07, y + 0.008, 0.2, y + 0.008, 0.19, y - 0.014, 0.08, y - 0.014]), '#f6efe6', flat);
		pen.fill(ellipse(0.135, y - drop + 0.005, 0.05, 0.018, 10), '#b8605a', flat);
	} else {
		const corner = mood === 'sad' ? -0.025 : mood === 'angry' ? -0.02 : 0.012;
		pen.fill(
			pairs([0.06, y + corner, 0.12, y + 0.018, 0.145, y + 0.01, 0.17, y + 0.018, 0.22, y + corner, 0.14, y - 0.035]),
			mix(skin, '#a8443c', design.woman ? 0.6 : 0.36),
			flat,
		);
		pen.line([0.045, y + corner, 0.13, y - 0.004, 0.225, y + corner], 0.02, [126, 56, 50]);
	}
	pen.line([0.1, y - 0.075, 0.18, y - 0.075], 0.014, shade(skin, 0.74));
	if (design.hat !== 'top') return;
	pen.fill(pairs([0, y + 0.03, 0.13, y + 0.085, 0.25, y + 0.03, 0.13, y + 0.04]), shade(hair, 0.8));
	pen.fill(pairs([-0.3, -0.05, -0.22, -0.05, -0.16, -0.34, -0.24, -0.28]), shade(hair, 0.9));
}

function drawAge(pen: HeadPen, { skin }: Design): void {
	pen.line([0.03, -0.2, -0.02, -0.3, 0.0, -0.38], 0.014, shade(skin, 0.62));
	pen.line([0.3, -0.2, 0.32, -0.27], 0.012, shade(skin, 0.62));
	pen.line([-0.05, 0.26, 0.12, 0.29, 0.28, 0.26], 0.012, shade(skin, 0.7));
	pen.line([-0.02, 0.33, 0.12, 0.35, 0.24, 0.33], 0.01, shade(skin, 0.72));
	pen.line([-0.16, 0.0, -0.22, 0.03], 0.01, shade(skin, 0.65));
	pen.line([-0.16, -0.03, -0.22, -0.04], 0.01, shade(skin, 0.65));
}
