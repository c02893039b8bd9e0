import { expect, test } from 'vitest';
import { countUpTo } from './count.ts';

test('a count is written in plain digits and is within its bounds', () => {
	const Count = countUpTo(500);
	expect([Count.parse('16'), Count.parse(16), Count.parse('500')]).toEqual([16, 16, 500]);
	for (const wrong of ['0x10', '1e2', ' 5', '5 ', '', '0', '501', '-1', '+5', '1.0', '٣', 'NaN', null, true, [5], 1.5])
		expect(Count.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
});
