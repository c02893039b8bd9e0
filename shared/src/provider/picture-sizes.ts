/** Width and height in pixels. */
export type Size = readonly [number, number];
/** The sizes a model makes: some, or all within bounds. */
export type PictureSizes =
	| { of: readonly Size[] }
	| {
			/** Both sides are multiples of this. */
			step: number;
			minSidePx: number;
			maxSidePx: number;
			minPixels: number;
			maxPixels: number;
	  };

/** How far two shapes are apart; 0 for equal ones. */
export const shapeDistance = (a: Size, b: Size): number => Math.abs(Math.log(a[0] / a[1]) - Math.log(b[0] / b[1]));

/** Of some sizes the one in shape nearest to the wish, and of those the smallest that is as large; the largest where none is. */
function nearestOf(sizes: readonly Size[], wish: Size): Size {
	const pixels = ([width, height]: Size) => width * height;
	// Shapes that differ by less than a hundredth are one: 1920 × 1088 is 16:9.
	const rank = (size: Size): [number, number, number] => {
		const covers = size[0] >= wish[0] && size[1] >= wish[1];
		return [Math.round(shapeDistance(size, wish) * 100), covers ? 0 : 1, covers ? pixels(size) : -pixels(size)];
	};
	const [first, ...others] = sizes;
	if (first === undefined) return wish;
	return others.reduce((best, size) => {
		const [a, b] = [rank(size), rank(best)];
		const at = a.findIndex((value, index) => value !== b[index]);
		return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0) ? size : best;
	}, first);
}

/** The size to ask a model for: as near to the wish as it makes them. What comes is cropped to the shape of the wish. */
export function sizeToAsk(sizes: PictureSizes, wish: Size): Size {
	if ('of' in sizes) return nearestOf(sizes.of, wish);
	const { step, minSidePx, maxSidePx, minPixels, maxPixels } = sizes;
	const pixels = wish[0] * wish[1];
	const scale =
		pixels < minPixels ? Math.sqrt(minPixels / pixels) : pixels > maxPixels ? Math.sqrt(maxPixels / pixels) : 1;
	// Rounded towards what is allowed: up where there were too few pixels, down where there were too many.
	const round = scale > 1 ? Math.ceil : scale < 1 ? Math.floor : Math.round;
	const side = (px: number) =>
		Math.min(
			Math.floor(maxSidePx / step) * step,
			Math.max(Math.ceil(minSidePx / step) * step, round((px * scale) / step) * step),
		);
	return [side(wish[0]), side(wish[1])];
}

/** The part of a picture that has the shape of the wish, from its middle, and how large it is to be: as wished, or smaller where there are not the pixels. Nothing is blown up. */
export function cropTo(has: Size, wish: Size): { left: number; top: number; width: number; height: number; to: Size } {
	const scale = Math.min(has[0] / wish[0], has[1] / wish[1]);
	const [width, height] = [
		Math.max(1, Math.min(has[0], Math.round(wish[0] * scale))),
		Math.max(1, Math.min(has[1], Math.round(wish[1] * scale))),
	];
	const to: Size = scale >= 1 ? wish : [width, height];
	return {
		left: Math.floor((has[0] - width) / 2),
		top: Math.floor((has[1] - height) / 2),
		width,
		height,
		to,
	};
}
