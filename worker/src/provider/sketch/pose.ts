import type { Design } from './design.ts';
import type { Point } from './shape.ts';

const degree = Math.PI / 180;
type Bones = readonly [upper: number, lower: number];
export type Pose = {
	lean: number;
	armNear: Bones;
	armFar: Bones;
	legNear: Bones;
	legFar: Bones;
	head?: number;
	/** Height of the hip as a share of the body when it does not stand. */
	seat?: number;
	lift?: number;
	chair?: boolean;
	staff?: boolean;
	tool?: boolean;
	load?: boolean;
};

const pose = (
	lean: number,
	armNear: Bones,
	armFar: Bones,
	legNear: Bones,
	legFar: Bones,
	more: Partial<Pose> = {},
): Pose => ({
	lean,
	armNear,
	armFar,
	legNear,
	legFar,
	...more,
});

/** Angles in degrees from straight down, positive forward: upper and lower arm, thigh and shin. */
const poses = {
	stand: pose(0, [-6, 8], [8, 18], [4, -1], [-4, -6]),
	look: pose(-2, [-6, 10], [6, 16], [4, -1], [-4, -6], { head: -9 }),
	walk: pose(6, [-26, -6], [24, 46], [24, 8], [-18, -42]),
	run: pose(17, [-58, 25], [44, 120], [58, -28], [-22, -88], { lift: 0.04 }),
	sit: pose(13, [36, 84], [44, 92], [122, -12], [128, -6], { seat: 0.085, head: 8 }),
	chair: pose(3, [16, 70], [24, 82], [86, 2], [80, -6], { seat: 0.27, chair: true }),
	sew: pose(12, [18, 92], [28, 100], [86, 2], [80, -6], { seat: 0.27, head: 14, chair: true }),
	kneel: pose(30, [48, 78], [56, 84], [22, -80], [10, -86], { seat: 0.235, head: 18 }),
	reach: pose(10, [74, 84], [58, 72], [16, 2], [-10, -18]),
	give: pose(6, [48, 84], [42, 78], [10, 2], [-8, -14]),
	point: pose(3, [86, 90], [-6, 20], [8, 0], [-8, -12]),
	strike: pose(10, [44, 112], [34, 122], [6, -2], [-6, -8], { head: 10 }),
	sitstrike: pose(10, [40, 118], [34, 110], [122, -12], [128, -6], { seat: 0.085, head: 9 }),
	lean: pose(12, [34, 78], [-18, 8], [6, -4], [-6, -12], { head: -4, staff: true }),
	hoe: pose(-6, [140, 165], [126, 158], [26, 4], [-22, -30], { tool: true }),
	carry: pose(26, [36, 128], [30, 118], [28, 6], [-14, -36], { load: true }),
	embrace: pose(8, [58, 92], [70, 100], [6, -2], [-6, -10], { head: 8 }),
	laugh: pose(-9, [12, 96], [30, 60], [8, 0], [-8, -12], { head: -13 }),
	whisper: pose(8, [28, 142], [4, 20], [4, -1], [-4, -6], { head: 5 }),
	raise: pose(-3, [-150, -168], [150, 168], [6, 0], [-6, -8], { head: -8 }),
	rise: pose(-7, [50, 66], [98, 122], [-8, -22], [-16, -36], { head: -16 }),
	open: pose(-3, [52, 74], [-42, -60], [4, -1], [-4, -6], { head: 2 }),
	block: pose(4, [80, 96], [-66, -84], [16, 6], [-16, -12]),
	fan: pose(-4, [22, 122], [-14, 30], [8, 0], [-8, -10], { head: -4 }),
	hold: pose(4, [-22, 4], [26, 34], [20, 6], [-14, -32]),
	cry: pose(12, [34, 138], [40, 132], [4, -1], [-4, -6], { head: 16 }),
	fight: pose(14, [70, 110], [40, 128], [38, 4], [-30, -46]),
} satisfies Record<string, Pose>;
export type PoseName = keyof typeof poses;
export const isPose = (name: string): name is PoseName => name in poses;

export type Limb = [root: Point, middle: Point, end: Point];
export type Skeleton = {
	pose: Pose;
	headHeight: number;
	hip: Point;
	neck: Point;
	head: Point;
	headTilt: number;
	lean: number;
	armNear: Limb;
	armFar: Limb;
	legNear: Limb;
	legFar: Limb;
	top: number;
};

const down = ([x, y]: Point, angle: number, length: number): Point => [
	x + Math.sin(angle * degree) * length,
	y - Math.cos(angle * degree) * length,
];
const up = ([x, y]: Point, angle: number, length: number): Point => [
	x + Math.sin(angle * degree) * length,
	y + Math.cos(angle * degree) * length,
];

/** Joints of a pose in metres: x forward, y up, origin on the ground. */
export function createSkeleton(design: Design, poseName: PoseName): Skeleton {
	const pose: Pose = poses[poseName];
	const H = design.height;
	const headHeight = H / design.heads;
	const legK = design.age === 'child' ? 0.92 : 1;
	const thigh = 0.245 * H * legK;
	const shin = 0.235 * H * legK;
	const reachDown = (leg: Bones) => Math.cos(leg[0] * degree) * thigh + Math.cos(leg[1] * degree) * shin;
	const standing = Math.max(reachDown(pose.legNear), reachDown(pose.legFar)) + 0.035 * H + (pose.lift ?? 0) * H;
	const hip: Point = [0, pose.seat ? pose.seat * H : standing];
	const lean = pose.lean + (design.age === 'elder' ? 8 : 0);
	const neck = up(hip, lean, H - headHeight * 1.18 - (thigh + shin + 0.035 * H));
	const headTilt = lean * 0.45 + (pose.head ?? 0);
	const head = up(neck, headTilt, headHeight * 0.62);
	const [sx, sy] = up(neck, lean, -0.035 * H);
	const chain = (root: Point, bones: Bones, first: number, second: number): Limb => {
		const middle = down(root, bones[0], first);
		return [root, middle, down(middle, bones[1], second)];
	};
	const hat = design.hat === 'top' ? 0.7 : design.hairdo === 'bun' ? 0.2 : 0;
	return {
		pose,
		headHeight,
		hip,
		neck,
		head,
		headTilt,
		lean,
		armNear: chain([sx - 0.035 * H, sy], pose.armNear, 0.165 * H, 0.15 * H),
		armFar: chain([sx + 0.03 * H, sy + 0.004 * H], pose.armFar, 0.165 * H, 0.15 * H),
		legNear: chain([-0.03 * H, hip[1]], pose.legNear, thigh, shin),
		legFar: chain([0.03 * H, hip[1]], pose.legFar, thigh, shin),
		top: head[1] + headHeight * (0.55 + hat),
	};
}
