import { describe, expect, it } from 'vitest';
import type { Task } from '@reelroom/shared/task/task.ts';
import { noFilter } from './task-filter.ts';
import { applyChanges, fits } from './task-list.ts';

const aTask = (id: string, about: Partial<Task> = {}): Task => ({
	id,
	projectId: 'film',
	kind: 'image',
	shotId: null,
	label: `${id} A`,
	provider: 'sketch',
	style: 'noir',
	status: 'running',
	place: null,
	why: null,
	eta: null,
	attempt: 1,
	retryAt: null,
	progress: null,
	problem: null,
	takeId: null,
	filmId: null,
	createdBy: 'mei',
	createdByName: 'Mei',
	createdAt: '2026-03-01T12:00:00.000Z',
	startedAt: null,
	finishedAt: null,
	revision: 1,
	...about,
});
const whole = { filter: noFilter, isWhole: true };

it('a filter fits what the server finds by it', () => {
	const task = aTask('one', { status: 'queued', label: '12B', provider: 'comfyui' });
	const filter = (about: Partial<typeof noFilter>) => fits(task, { ...noFilter, ...about });
	expect([filter({}), filter({ status: 'active' }), filter({ status: 'queued' }), filter({ text: '2b' })]).toEqual([
		true,
		true,
		true,
		true,
	]);
	expect([
		filter({ status: 'finished' }),
		filter({ kind: 'video' }),
		filter({ provider: 'sketch' }),
		filter({ projectId: 'other' }),
		filter({ createdBy: 'rob' }),
		filter({ text: '13' }),
	]).toEqual([false, false, false, false, false, false]);
});

describe('a list of tasks', () => {
	const list = [aTask('two'), aTask('one')];

	it('shows the newest state of each in its place, and takes no older one for newer', () => {
		const progress = { stage: 'sampling', value: 3, max: 9, etaMs: null };
		const newer = { task: aTask('one', { revision: 3, progress }) };
		const older = { task: aTask('one', { revision: 2 }) };
		const { list: shown, again } = applyChanges(list, [newer, older], whole);
		expect(shown.map(({ id, revision }) => [id, revision])).toEqual([
			['two', 1],
			['one', 3],
		]);
		expect(again).toBe(false);
	});

	it('loses what is deleted or fits no longer', () => {
		const ended = { task: aTask('one', { revision: 2, status: 'succeeded' }) };
		const filter = { ...noFilter, status: 'active' as const };
		expect(applyChanges(list, [{ removed: 'two' }, ended], { filter, isWhole: true })).toEqual({
			list: [],
			again: false,
		});
	});

	it('is read anew for one that belongs into it, and not for one behind its end or beside its filter', () => {
		const later = { task: aTask('new', { createdAt: '2026-03-02T00:00:00.000Z' }) };
		const earlier = { task: aTask('old', { createdAt: '2026-02-01T00:00:00.000Z' }) };
		const again = (change: typeof later, how: Parameters<typeof applyChanges>[2]) =>
			applyChanges(list, [change], how).again;
		expect(again(later, whole)).toBe(true);
		expect(again(earlier, whole)).toBe(true);
		expect(again(earlier, { filter: noFilter, isWhole: false })).toBe(false);
		expect(again(later, { filter: { ...noFilter, provider: 'openai' }, isWhole: true })).toBe(false);
	});

	it('is read anew when those that wait in it have moved up', () => {
		const waiting = [aTask('three', { status: 'queued', place: 2 }), aTask('one')];
		const begins = { task: aTask('one', { revision: 2, status: 'succeeded' }) };
		expect(applyChanges(waiting, [begins], whole).again).toBe(true);
		const goesOn = { task: aTask('one', { revision: 2 }) };
		expect(applyChanges(waiting, [goesOn], whole).again).toBe(false);
	});
});
