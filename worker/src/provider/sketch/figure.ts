import { mix, shade } from './colour.ts';
import type { Colour } from './colour.ts';
import { drawGarment } from './garment.ts';
import { drawHead } from './head.ts';
import type { HeadOptions } from './head-pen.ts';
import { drawBasket, drawFan, drawFlame, pairs } from './pen.ts';
import type { Pen } from './pen.ts';
import { createSkeleton } from './pose.ts';
import type { Limb, PoseName, Skeleton } from './pose.ts';
import type { Design } from './design.ts';
import { ellipse, limb } from './shape.ts';
import type { Point } from './shape.ts';

export type FigureOptions = HeadOptions & { pose: PoseName; props: string[]; wind: number };

/** Draws a dressed figure in metres, far limbs first, and gives back its joints. */
export function drawFigure(pen: Pen, design: Design, options: FigureOptions): Skeleton {
	const k = createSkeleton(design, options.pose);
	const H = design.height;
	if (k.pose.load) drawBasket(pen, k.neck[0] - 0.2 * H, k.neck[1] - 0.09 * H, 0.15 * H, true);
	drawArm(pen, design, k.armFar, shade(design.main, 0.78), true);
	drawHand(pen, design, k.armFar);
	if (design.hairdo === 'long' && options.view === 'front') drawLongHair(pen, design, k);
	const legs = design.top === 'bare' ? design.skin : design.leg;
	drawLeg(pen, design, k.legFar, shade(legs, 0.8));
	drawLeg(pen, design, k.legNear, legs);
	drawGarment(pen, design, k, options);
	const neckEnd: Point = [k.neck[0] + (k.head[0] - k.neck[0]) * 0.7, k.neck[1] + (k.head[1] - k.neck[1]) * 0.7];
	pen.shape(limb([k.neck, neckEnd], [0.2 * k.headHeight, 0.18 * k.headHeight]), shade(design.skin, 0.82));
	drawHead(pen, design, k, options);
	drawLongTools(pen, design, k, options.props);
	drawArm(pen, design, k.armNear, mix(design.main, '#ffffff', 0.05), false);
	drawHeldThings(pen, design, k, options, drawHand(pen, design, k.armNear));
	return k;
}

function drawHand(pen: Pen, { height: H, skin }: Design, [, elbow, wrist]: Limb): Point {
	const angle = Math.atan2(wrist[0] - elbow[0], elbow[1] - wrist[1]);
	const centre: Point = [wrist[0] + Math.sin(angle) * 0.03 * H, wrist[1] - Math.cos(angle) * 0.03 * H];
	pen.shape(ellipse(...centre, 0.02 * H, 0.034 * H, 10, angle), skin);
	pen.shape(ellipse(centre[0] + 0.014 * H, centre[1] + 0.012 * H, 0.008 * H, 0.02 * H, 8, angle + 0.5), skin);
	return centre;
}

function drawArm(pen: Pen, { height: H, top, skin, girth }: Design, arm: Limb, cloth: Colour, far: boolean): void {
	if (top === 'bare') return pen.shape(limb(arm, [0.055 * H, 0.05 * H, 0.034 * H]), far ? shade(skin, 0.85) : skin);
	pen.shape(limb(arm, [0.047 * H * girth, 0.04 * H, 0.03 * H]), cloth);
	if (top !== 'robe') return;
	const [, [ex, ey], [wx, wy]] = arm;
	const rise = Math.max(0, wy - ey);
	pen.shape(
		pairs([
			ex - 0.02 * H,
			ey + 0.045 * H,
			wx,
			wy + 0.03 * H,
			wx + 0.035 * H,
			wy - 0.01 * H,
			wx + 0.005 * H,
			wy - 0.15 * H - rise * 0.3,
			(wx + ex) / 2 - 0.01 * H,
			Math.min(wy, ey) - 0.13 * H,
			ex - 0.045 * H,
			ey - 0.03 * H,
		]),
		cloth,
	);
}

function drawLeg(pen: Pen, design: Design, leg: Limb, colour: Colour): void {
	const H = design.height;
	const [, knee, [x, y]] = leg;
	const angle = Math.atan2(x - knee[0], knee[1] - y) * 0.8;
	const sole = pairs([-0.026, 0.03, 0.02, 0.03, 0.05, 0, 0.105, -0.015, 0.1, -0.034, -0.03, -0.034]).map(
		([u, v]): Point => [x + (u * Math.cos(angle) - v * Math.sin(angle)) * H, y + (u * Math.sin(angle) + v) * H],
	);
	pen.shape(sole, design.barefoot ? design.skin : '#2e2622');
	pen.shape(limb(leg, [0.062 * H * design.girth, 0.046 * H, 0.032 * H]), colour);
}

function drawLongHair(pen: Pen, { hair, hat }: Design, { head: [x, y], headHeight: u }: Skeleton): void {
	const outline =
		hat === 'kerchief'
			? [0, 0, -0.4, 0, -0.46, -0.5, -0.28, -1, -0.02, -0.7]
			: [0.2, 0.5, -0.35, 0.45, -0.58, 0, -0.6, -0.7, -0.3, -0.95, 0.1, -0.75];
	pen.shape(
		pairs(outline).map(([a, b]): Point => [x + a * u, y + b * u]),
		hair,
	);
}

function drawLongTools(pen: Pen, { height: H }: Design, k: Skeleton, props: string[]): void {
	const [hx, hy] = [k.armNear[2][0] + 0.01 * H, k.armNear[2][1] - 0.02 * H];
	if (k.pose.staff || props.includes('staff') || (props.includes('hoe') && !k.pose.tool)) {
		const x = hx + 0.02 * H;
		const top = k.head[1] + k.headHeight * 0.3;
		pen.shape(
			limb(
				[
					[x - 0.01 * H, 0],
					[x, top],
				],
				[0.011 * H, 0.013 * H],
			),
			'#6b4a2c',
		);
		if (props.includes('hoe')) drawBlade(pen, x - 0.015 * H, top, H);
	}
	if (!k.pose.tool) return;
	const [x, y] = [hx - 0.36 * H, hy + 0.3 * H];
	pen.shape(
		limb(
			[
				[hx + 0.05 * H, hy - 0.06 * H],
				[x, y],
			],
			[0.011 * H, 0.012 * H],
		),
		'#6b4a2c',
	);
	const blade = pairs([-0.03, 0.02, 0.05, 0.06, 0, 0.19, -0.05, 0.16]);
	pen.shape(
		blade.map(([a, b]): Point => [x + a * H, y + b * H]),
		'#4d4f52',
		{ smooth: false },
	);
}

function drawBlade(pen: Pen, x: number, y: number, H: number): void {
	pen.shape(
		pairs([x, y + 0.02 * H, x + 0.165 * H, y, x + 0.175 * H, y - 0.04 * H, x + 0.015 * H, y - 0.02 * H]),
		'#4d4f52',
		{ smooth: false },
	);
}

function drawHeldThings(
	pen: Pen,
	{ height: H }: Design,
	k: Skeleton,
	{ pose, props }: FigureOptions,
	[x, y]: Point,
): void {
	const has = (prop: string) => props.includes(prop);
	const strikes = pose === 'strike' || pose === 'sitstrike';
	if (strikes || has('match'))
		pen.shape(
			limb(
				[
					[x, y],
					[x + 0.035 * H, y + 0.075 * H],
				],
				[0.006 * H, 0.005 * H],
			),
			'#caa46a',
		);
	if (strikes) drawFlame(pen, x + 0.037 * H, y + 0.075 * H, 0.075 * H);
	if (has('burnt'))
		pen.shape(
			limb(
				[
					[x, y],
					[x + 0.02 * H, y + 0.08 * H],
				],
				[0.006 * H, 0.004 * H],
			),
			'#231d1a',
		);
	if (has('fan') || pose === 'fan') drawFan(pen, x, y, 0.15 * H);
	if (has('basket') && !k.pose.load) drawBasket(pen, x + 0.05 * H, y - 0.03 * H, 0.1 * H, false);
	if (has('parcel')) {
		pen.shape(
			pairs([
				x - 0.06 * H,
				y - 0.01 * H,
				x + 0.07 * H,
				y - 0.01 * H,
				x + 0.07 * H,
				y - 0.12 * H,
				x - 0.06 * H,
				y - 0.12 * H,
			]),
			'#a8794a',
			{ smooth: false },
		);
	}
	if (has('hat')) pen.shape(ellipse(x, y - 0.02 * H, 0.08 * H, 0.035 * H, 14), '#3a322c');
	if (pose === 'sew')
		pen.shape(
			pairs([x - 0.05 * H, y - 0.01 * H, x + 0.07 * H, y, x + 0.08 * H, y - 0.035 * H, x - 0.05 * H, y - 0.045 * H]),
			'#c9ad6a',
		);
	if (has('umbrella')) {
		pen.shape(
			limb(
				[
					[x, y - 0.1 * H],
					[x - 0.02 * H, y + 0.62 * H],
				],
				[0.008 * H, 0.008 * H],
			),
			'#3a2f28',
		);
		pen.shape(
			pairs([
				x - 0.42 * H,
				y + 0.5 * H,
				x - 0.2 * H,
				y + 0.66 * H,
				x - 0.02 * H,
				y + 0.7 * H,
				x + 0.2 * H,
				y + 0.64 * H,
				x + 0.4 * H,
				y + 0.48 * H,
				x,
				y + 0.53 * H,
			]),
			'#8c3b3a',
		);
	}
	if (has('snake')) {
		const [ax, ay] = k.armFar[2];
		pen.shape(
			limb(pairs([ax, ay, ax + 0.1 * H, ay + 0.06 * H, ax + 0.13 * H, ay + 0.16 * H, ax + 0.22 * H, ay + 0.17 * H]), [
				0.014 * H,
				0.018 * H,
				0.016 * H,
				0.012 * H,
			]),
			'#5d7a4a',
		);
	}
}
