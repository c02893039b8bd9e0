import { expect, test } from 'vitest';
import { WorkTime } from './work-time.ts';

test('an account whose time is spent gets a tenth of a second each second, and others keep theirs', () => {
	let now = 0;
	const work = new WorkTime(() => now);
	const takes = (ms: number) => () => void (now += ms);
	work.take('ada', takes(999));
	expect(work.mayTake('ada')).toBe(true);
	expect(() =>
		work.take('ada', () => {
			now += 501;
			throw new Error('not well-formed');
		}),
	).toThrow();
	expect([work.mayTake('ada'), work.mayTake('yu')]).toEqual([false, true]);
	now += 4_000;
	expect(work.mayTake('ada')).toBe(false);
	now += 1_500;
	expect(work.mayTake('ada')).toBe(true);
});
