import { expect, test } from 'vitest';
import { takeInUse, takesInUse } from './take-in-use.ts';

const aTake = (id: string, shotId: string, number: number) => ({ id, shotId, number });
const first = aTake('a', 'one', 1);
const second = aTake('b', 'one', 2);
const third = aTake('c', 'one', 3);
const foreign = aTake('d', 'two', 9);

test('the selected take is in use, wherever it stands among the others', () => {
	for (const takes of [
		[first, second, third],
		[third, second, first],
		[second, foreign, third, first],
	])
		expect(takeInUse({ id: 'one', selectedTakeId: 'b' }, takes)).toBe(second);
});

test('without a selection, or with one that is gone or of another shot, the highest number is in use', () => {
	for (const selectedTakeId of [null, 'gone', 'd'])
		expect(takeInUse({ id: 'one', selectedTakeId }, [second, third, foreign, first])).toBe(third);
});

test('a shot without a take has none in use, and takes of shots that are not asked for are left out', () => {
	expect(takeInUse({ id: 'three', selectedTakeId: 'a' }, [first, foreign])).toBeNull();
	const shots = [
		{ id: 'one', selectedTakeId: 'a' },
		{ id: 'three', selectedTakeId: null },
	];
	expect(takesInUse(shots, [first, second, foreign])).toEqual(new Map([['one', first]]));
});

test('what was made to see whether a recipe still gives the same is in use only when it is selected', () => {
	const again = {
		...aTake('again', 'one', 3),
		reproduces: { takeId: 'first', verdict: 'drifted', likeness: 0.4 } as const,
	};
	const takes = [first, second, again];
	expect(takeInUse({ id: 'one', selectedTakeId: null }, takes)?.id).toBe('b');
	expect(takeInUse({ id: 'one', selectedTakeId: 'again' }, takes)?.id).toBe('again');
});
