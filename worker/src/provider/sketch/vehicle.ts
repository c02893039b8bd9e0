import { mix, shade } from './colour.ts';
import type { Pen } from './pen.ts';
import { pairs } from './pen.ts';
import { ellipse, limb } from './shape.ts';

type Surroundings = { dark: boolean };
const drawWheel = (pen: Pen, x: number, radius: number, spokes: number): void => {
	pen.shape(ellipse(x, radius, radius, radius, 26), '#26211f');
	pen.shape(ellipse(x, radius, radius * 0.72, radius * 0.72, 22), spokes ? '#b9a98c' : '#8f949a', { noCel: true });
	for (let i = 0; i < spokes; i++) {
		const angle = (Math.PI * i) / spokes;
		const [dx, dy] = [Math.cos(angle) * radius * 0.85, Math.sin(angle) * radius * 0.85];
		pen.stroke(pairs([x - dx, radius - dy, x + dx, radius + dy]), 0.05, '#4f3a26', { fold: true, feature: false });
	}
	pen.shape(ellipse(x, radius, radius * 0.2, radius * 0.2, 12), '#3a302a');
};

function drawCar(pen: Pen, { dark }: Surroundings): void {
	const body = '#8f3a34';
	pen.shape(
		pairs([-2, 0.36, -2.05, 0.82, -1.5, 0.95, -0.95, 1.46, 0.55, 1.46, 1.1, 0.96, 1.95, 0.84, 2.08, 0.38]),
		body,
		{ smooth: false },
	);
	const glass = dark ? '#ffdf9c' : mix('#7f9aa8', '#ffffff', 0.25);
	pen.shape(pairs([-1.25, 0.96, -0.85, 1.36, -0.25, 1.36, -0.25, 0.96]), glass, { smooth: false, emit: dark });
	pen.shape(pairs([-0.13, 0.96, -0.13, 1.36, 0.48, 1.36, 0.88, 0.96]), glass, { smooth: false, emit: dark });
	pen.stroke(pairs([-0.19, 0.95, -0.19, 0.42]), 0.03, shade(body, 0.5), { fold: true, feature: false });
	pen.stroke(pairs([-1.95, 0.66, 2, 0.66]), 0.03, shade(body, 0.5), { fold: true, feature: false });
	pen.shape(ellipse(1.93, 0.72, 0.08, 0.1, 12), dark ? '#fff3c4' : '#e8e2cc', { emit: dark });
	drawWheel(pen, -1.2, 0.34, 0);
	drawWheel(pen, 1.25, 0.34, 0);
}

function drawCart(pen: Pen): void {
	pen.shape(limb(pairs([0.8, 0.72, 2.3, 0.86]), [0.045, 0.035]), '#5b4029', { smooth: false });
	pen.shape(pairs([-1.25, 0.66, 1, 0.66, 1.12, 1.18, -1.38, 1.18]), '#8a6540', { smooth: false });
	for (const y of [0.82, 1]) pen.stroke(pairs([-1.3, y, 1.06, y]), 0.03, '#4f3a26', { fold: true, feature: false });
	drawWheel(pen, -0.15, 0.56, 4);
}

function drawBoat(pen: Pen): void {
	pen.shape(pairs([-2.1, 0.62, -1.6, -0.12, 1.5, -0.12, 2.3, 0.78, 1.6, 0.52, -1.5, 0.46]), '#6a4a30');
	pen.stroke(pairs([-1.9, 0.34, 0, 0.2, 2, 0.44]), 0.04, '#3a281b', { fold: true, feature: false });
	pen.shape(pairs([-0.05, 0.4, 0.07, 0.4, 0.05, 3.1, -0.03, 3.1]), '#4d3826', { smooth: false });
	pen.shape(pairs([0.12, 0.7, 1.45, 0.85, 0.12, 2.95]), '#e6d8b8', { smooth: false });
}

const drawings = { car: drawCar, cart: drawCart, boat: drawBoat } satisfies Record<
	string,
	(pen: Pen, around: Surroundings) => void
>;
export type VehicleKind = keyof typeof drawings;
export const isVehicle = (kind: string): kind is VehicleKind => kind in drawings;

/** Draws a vehicle from the side, heading forward (x), in metres, its wheels or keel on the ground. */
export const drawVehicle = (pen: Pen, kind: VehicleKind, around: Surroundings): void => drawings[kind](pen, around);
