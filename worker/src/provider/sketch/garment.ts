import { mix, shade } from './colour.ts';
import type { Design } from './design.ts';
import { pairs } from './pen.ts';
import type { Pen } from './pen.ts';
import type { Skeleton } from './pose.ts';
import { limb } from './shape.ts';
import type { Point } from './shape.ts';

type Wear = { view: 'front' | 'back'; wind: number };
/** A point on the torso: 0 at the hip, 1 at the neck; `aside` in body heights. */
type Torso = (along: number, aside: number) => Point;

/** Torso, skirt or coat tails, sash, collar and shawl. */
export function drawGarment(pen: Pen, design: Design, k: Skeleton, wear: Wear): void {
	const { height: H, main, top, girth } = design;
	const tilt = (k.lean * Math.PI) / 180;
	const torso: Torso = (along, aside) => [
		k.hip[0] + (k.neck[0] - k.hip[0]) * along + Math.cos(tilt) * aside * H * girth,
		k.hip[1] + (k.neck[1] - k.hip[1]) * along - Math.sin(tilt) * aside * H * girth,
	];
	const shoulder = design.woman ? 0.094 : design.age === 'giant' ? 0.15 : 0.112;
	const waist = design.woman ? 0.066 : 0.082;
	const outline: Point[] = [
		torso(1.03, -0.03),
		torso(0.94, -shoulder),
		torso(0.68, -shoulder * 0.93),
		torso(0.34, -waist),
		torso(0.06, -0.088),
		torso(-0.06, -0.07),
		torso(-0.06, 0.07),
		torso(0.06, 0.086),
		torso(0.34, waist),
		torso(0.68, shoulder * 0.92),
		torso(0.94, shoulder * 0.86),
		torso(1.03, 0.03),
	];
	pen.shape(outline, top === 'bare' ? design.skin : main);
	if (top === 'bare') {
		const knee: Point = [k.legNear[1][0] - 0.05 * H, k.legNear[1][1] + 0.02 * H];
		pen.shape([torso(0.18, -0.1), torso(0.18, 0.1), torso(-0.2, 0.14), knee, torso(-0.25, -0.12)], '#5a4638');
	} else {
		if (k.pose.seat) drawLap(pen, design, k, torso);
		else drawSkirt(pen, design, k, wear, torso, waist);
		if (design.sash)
			pen.shape(
				[torso(0.32, -waist * 1.08), torso(0.32, waist * 1.08), torso(0.22, waist * 1.12), torso(0.22, -waist * 1.12)],
				design.sash,
			);
		if (wear.view === 'front') drawCollar(pen, design, torso);
		else
			pen.stroke([torso(0.9, 0), torso(0.6, 0.008), torso(0.3, 0)], 0.008 * H, shade(main, 0.62), {
				fold: true,
				feature: false,
			});
	}
	if (design.shawl) {
		pen.shape(
			[
				torso(1.06, -0.05),
				torso(0.96, -shoulder * 1.12),
				torso(0.55, -shoulder * 1.3),
				torso(0.42, -0.02),
				torso(0.3, 0.05),
				torso(0.5, shoulder * 1.12),
				torso(0.95, shoulder),
				torso(1.06, 0.05),
			],
			mix(design.sub, '#a58a9c', 0.55),
		);
	}
}

function drawLap(pen: Pen, { height: H, main, top }: Design, k: Skeleton, torso: Torso): void {
	const knee = k.legNear[1];
	const foot = k.legNear[2];
	const long = top === 'dress' || top === 'robe';
	const half: Point = [(knee[0] + foot[0] * 1.2) / 2.2, (knee[1] + foot[1] * 1.4) / 2.4];
	const thigh: Point = [knee[0] * 0.7 + k.hip[0] * 0.3, knee[1] * 0.7 + k.hip[1] * 0.3];
	pen.shape(
		long
			? limb([torso(0.15, 0), knee, half], [0.1 * H, 0.078 * H, 0.085 * H])
			: limb([torso(0.2, 0), thigh], [0.1 * H, 0.075 * H]),
		main,
	);
}

const hemHeights = { dress: 0.05, robe: 0.045, coat: 0.2, tunic: 0.27, bare: 0 } as const;

function drawSkirt(pen: Pen, design: Design, k: Skeleton, { view, wind }: Wear, torso: Torso, waist: number): void {
	const { height: H, main, top } = design;
	const long = top === 'dress' || top === 'robe';
	const xs = [k.legNear[1][0], k.legFar[1][0], k.legNear[2][0], k.legFar[2][0]];
	const hem = (top === 'dress' && design.age === 'child' ? 0.13 : hemHeights[top]) * H;
	const flare = (long ? 0.075 : 0.05) * H;
	const k0 = long ? 1 : 0.5;
	const left = Math.min(...xs, -0.05 * H) * k0 - flare - wind * 0.08 * H;
	const right = Math.max(...xs, 0.05 * H) * k0 + flare - wind * 0.08 * H;
	const middle = k.hip[1] * 0.62 + hem * 0.38;
	pen.shape(
		[
			torso(0.36, -waist * 1.02),
			torso(0.12, -0.095),
			[left * 0.75, middle],
			[left, hem],
			[(left + right) / 2 - 0.02 * H, hem - 0.018 * H],
			[right, hem + 0.006 * H],
			[right * 0.8, middle],
			torso(0.12, 0.095),
			torso(0.36, waist * 1.02),
		],
		main,
	);
	for (const q of [0.3, 0.62]) {
		const x = left + (right - left) * q;
		const fold: Point[] = [
			torso(0.15, q * 0.12 - 0.05),
			[(x + k.hip[0]) / 2, (hem + k.hip[1]) / 2],
			[x, hem + 0.03 * H],
		];
		pen.stroke(fold, 0.008 * H, shade(main, 0.6), { fold: true, feature: false });
	}
	if (!design.apron || view === 'back') return;
	const bib: Point[] = [torso(0.34, -0.02), torso(0.34, waist)];
	pen.shape(
		[...bib, [right * 0.86, hem + 0.1 * H], [right * 0.5, hem + 0.06 * H], [left * 0.05, hem + 0.09 * H]],
		'#e9e0cc',
	);
}

function drawCollar(pen: Pen, design: Design, torso: Torso): void {
	const dark = shade(design.main, 0.65);
	const edge = { smooth: false };
	const patch = (numbers: number[], colour: Parameters<Pen['shape']>[1]) =>
		pen.shape(
			pairs(numbers).map(([a, b]) => torso(a, b)),
			colour,
			edge,
		);
	if (design.top === 'robe' || design.top === 'tunic') {
		patch([1, -0.045, 1.02, -0.02, 0.42, 0.055, 0.36, 0.035], design.sub);
		patch([1, 0.05, 1.02, 0.03, 0.55, 0, 0.6, -0.02], design.sub);
	} else if (design.top === 'coat') {
		patch([1.02, -0.02, 1.02, 0.035, 0.5, 0.045, 0.62, 0], '#e8e2d6');
		patch([1.02, -0.03, 0.98, -0.06, 0.6, -0.01, 0.5, 0.04], dark);
		patch([1.02, 0.03, 0.98, 0.06, 0.6, 0.055, 0.5, 0.045], dark);
	} else {
		pen.shape(
			pairs([1.02, -0.04, 1.03, 0.04, 0.9, 0.055, 0.86, 0.01, 0.9, -0.05]).map(([a, b]) => torso(a, b)),
			mix(design.sub, design.main, 0.2),
		);
	}
}
