import { expect, test } from 'vitest';
import { clipTimeAt, isAstray } from './clip-time.ts';

test('a clip stands in the middle of the frame that its shot has come to', () => {
	expect(clipTimeAt(0, 2, 0.1)).toEqual({ at: 0.05, isOver: false });
	expect(clipTimeAt(1, 2, 0.1)).toEqual({ at: 1.05, isOver: false });
});

test('a clip that is shorter than its shot stands on its last frame and runs no more', () => {
	expect(clipTimeAt(1.9, 2, 0.1)).toEqual({ at: 1.95, isOver: true });
	expect(clipTimeAt(7, 2, 0.1)).toEqual({ at: 1.95, isOver: true });
	expect(clipTimeAt(3, 0, 0.1)).toEqual({ at: 0, isOver: true });
});

test('a clip is put right only when it is further off than is allowed', () => {
	expect(isAstray(1, 1.1, 0.15)).toBe(false);
	expect(isAstray(1, 1.2, 0.15)).toBe(true);
	expect(isAstray(1.2, 1, 0.15)).toBe(true);
});
