import { expect, test } from 'vitest';
import { Unsent } from './unsent.ts';

test('words that were never answered keep their id when they are sent again; other words, and words that arrived, get their own', () => {
	let made = 0;
	const unsent = new Unsent(() => `id-${++made}`);
	const note = { threadId: null, text: 'Too dark' };
	expect([unsent.idFor(note), unsent.idFor({ ...note })]).toEqual(['id-1', 'id-1']);
	expect(unsent.idFor({ ...note, text: 'Too bright' })).toBe('id-2');
	unsent.arrived(note);
	expect(unsent.idFor(note)).toBe('id-3');
});
