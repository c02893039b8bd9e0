/** Red, green, blue in 0..255; may leave that range while light is added up. */
export type Rgb = [number, number, number];
/** `#rrggbb` or numbers. */
export type Colour = string | Rgb;

export const clamp = (value: number, low = 0, high = 1) => (value < low ? low : value > high ? high : value);
const lerp = (from: number, to: number, t: number) => from + (to - from) * t;
/** Eased 0..1 between two edges. */
export const smoothstep = (low: number, high: number, value: number) => {
	const t = clamp((value - low) / (high - low));
	return t * t * (3 - 2 * t);
};

/** Numbers of a colour, however it is written. */
export function toRgb(colour: Colour): Rgb {
	if (typeof colour !== 'string') return colour;
	const value = Number.parseInt(colour.slice(1, 7), 16);
	return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function mix(a: Colour, b: Colour, t: number): Rgb {
	const [ar, ag, ab] = toRgb(a);
	const [br, bg, bb] = toRgb(b);
	return [lerp(ar, br, t), lerp(ag, bg, t), lerp(ab, bb, t)];
}

export function multiply(colour: Colour, factor: Rgb): Rgb {
	const [r, g, b] = toRgb(colour);
	return [r * factor[0], g * factor[1], b * factor[2]];
}

export const shade = (colour: Colour, k: number): Rgb => multiply(colour, [k, k, k]);
export const plus = (a: Rgb, b: Rgb): Rgb => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

/** Brightness in 0..1. */
function luminance(colour: Colour): number {
	const [r, g, b] = toRgb(colour);
	return (r * 0.3 + g * 0.59 + b * 0.11) / 255;
}

export function saturate(colour: Rgb, k: number): Rgb {
	const grey = luminance(colour) * 255;
	return [grey + (colour[0] - grey) * k, grey + (colour[1] - grey) * k, grey + (colour[2] - grey) * k];
}

/** A colour as the canvas wants it. */
export function css(colour: Colour, alpha = 1): string {
	const [r, g, b] = toRgb(colour).map((value) => Math.round(clamp(value, 0, 255)));
	return alpha >= 1 ? `rgb(${r},${g},${b})` : `rgba(${r},${g},${b},${alpha})`;
}
