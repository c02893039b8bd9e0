import { shade } from './colour.ts';
import type { Colour } from './colour.ts';
import type { Design } from './design.ts';
import { drawFace } from './face.ts';
import type { HeadOptions, HeadPen } from './head-pen.ts';
import { pairs } from './pen.ts';
import type { Pen } from './pen.ts';
import type { Skeleton } from './pose.ts';
import { ellipse } from './shape.ts';
import type { Point } from './shape.ts';

/** The head with face, hair, beard and hat, in three-quarter view or from behind. */
export function drawHead(pen: Pen, design: Design, skeleton: Skeleton, options: HeadOptions): void {
	const u = skeleton.headHeight;
	const [cx, cy] = skeleton.head;
	const turn = (-skeleton.headTilt * Math.PI * 0.9) / 180;
	const c = Math.cos(turn);
	const s = Math.sin(turn);
	const kx = design.headWidth / 0.4;
	const place = ([x, y]: Point): Point => [cx + (x * kx * c - y * s) * u, cy + (x * kx * s + y * c) * u];
	const headPen: HeadPen = {
		fill: (points, colour, more) => pen.shape(points.map(place), colour, more),
		line: (numbers, width, colour, more) => pen.stroke(pairs(numbers).map(place), width * u, colour, more),
	};
	if (options.view === 'back') drawBack(headPen, design, options.headPx);
	else drawFront(headPen, design, options);
}

function drawFront(pen: HeadPen, design: Design, options: HeadOptions): void {
	const { skin, hair, age, woman } = design;
	const child = age === 'child';
	const chin = child ? -0.44 : -0.5;
	const jaw = child ? 0.31 : woman ? 0.26 : 0.3;
	if (design.hairdo === 'wild')
		pen.fill(
			pairs([-0.5, 0.45, -0.1, 0.68, 0.35, 0.6, 0.4, 0.3, -0.1, -0.3, -0.45, -0.6, -0.7, -0.2, -0.62, 0.2]),
			hair,
		);
	if (design.hairdo === 'tufts') for (const x of [-0.3, 0.26]) drawTuft(pen, x, hair);
	pen.fill(
		pairs([
			0,
			0.5,
			0.26,
			0.43,
			0.385,
			0.2,
			0.37,
			0.06,
			0.4,
			-0.08,
			jaw + 0.05,
			-0.27,
			0.22,
			chin + 0.06,
			0.12,
			chin,
			-0.02,
			chin + 0.05,
			-0.2,
			-0.3,
			-0.3,
			-0.16,
			-0.38,
			-0.02,
			-0.41,
			0.22,
			-0.28,
			0.43,
		]),
		skin,
	);
	if (options.headPx > 60) {
		pen.fill(
			pairs([-0.3, -0.14, -0.18, -0.3, -0.02, chin + 0.06, 0.1, chin + 0.01, 0.0, chin + 0.13, -0.14, -0.24]),
			shade(skin, 0.84),
			{ noLine: true, noCel: true, opacity: 0.7 },
		);
	}
	pen.fill(ellipse(-0.33, -0.06, 0.065, 0.11, 10), shade(skin, 0.92));
	if (options.headPx > 60) pen.line([-0.35, 0.0, -0.3, -0.02, -0.33, -0.1], 0.02, shade(skin, 0.6));
	if (options.headPx > 16) drawFace(pen, design, options);
	drawFrontHair(pen, design, options.headPx);
	if (design.beard) drawBeard(pen, design, options);
	drawHat(pen, design, options.headPx, false);
}

function drawFrontHair(pen: HeadPen, design: Design, headPx: number): void {
	const { hair, hairdo, age, woman } = design;
	if (hairdo === 'wild') return;
	const strand = (numbers: readonly number[]) => headPx > 60 && pen.line(numbers, 0.016, shade(hair, 0.62));
	if (age === 'elder' && !woman) {
		pen.fill(
			pairs([0.02, 0.53, -0.28, 0.48, -0.47, 0.2, -0.45, -0.14, -0.34, -0.02, -0.28, 0.2, -0.05, 0.36, 0.16, 0.44]),
			hair,
		);
		strand([0.06, 0.5, -0.2, 0.4, -0.36, 0.14]);
		strand([-0.1, 0.47, -0.32, 0.32, -0.42, 0.06]);
	} else if (age === 'child') {
		pen.fill(
			pairs([
				0.05, 0.57, 0.33, 0.44, 0.43, 0.2, 0.3, 0.17, 0.26, 0.24, 0.16, 0.14, 0.1, 0.22, -0.04, 0.12, -0.12, 0.2, -0.26,
				0.0, -0.33, 0.05, -0.44, -0.1, -0.5, 0.2, -0.3, 0.5,
			]),
			hair,
		);
		strand([0.05, 0.54, 0.1, 0.4, 0.1, 0.26]);
		strand([-0.1, 0.52, -0.16, 0.38, -0.12, 0.24]);
	} else {
		pen.fill(
			pairs([
				0.08, 0.57, 0.34, 0.45, 0.41, 0.22, 0.33, 0.24, 0.22, 0.34, 0.0, 0.32, -0.22, 0.16, -0.27, -0.12, -0.33, 0.02,
				-0.43, -0.12, -0.5, 0.2, -0.32, 0.5,
			]),
			hair,
		);
		strand([0.22, 0.48, 0.02, 0.44, -0.2, 0.26]);
		strand([0.05, 0.54, -0.2, 0.44, -0.36, 0.16]);
		strand([-0.2, 0.5, -0.38, 0.34, -0.44, 0.08]);
		if (woman && hairdo === 'long')
			pen.fill(pairs([-0.24, 0.14, -0.28, -0.1, -0.24, -0.42, -0.36, -0.66, -0.48, -0.3, -0.5, 0.1]), hair);
	}
	if (hairdo === 'bun' && design.hat !== 'crown') drawBun(pen, hair, -0.08);
}

function drawBun(pen: HeadPen, hair: Colour, x: number): void {
	pen.fill(ellipse(x, 0.63, 0.17, 0.14, 12), hair);
	pen.fill(pairs([x - 0.14, 0.55, x + 0.13, 0.55, x + 0.11, 0.5, x - 0.12, 0.5]), '#7d3a2c', { smooth: false });
	pen.line([x - 0.27, 0.6, x + 0.27, 0.67], 0.035, '#c9a050');
}

function drawTuft(pen: HeadPen, x: number, hair: Colour): void {
	pen.fill(ellipse(x, 0.52, 0.15, 0.15, 12), hair);
	pen.fill(ellipse(x * 0.88, 0.42, 0.06, 0.05, 8), '#b8322a');
}

function drawBeard(pen: HeadPen, { hair, age }: Design, { headPx, mood, talks }: HeadOptions): void {
	const length = age === 'elder' ? 1.05 : 0.78;
	pen.fill(
		pairs([
			-0.28,
			-0.16,
			-0.12,
			-0.27,
			0.05,
			-0.25,
			0.13,
			-0.22,
			0.22,
			-0.25,
			0.34,
			-0.22,
			0.33,
			-0.5,
			0.26,
			-0.5 - length * 0.55,
			0.14,
			-0.35 - length,
			0.04,
			-0.45 - length * 0.6,
			-0.14,
			-0.55,
		]),
		hair,
	);
	if (headPx <= 40) return;
	pen.fill(ellipse(0.15, -0.325, 0.075, mood === 'laugh' || talks ? 0.06 : 0.022, 10), '#7a3a34', { noCel: true });
	pen.fill(pairs([-0.04, -0.3, 0.14, -0.235, 0.17, -0.235, 0.34, -0.3, 0.17, -0.29]), shade(hair, 0.94));
	for (const q of [-0.1, -0.02, 0.08, 0.18, 0.25])
		pen.line([q, -0.42, q + 0.05, -0.7, 0.12 + q * 0.2, -0.4 - length * 0.7], 0.014, shade(hair, 0.6));
}

function drawHat(pen: HeadPen, design: Design, headPx: number, back: boolean): void {
	if (design.hat === 'top') {
		pen.fill(pairs([-0.36, 0.28, 0.36, 0.3, 0.4, 1.12, -0.4, 1.1]), '#23211f', { smooth: false });
		pen.fill(pairs([-0.37, 0.3, 0.37, 0.32, 0.37, 0.46, -0.37, 0.44]), '#5b2d2a', { smooth: false });
		pen.fill(ellipse(0, 0.28, 0.62, 0.075, 18), '#2c2927');
	} else if (design.hat === 'kerchief' && back) {
		pen.fill(
			pairs([
				0, 0.62, 0.34, 0.52, 0.5, 0.2, 0.46, -0.24, 0.3, -0.5, 0.1, -0.62, 0, -0.8, -0.1, -0.62, -0.3, -0.5, -0.46,
				-0.24, -0.5, 0.2, -0.34, 0.52,
			]),
			'#a5443a',
		);
		pen.line([-0.36, -0.36, 0, -0.5, 0.36, -0.36], 0.025, '#6e2824');
		pen.line([-0.2, 0.5, -0.3, 0.1, -0.2, -0.3], 0.018, '#6e2824');
		pen.line([0.16, 0.5, 0.26, 0.1, 0.16, -0.3], 0.018, '#6e2824');
	} else if (design.hat === 'kerchief') {
		pen.fill(
			pairs([
				0.12, 0.6, 0.36, 0.46, 0.4, 0.3, 0.16, 0.36, -0.1, 0.24, -0.24, 0.0, -0.22, -0.28, 0.0, -0.47, 0.1, -0.52,
				-0.06, -0.62, -0.4, -0.46, -0.55, -0.1, -0.5, 0.3, -0.2, 0.58,
			]),
			'#a5443a',
		);
		pen.line([-0.42, 0.3, -0.36, 0, -0.3, -0.35], 0.02, '#6e2824');
		pen.line([0.0, 0.52, -0.24, 0.34, -0.34, 0.06], 0.018, '#6e2824');
		pen.fill(pairs([0.06, -0.5, 0.22, -0.6, 0.16, -0.78, 0.04, -0.64]), '#a5443a');
	} else if (design.hat === 'straw') {
		pen.fill(pairs([-0.75, 0.26, 0, 0.34, 0.75, 0.28, 0.06, 0.86]), '#c9a860', { smooth: false });
		for (const x of [-0.4, -0.1, 0.2, 0.48]) pen.line([0.06, 0.82, x, 0.31], 0.016, '#8d7038');
	} else if (design.hat === 'crown') {
		pen.fill(pairs([-0.3, 0.45, 0.3, 0.45, 0.26, 0.72, -0.26, 0.72]), '#2c2622', { smooth: false });
		pen.fill(pairs([-0.5, 0.72, 0.62, 0.78, 0.62, 0.84, -0.5, 0.79]), '#d9b24a', { smooth: false });
		if (headPx > 24)
			for (const x of [0.36, 0.44, 0.52, 0.59]) pen.line([x, 0.76, x, 0.44], 0.02, '#d9b24a', { noLine: true });
	}
}

/** From behind: nape, ears, a mass of hair with its parting and strands. */
function drawBack(pen: HeadPen, design: Design, headPx: number): void {
	const { skin, hair, hairdo, age } = design;
	const strand = (numbers: readonly number[]) => headPx > 40 && pen.line(numbers, 0.018, shade(hair, 0.66));
	pen.fill(pairs([-0.2, -0.2, 0.2, -0.2, 0.22, -0.62, -0.22, -0.62]), shade(skin, 0.86), { smooth: false });
	for (const x of [-0.42, 0.42]) pen.fill(ellipse(x, -0.05, 0.07, 0.12, 10), shade(skin, 0.92));
	pen.fill(
		pairs([
			0, 0.52, 0.3, 0.42, 0.42, 0.12, 0.38, -0.2, 0.24, -0.42, -0.24, -0.42, -0.38, -0.2, -0.42, 0.12, -0.3, 0.42,
		]),
		skin,
	);
	if (hairdo === 'tufts') for (const x of [-0.3, 0.3]) drawTuft(pen, x, hair);
	const long = hairdo === 'long' || hairdo === 'wild';
	const nape = long ? -1.05 : age === 'elder' ? -0.24 : -0.34;
	pen.fill(
		pairs([
			0,
			0.58,
			0.3,
			0.5,
			0.46,
			0.18,
			0.42,
			-0.1,
			0.36,
			nape * 0.7,
			0.2,
			nape,
			0.06,
			nape * 0.94,
			-0.08,
			nape - 0.04,
			-0.22,
			nape,
			-0.36,
			nape * 0.7,
			-0.42,
			-0.1,
			-0.46,
			0.18,
			-0.3,
			0.5,
		]),
		hair,
	);
	for (const x of [-0.3, -0.18, -0.06, 0.07, 0.19, 0.31]) strand([x * 0.4, 0.5, x * 1.15, 0.12, x * 0.9, nape * 0.8]);
	if (hairdo === 'bun' && design.hat !== 'crown') drawBun(pen, hair, 0);
	drawHat(pen, design, headPx, true);
}
