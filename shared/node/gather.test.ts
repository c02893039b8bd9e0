import { expect, test } from 'vitest';
import { createGather } from './gather.ts';

test('what is asked at the same time, or while it works, is worked on together, and everybody gets their own answer', async () => {
	const calls: number[][] = [];
	const gates: (() => void)[] = [];
	const double = createGather(async (numbers: number[]) => {
		calls.push(numbers);
		await new Promise<void>((open) => gates.push(open));
		return numbers.map((number) => number * 2);
	});
	const first = [1, 2].map(double);
	await expect.poll(() => gates.length).toBe(1);
	const second = [3, 4, 5].map(double);
	gates[0]?.();
	expect(await Promise.all(first)).toEqual([2, 4]);
	await expect.poll(() => gates.length).toBe(2);
	gates[1]?.();
	expect(await Promise.all(second)).toEqual([6, 8, 10]);
	expect(calls).toEqual([
		[1, 2],
		[3, 4, 5],
	]);
});

test('a call that fails fails those in it and nobody else, and never more than so many are in one', async () => {
	const ask = createGather(async (words: string[]) => {
		if (words.includes('bad')) throw new Error('bad');
		return words;
	}, 2);
	const asked = ['good', 'bad', 'better'].map((word) =>
		ask(word).then(
			(answer) => answer,
			() => 'failed',
		),
	);
	expect(await Promise.all(asked)).toEqual(['failed', 'failed', 'better']);
});
