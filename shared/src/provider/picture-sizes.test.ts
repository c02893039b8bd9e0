import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { clipSecondsToAsk } from './clip-length.ts';
import { cropTo, shapeDistance, sizeToAsk, type PictureSizes, type Size } from './picture-sizes.ts';

const side = fc.integer({ min: 64, max: 4096 });
const anySize: fc.Arbitrary<Size> = fc.tuple(side, side);
const three: PictureSizes = {
	of: [
		[1024, 1024],
		[1536, 1024],
		[1024, 1536],
	],
};

test('of some sizes the nearest shape is asked for, then the smallest that is as large as the wish, else the largest', () => {
	expect(sizeToAsk(three, [1280, 720])).toEqual([1536, 1024]);
	expect(sizeToAsk(three, [720, 1280])).toEqual([1024, 1536]);
	expect(sizeToAsk(three, [500, 480])).toEqual([1024, 1024]);
	const wide: PictureSizes = {
		of: [
			[3840, 2160],
			[2048, 1152],
			[1024, 576],
		],
	};
	expect(sizeToAsk(wide, [1280, 720])).toEqual([2048, 1152]);
	expect(sizeToAsk(wide, [4096, 2304])).toEqual([3840, 2160]);
	expect(sizeToAsk(wide, [640, 360])).toEqual([1024, 576]);
});

test('of sizes within bounds what is asked for is within them, and near to the shape of the wish', () => {
	const bounds = { step: 8, minSidePx: 240, maxSidePx: 4096, minPixels: 921_600, maxPixels: 16_777_216 };
	expect(sizeToAsk(bounds, [1280, 720])).toEqual([1280, 720]);
	expect(sizeToAsk(bounds, [640, 360])).toEqual([1280, 720]);
	fc.assert(
		fc.property(anySize, (wish) => {
			fc.pre(shapeDistance(wish, [1, 1]) < Math.log(3));
			const [width, height] = sizeToAsk(bounds, wish);
			expect(width % 8 === 0 && height % 8 === 0).toBe(true);
			expect(width * height).toBeGreaterThanOrEqual(bounds.minPixels);
			expect(width * height).toBeLessThanOrEqual(bounds.maxPixels);
			expect(shapeDistance([width, height], wish)).toBeLessThan(0.05);
		}),
	);
});

test('a picture is cropped within itself to the shape of the wish, and never made larger', () => {
	fc.assert(
		fc.property(anySize, anySize, (has, wish) => {
			const { left, top, width, height, to } = cropTo(has, wish);
			expect(left >= 0 && top >= 0 && left + width <= has[0] && top + height <= has[1]).toBe(true);
			expect(to[0] <= width && to[1] <= height).toBe(true);
			if (has[0] >= wish[0] && has[1] >= wish[1]) expect(to).toEqual(wish);
		}),
	);
});

test('a clip is as long as the shot or a little longer, as far as the model goes', () => {
	const ask = (durationFrames: number, lengths: Parameters<typeof clipSecondsToAsk>[0]) =>
		clipSecondsToAsk(lengths, { durationFrames, fps: 24 });
	const two = { secondsOf: [5, 10] };
	expect([ask(48, two), ask(120, two), ask(121, two), ask(400, two)]).toEqual([5, 5, 5, 10]);
	expect([ask(130, two)]).toEqual([10]);
	const range = { fromSeconds: 4, toSeconds: 12 };
	expect([ask(24, range), ask(100, range), ask(480, range)]).toEqual([4, 5, 12]);
	expect(clipSecondsToAsk(two, {})).toBe(5);
});
