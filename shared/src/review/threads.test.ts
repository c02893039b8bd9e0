import { expect, it } from 'vitest';
import type { Note } from './note.ts';
import { fitsFilter, threadsOf } from './threads.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
function aNote(id: string, more: Partial<Note> = {}): Note {
	return {
		id,
		projectId: 'project-1',
		threadId: id,
		target: { kind: 'shot', shotId: 'shot-0001', point: null, frame: null },
		text: id,
		mentions: [],
		author: { kind: 'member', id: 'account-mei', name: 'Mei' },
		createdAt: at(1),
		editedAt: null,
		deletedAt: null,
		resolvedAt: null,
		resolvedBy: null,
		revision: 1,
		changedAt: at(1),
		...more,
	};
}
const anAnswer = (id: string, threadId: string, more: Partial<Note> = {}) =>
	aNote(id, { threadId, target: null, ...more });
const shape = (notes: Note[]) => threadsOf(notes).map(({ root, answers }) => [root.id, ...answers.map(({ id }) => id)]);

it('threads and their answers stand in the order in which they were written, however they came', () => {
	const notes = [
		anAnswer('c', 'a', { createdAt: at(5) }),
		aNote('z', { createdAt: at(3) }),
		anAnswer('b', 'a', { createdAt: at(4) }),
		aNote('a', { createdAt: at(2) }),
	];
	expect(shape(notes)).toEqual([['a', 'b', 'c'], ['z']]);
});

it('a deleted answer is gone; a deleted first note stays while it has answers', () => {
	const gone = { deletedAt: at(9), text: '' };
	expect(shape([aNote('a', gone), anAnswer('b', 'a')])).toEqual([['a', 'b']]);
	expect(shape([aNote('a'), anAnswer('b', 'a', gone)])).toEqual([['a']]);
	expect(shape([aNote('a', gone), anAnswer('b', 'a', gone)])).toEqual([]);
});

it('an answer whose thread is not known yet shows nothing', () => {
	expect(shape([anAnswer('b', 'a')])).toEqual([]);
});

it('“mine” are threads that one wrote in or is named in, settled ones too', () => {
	const guest = { kind: 'guest', id: 'account-mei', name: 'Mei' } as const;
	const [open, settled, named, foreign] = threadsOf([
		aNote('a'),
		aNote('b', { resolvedAt: at(7) }),
		aNote('c', { author: { ...guest, kind: 'member', id: 'account-2' }, mentions: ['account-mei'] }),
		aNote('d', { author: guest }),
	]);
	expect([open, settled, named, foreign].map((one) => one && fitsFilter(one, 'mine', 'account-mei'))).toEqual([
		true,
		true,
		true,
		false,
	]);
	expect([open, settled].map((one) => one && fitsFilter(one, 'open', 'account-mei'))).toEqual([true, false]);
});
