import { shade } from './colour.ts';
import type { Colour } from './colour.ts';
import { pairs } from './pen.ts';
import type { Pen } from './pen.ts';
import { ellipse, limb } from './shape.ts';
import type { Point } from './shape.ts';

/** Measures in metres: trunk from rump to chest, its half thickness, leg under it, neck and muzzle from where they begin. */
type Build = {
	colour: Colour;
	trunk: number;
	girth: number;
	leg: number;
	legWidth: number;
	neck: Point;
	neckWidth: number;
	muzzle: Point;
	skull: number;
	ears: 'up' | 'flop' | 'horns';
	tail: readonly number[];
	tailWidth: number;
	mane?: Colour;
	fleece?: boolean;
};

const builds = {
	dog: {
		colour: '#8a6644',
		trunk: 0.62,
		girth: 0.14,
		leg: 0.34,
		legWidth: 0.04,
		neck: [0.14, 0.2],
		neckWidth: 0.085,
		muzzle: [0.22, -0.05],
		skull: 0.1,
		ears: 'flop',
		tail: [-0.14, 0.14, -0.22, 0.3],
		tailWidth: 0.028,
	},
	wolf: {
		colour: '#5f6068',
		trunk: 0.86,
		girth: 0.18,
		leg: 0.5,
		legWidth: 0.05,
		neck: [0.2, 0.16],
		neckWidth: 0.13,
		muzzle: [0.28, -0.06],
		skull: 0.12,
		ears: 'up',
		tail: [-0.18, -0.06, -0.3, -0.3],
		tailWidth: 0.07,
	},
	fox: {
		colour: '#b5622c',
		trunk: 0.5,
		girth: 0.1,
		leg: 0.26,
		legWidth: 0.028,
		neck: [0.11, 0.12],
		neckWidth: 0.07,
		muzzle: [0.18, -0.05],
		skull: 0.08,
		ears: 'up',
		tail: [-0.2, -0.02, -0.42, -0.08],
		tailWidth: 0.07,
	},
	cat: {
		colour: '#4c4846',
		trunk: 0.34,
		girth: 0.08,
		leg: 0.17,
		legWidth: 0.022,
		neck: [0.06, 0.08],
		neckWidth: 0.05,
		muzzle: [0.06, -0.015],
		skull: 0.068,
		ears: 'up',
		tail: [-0.1, 0.12, -0.08, 0.34],
		tailWidth: 0.02,
	},
	horse: {
		colour: '#6f4a30',
		trunk: 1.5,
		girth: 0.3,
		leg: 0.82,
		legWidth: 0.075,
		neck: [0.42, 0.62],
		neckWidth: 0.19,
		muzzle: [0.4, -0.3],
		skull: 0.15,
		ears: 'up',
		tail: [-0.18, -0.16, -0.2, -0.74],
		tailWidth: 0.07,
		mane: '#2d2019',
	},
	ox: {
		colour: '#7d6552',
		trunk: 1.5,
		girth: 0.38,
		leg: 0.66,
		legWidth: 0.085,
		neck: [0.3, 0.12],
		neckWidth: 0.24,
		muzzle: [0.34, -0.22],
		skull: 0.17,
		ears: 'horns',
		tail: [-0.1, -0.2, -0.1, -0.7],
		tailWidth: 0.03,
	},
	sheep: {
		colour: '#e6dfd0',
		trunk: 0.76,
		girth: 0.25,
		leg: 0.32,
		legWidth: 0.035,
		neck: [0.16, 0.1],
		neckWidth: 0.11,
		muzzle: [0.17, -0.1],
		skull: 0.09,
		ears: 'flop',
		tail: [-0.06, -0.04, -0.09, -0.12],
		tailWidth: 0.05,
		fleece: true,
	},
} satisfies Record<string, Build>;
export type CreatureKind = keyof typeof builds;
export const isCreature = (kind: string): kind is CreatureKind => kind in builds;
/** Metres from rump to chest. */
export const lengthOf = (kind: CreatureKind): number => builds[kind].trunk;

/** Draws an animal from the side, looking forward (x), its feet on the ground; far legs first. */
export function drawCreature(pen: Pen, kind: CreatureKind, runs: boolean): void {
	const build: Build = builds[kind];
	const { colour, trunk, girth, leg, legWidth, skull } = build;
	const back = leg + girth * 0.9;
	const [rump, chest] = [-trunk / 2, trunk / 2];
	const stride = runs ? 0.62 : 0.2;
	const drawLeg = (x: number, swing: number, tone: Colour) => {
		const bend = runs ? 0.5 : 0.12;
		const knee: Point = [x + swing * leg * 0.4 + bend * leg * 0.2, leg * 0.52];
		const foot: Point = [x + swing * leg, runs ? leg * 0.16 : 0.02];
		pen.shape(limb([[x, back - girth * 0.3], knee, foot], [legWidth * 1.7, legWidth, legWidth * 0.72]), tone);
	};
	const dark = shade(build.fleece ? '#4a423c' : colour, 0.72);
	const legs = build.fleece ? '#4a423c' : colour;
	drawLeg(rump + legWidth * 3, stride, dark);
	drawLeg(chest - legWidth * 1.5, -stride, dark);
	const [t0 = 0, t1 = 0, t2 = 0, t3 = 0] = build.tail;
	pen.shape(
		limb(
			[
				[rump + 0.02, back + girth * 0.5],
				[rump + t0, back + girth * 0.5 + t1],
				[rump + t2, back + girth * 0.5 + t3],
			],
			[build.tailWidth * 0.7, build.tailWidth, build.tailWidth * 0.4],
		),
		build.mane ?? shade(colour, 0.85),
	);
	drawLeg(rump + legWidth, -stride, legs);
	drawLeg(chest - legWidth * 2.6, stride, legs);
	const trunkLine: Point[] = [
		[rump, back],
		[rump + trunk * 0.3, back + girth * 0.06],
		[rump + trunk * 0.7, back - girth * 0.04],
		[chest, back + girth * 0.1],
	];
	pen.shape(limb(trunkLine, [girth * 0.82, girth * 0.96, girth, girth * 0.92]), colour);
	if (build.fleece)
		for (let i = 0; i < 9; i++)
			pen.shape(
				ellipse(rump + (trunk * i) / 8, back + girth * (i % 2 ? 0.75 : 0.5), girth * 0.4, girth * 0.36, 12),
				shade(colour, 1 - (i % 3) * 0.03),
				{ noLine: i % 2 === 0 },
			);
	const root: Point = [chest - girth * 0.25, back + girth * 0.35];
	const head: Point = [root[0] + build.neck[0], root[1] + build.neck[1]];
	pen.shape(limb([root, head], [build.neckWidth * 1.25, build.neckWidth * 0.8]), colour);
	if (build.mane)
		pen.shape(
			limb(
				[
					[root[0] - build.neckWidth * 1.3, root[1] + build.neckWidth * 0.5],
					[head[0] - build.neckWidth * 1.1, head[1] + 0.06],
					[head[0] + 0.03, head[1] + skull * 0.9],
				],
				[0.03, 0.085, 0.04],
			),
			build.mane,
		);
	drawHead(pen, build, head);
}

function drawHead(pen: Pen, { colour, fleece, skull, muzzle, ears }: Build, [x, y]: Point): void {
	const tone = fleece ? '#4a423c' : colour;
	const nose: Point = [x + muzzle[0], y + muzzle[1]];
	const ear = (dx: number, tone: Colour) => {
		const [ex, ey] = [x + dx, y + skull * 0.7];
		if (ears === 'up')
			pen.shape(
				pairs([ex - skull * 0.34, ey - skull * 0.1, ex - skull * 0.1, ey + skull * 0.95, ex + skull * 0.34, ey]),
				tone,
				{ smooth: false },
			);
		else if (ears === 'flop')
			pen.shape(
				limb(pairs([ex - skull * 0.2, ey, ex - skull * 0.55, ey - skull * 0.9]), [skull * 0.2, skull * 0.3]),
				tone,
			);
		else
			pen.shape(
				limb(pairs([ex, ey, ex - skull * 0.3, ey + skull * 0.9, ex + skull * 0.4, ey + skull * 1.5]), [
					skull * 0.2,
					skull * 0.15,
					skull * 0.05,
				]),
				'#d8cdb4',
			);
	};
	ear(skull * 0.25, shade(tone, 0.75));
	pen.shape(
		limb([[x - skull * 0.1, y], [x + skull * 0.5, y - skull * 0.1], nose], [skull * 0.95, skull * 0.82, skull * 0.46]),
		tone,
	);
	ear(-skull * 0.2, shade(tone, 0.9));
	pen.shape(ellipse(nose[0] + skull * 0.3, nose[1] + skull * 0.12, skull * 0.17, skull * 0.14, 10), '#1d1715', {
		noCel: true,
	});
	pen.shape(ellipse(x + skull * 0.42, y + skull * 0.22, skull * 0.13, skull * 0.16, 10), '#17120f', { noCel: true });
}
