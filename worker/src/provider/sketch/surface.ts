import { Path2D } from '@napi-rs/canvas';
import { clamp, mix, multiply, plus, saturate, shade } from './colour.ts';
import type { Rgb } from './colour.ts';
import type { Item, Lamp, Scene } from './scene.ts';
import type { Point } from './shape.ts';
import type { StyleRecipe } from './styles.ts';

export function toPath(points: readonly Point[]): Path2D {
	const path = new Path2D();
	points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
	path.closePath();
	return path;
}

/** How much less of a lamp's light falls on a shape that is nearer or farther than it. */
export const fallOff = (item: Item, lamp: Lamp) => 1 + (Math.min(60, Math.abs(item.z - lamp.z)) / 4) ** 2;

/** Share of full light that figures outdoors have on the darkest night. */
const nightFill = 0.38;

/** Colour of a shape without lamps: ambient light, haze with distance, saturation of the style. */
export function baseColour(scene: Scene, style: StyleRecipe, item: Item, colour: Rgb): Rgb {
	// Figures get more light than the set does, as on a film set, or a night would swallow their faces.
	const extra = item.group !== 'bg' && !scene.spec.inside && scene.palette.ambient[0] < 0.6 ? nightFill : 0;
	const share = (v: number) => (v * style.ambientK + style.lift * (1 - v)) * (1 - extra) + extra * style.ambientK;
	const [r, g, b] = scene.palette.ambient;
	let base = item.emit ? colour : multiply(colour, [share(r), share(g), share(b)]);
	if (!item.emit && item.group === 'bg' && item.z < 500) {
		base = mix(base, scene.palette.haze, clamp(1 - Math.exp(-Math.max(0, item.z - scene.camera.distance) / 75)) * 0.75);
	}
	return style.saturation === 1 ? base : saturate(base, style.saturation);
}

/** Light that falls on one point of a shape from every lamp but one. */
export function lampLight(scene: Scene, style: StyleRecipe, item: Item, x: number, y: number, except?: Lamp): Rgb {
	let sum: Rgb = [0, 0, 0];
	for (const lamp of scene.lamps) {
		const distance = Math.hypot(x - lamp.x, y - lamp.y) / lamp.radius;
		if (lamp === except || !lamp.power || distance > 1) continue;
		const k = ((1 - distance) ** 2 * lamp.power * style.lightK) / fallOff(item, lamp) / 255;
		sum = plus(sum, shade(lamp.colour, k));
	}
	return multiply(item.colour, sum);
}
