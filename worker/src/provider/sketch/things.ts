import { drawCreature, isCreature, lengthOf } from './creature.ts';
import { createPen } from './pen.ts';
import type { StagedFigure, Stage } from './scene.ts';
import { ellipse } from './shape.ts';
import type { Point } from './shape.ts';
import { drawVehicle, isVehicle } from './vehicle.ts';

/** Metres between two things that stand side by side. */
const gap = 0.5;

/** Sets the animals and vehicles that a shot names beside its figures, or in its middle when nobody else is there. */
export function placeThings(stage: Stage, facing: 1 | -1, figures: readonly StagedFigure[], tight: boolean): void {
	const { W, r, camera, spec, P, add, dark } = stage;
	const alone = !figures.some(({ extra }) => !extra);
	// The free side of the frame: figures stand on the other one.
	const free = facing > 0 ? 0.7 : 0.3;
	let across = (((alone ? 0.5 : free) + r.range(-0.04, 0.04)) * W - camera.centreX) / camera.focal;
	for (const kind of spec.things) {
		const vehicle = isVehicle(kind);
		if (!vehicle && !isCreature(kind)) continue;
		const length = vehicle ? 4.4 : lengthOf(kind) + 0.5;
		// Vehicles stand farther off, or they would fill the frame; in tight shots everything stays behind the face.
		const depth = Math.max(camera.distance * (tight && !alone ? 1.35 : 1.04), (length * camera.focal) / (W * 0.55));
		const X = across * depth;
		const [footX, footY] = P(X, 0, depth);
		const scale = camera.focal / depth;
		const towards = alone ? facing : footX > W / 2 ? -1 : 1;
		const place = (x: number, y: number): Point => [footX + towards * x * scale, footY - y * scale];
		add(ellipse(footX, footY + 2, length * 0.5 * scale, Math.max(3, 0.07 * scale), 20), '#0a0c14', {
			z: depth + 0.01,
			opacity: 0.3,
			noLine: true,
			noCel: true,
			group: 'fig',
			soft: true,
		});
		const pen = createPen(
			(points, colour, options) =>
				add(points, colour, { z: depth, group: 'fig', headPx: Math.min(200, scale * 0.3), fine: 5, ...options }),
			place,
			scale,
		);
		if (vehicle) drawVehicle(pen, kind, { dark });
		else drawCreature(pen, kind, /\b(runs?|gallops?|chases?|races?|bolts?)\b|跑|奔|追/i.test(spec.text));
		across += ((length + gap) / depth) * (across > 0 ? -1 : 1);
	}
}
