import { addLamp } from './backdrop.ts';
import { clamp, toRgb } from './colour.ts';
import { daylights } from './daylight.ts';
import { drawInsert } from './insert.ts';
import { placeFigures } from './staging.ts';
import { placeThings } from './things.ts';
import { pairs } from './pen.ts';
import { places } from './places.ts';
import { createSkeleton } from './pose.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import type { Camera, Flake, Item, Lamp, Palette, Scene, Spec, Stage } from './scene.ts';
import { ellipse, smoothClosed, smoothOpen } from './shape.ts';
import type { Point } from './shape.ts';

/** Height of an adult as a share of the frame, and focal length, per shot size. */
const lenses = {
	EWS: [0.13, 0.8],
	WS: [0.4, 0.95],
	FS: [0.78, 1.1],
	MLS: [1.1, 1.2],
	MS: [1.6, 1.4],
	MCU: [2.35, 1.7],
	CU: [3.7, 2],
	ECU: [6.2, 2.4],
} as const;

function createCamera(spec: Spec, W: number, H: number, r: Random): Camera & { share: number } {
	const subject = spec.angle === 'OTS' ? (spec.cast[1] ?? spec.cast[0]) : spec.cast[0];
	const skeleton = subject && createSkeleton(subject.design, subject.pose);
	const top = skeleton?.top ?? 1.5;
	const eye = skeleton?.head[1] ?? 1.5;
	// A detail of nobody would be a blur: the camera stands back and shows the place.
	const [nominal, lens] = lenses[spec.cast.length || spec.insert || lenses[spec.size][0] < 1 ? spec.size : 'FS'];
	// A second seed stands nearer or farther; a tall frame holds a close face by its width.
	let share = nominal * r.range(0.86, 1.12);
	if (subject?.design.age === 'giant') share = Math.max(share, 0.62);
	const tight = nominal > 1;
	if (tight) share *= clamp(W / H / 1.05, 0.5, 1);
	const focal = Math.max(W, H * 1.2) * 0.86 * lens;
	const distance = (focal * 1.72) / (share * H);
	const scale = focal / distance;
	let height = tight ? eye * 0.97 : Math.max(eye, 1.3);
	if (spec.angle === 'low') height = Math.max(0.12, eye - 0.3 * distance);
	else if (spec.angle === 'high') height = eye + 0.34 * distance;
	else if (spec.angle === 'overhead') height = eye + 0.8 * distance;
	else if (!tight) height = Math.max(height, 1.3 + distance * r.range(0.03, 0.07));
	let horizon = tight
		? H * (nominal > 3 ? 0.1 : 0.13) + scale * (top - height)
		: H * (nominal > 0.6 ? 0.93 : nominal > 0.3 ? 0.88 : 0.84) - scale * height;
	if (tight && spec.angle === 'eye') horizon = Math.min(horizon, H * 0.62);
	return { focal, horizon, height, centreX: W / 2 + r.range(-0.1, 0.1) * W, distance, share };
}

function paletteOf(spec: Spec): Palette {
	const palette = daylights[spec.daylight];
	if (!spec.inside) return palette;
	const dark = spec.daylight === 'night' || spec.daylight === 'evening';
	return dark
		? { ...palette, ambient: [0.58, 0.51, 0.5], haze: '#3a3034' }
		: { ...palette, ambient: [0.86, 0.84, 0.82], haze: '#d9d2c6' };
}

/** Places everything a shot says in front of one small pin-hole camera, so that scale and horizon agree. */
export function composeScene(spec: Spec, seed: string, W: number, H: number): Scene {
	const r = createRandom(`compose${seed}`);
	const { share, ...camera } = createCamera(spec, W, H, r);
	const items: Item[] = [];
	const lamps: Lamp[] = [];
	const palette = paletteOf(spec);
	const P = (x: number, y: number, depth: number): Point => {
		const z = Math.max(0.3, depth);
		return [camera.centreX + (camera.focal * x) / z, camera.horizon + (camera.focal * (camera.height - y)) / z];
	};
	const add: Stage['add'] = (points, colour, options = {}) => {
		const flat = !options.smooth ? points : options.open ? smoothOpen(points) : smoothClosed(points, options.fine ?? 4);
		items.push({ z: 50, group: 'bg', ...options, points: flat, colour: toRgb(colour), index: items.length });
	};
	const stage: Stage = {
		W,
		H,
		r,
		P,
		add,
		lamps,
		camera,
		spec,
		palette,
		snow: spec.weather.includes('snow'),
		dark: ['night', 'evening', 'dusk'].includes(spec.daylight),
		light: (x, y, z, radius, colour, power, halo = 0.55) =>
			addLamp({ lamps }, ...P(x, y, z), z, (radius * camera.focal) / z, colour, power, halo),
	};
	const facing = r.sign();
	places[spec.place](stage);
	// Half of the seeds mirror the set behind the figures.
	if (r() < 0.5) mirror(items, lamps, W);
	const background = items.length;
	addSkyThings(stage);
	const tight = share > 1;
	const figures = spec.insert ? [] : placeFigures(stage, seed, facing, tight);
	if (spec.insert) drawInsert(stage, spec.cast[0], spec.insert, facing);
	else placeThings(stage, facing, figures, tight);
	if (items.length === background && spec.place === 'sky') addBirds(stage, 9);
	const night = spec.daylight === 'night';
	const exposure = night
		? { low: 0.05, high: spec.inside ? 0.62 : 0.55 }
		: spec.daylight === 'day'
			? { low: 0.12, high: 0.8 }
			: { low: 0.1, high: 0.74 };
	return {
		width: W,
		height: H,
		items,
		lamps,
		palette,
		camera,
		spec,
		seed,
		figures,
		flakes: fall(stage),
		tight: tight || spec.insert !== null,
		keySide: facing === 1 ? -1 : 1,
		exposure,
	};
}

function mirror(items: Item[], lamps: Lamp[], W: number): void {
	for (const item of items) item.points = item.points.map(([x, y]): Point => [W - x, y]);
	for (const lamp of lamps) lamp.x = W - lamp.x;
}

function addBirds({ W, H, r, add }: Stage, count: number): void {
	for (let i = 0; i < count; i++) {
		const [x, y, s, a] = [W * (0.2 + 0.6 * r()), H * (0.06 + 0.34 * r()), 5 + r() * 12, r.range(-4, 4)];
		const wings = [
			x - s,
			y - s * 0.5 + a,
			x - s * 0.4,
			y - s * 0.55,
			x,
			y,
			x + s * 0.4,
			y - s * 0.6,
			x + s,
			y - s * 0.4 - a,
			x + s * 0.35,
			y - s * 0.2,
			x,
			y + s * 0.25,
			x - s * 0.35,
			y - s * 0.2,
		];
		add(pairs(wings), '#2b2a30', { z: 300, noLine: true });
	}
}

function addSkyThings(stage: Stage): void {
	const { W, H, r, add, spec } = stage;
	if (spec.props.includes('birds') && !spec.inside) addBirds(stage, 22);
	if (spec.inside || !/star falls|falling star|shooting star|流星/i.test(spec.text)) return;
	const [x, y] = [W * r.range(0.5, 0.75), H * 0.1];
	add(pairs([x, y, x + 6, y + 8, x - 260, y + 118, x - 262, y + 115]), '#fff6d8', { z: 900, emit: true, noLine: true });
	add(ellipse(x + 3, y + 4, 7, 7, 10), '#ffffff', { z: 899, emit: true, noLine: true });
	addLamp(stage, x + 2, y + 3, 800, 90, '#fff5d7', 0, 0.9);
}

function fall({ W, H, r, spec, snow }: Stage): Flake[] {
	const flakes: Flake[] = [];
	if (spec.inside) return flakes;
	const drift = spec.weather.includes('wind') ? 2.2 : 0.6;
	for (let i = 0; snow && i < 260; i++) {
		const near = r() ** 2;
		flakes.push({
			kind: 'snow',
			x: r() * W,
			y: r() * H,
			size: 0.8 + near * 5.5,
			opacity: 0.35 + 0.5 * r() * (1 - near * 0.4),
			near: near > 0.75,
			drift,
		});
	}
	for (let i = 0; spec.weather.includes('rain') && i < 220; i++) {
		flakes.push({
			kind: 'rain',
			x: r() * W * 1.2,
			y: r() * H,
			size: 14 + r() * 30,
			opacity: 0.15 + 0.3 * r(),
			near: false,
			drift,
		});
	}
	return flakes;
}
