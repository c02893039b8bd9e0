import { expect, test } from 'vitest';
import { dayOf, endOf, priceOf, quotaOf } from './quota.ts';

const nothing = { taken: { image: 0, video: 0 }, used: { image: 0, video: 0 } };

test('a day is counted in UTC, wherever the person is, and ends at its next midnight', () => {
	expect(dayOf(new Date('2026-03-01T00:30:00+02:00'))).toBe('2026-02-28');
	expect(dayOf(new Date('2026-12-31T23:59:59.999Z'))).toBe('2026-12-31');
	expect(endOf('2026-12-31').toISOString()).toBe('2027-01-01T00:00:00.000Z');
	expect(endOf('2028-02-28').toISOString()).toBe('2028-02-29T00:00:00.000Z');
});

test('free has 10 pictures and 2 videos, pro 100 and 20, studio no limit', () => {
	const left = (plan: 'free' | 'pro' | 'studio') => {
		const { images, videos } = quotaOf(plan, '2026-01-01', nothing, {});
		return [images.left, videos.left];
	};
	expect([left('free'), left('pro'), left('studio')]).toEqual([
		[10, 2],
		[100, 20],
		[null, null],
	]);
});

test('what is reserved is no longer left, and a lowered plan leaves nothing rather than less', () => {
	const count = { taken: { image: 7, video: 5 }, used: { image: 4, video: 5 } };
	const { images, videos } = quotaOf('free', '2026-01-01', count, {});
	expect(images).toEqual({ limit: 10, used: 4, reserved: 3, left: 3 });
	expect(videos).toEqual({ limit: 2, used: 5, reserved: 0, left: 0 });
});

test('a provider costs what was set for it, else one; names of the language itself are no prices', () => {
	expect([priceOf({ sketch: 0 }, 'sketch'), priceOf({ sketch: 0 }, 'comfyui'), priceOf({}, 'constructor')]).toEqual([
		0, 1, 1,
	]);
});
