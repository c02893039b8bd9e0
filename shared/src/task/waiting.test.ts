import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainQueue, restOf, type QueueEntry, type QueueState } from './waiting.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);
const entry = (id: string, about: Partial<QueueEntry> = {}): QueueEntry => ({
	...{ id, createdBy: 'ada', projectId: 'film', provider: 'sketch', timeKey: 'fast', retryAt: null, atOnce: null },
	...about,
});
const aState = (about: Partial<QueueState> = {}): QueueState => ({
	now,
	queue: [],
	running: [],
	workers: [{ places: 1, providers: { sketch: null, comfyui: { up: 1, room: 1 } } }],
	paused: new Set(),
	timeOf: (key) => (key === 'slow' ? { ms: 60_000, spreadMs: 0 } : { ms: 1_000, spreadMs: 0 }),
	...about,
});
const whys = (state: QueueState) => [...explainQueue(state).values()].map(({ why }) => why);

test('each task waits for one reason, and what holds it longest is told first', () => {
	const queue = [
		entry('turn'),
		entry('retry', { retryAt: later(5_000) }),
		entry('paused', { projectId: 'other', retryAt: later(5_000) }),
		entry('limit', { createdBy: 'yu', atOnce: 1 }),
		entry('away', { provider: 'away' }),
		entry('comfy', { provider: 'comfyui' }),
	];
	const running = [{ createdBy: 'yu', timeKey: 'fast', startedAt: now, etaMs: null }];
	const state = aState({ queue, running, paused: new Set(['other']) });
	expect(whys(state)).toEqual(['turn', 'retry', 'paused', 'user-limit', 'no-provider', 'turn']);
	const of = (nodes: { up: number; room: number }) => [{ places: 1, providers: { sketch: null, comfyui: nodes } }];
	expect(whys({ ...state, workers: of({ up: 2, room: 0 }) }).at(-1)).toBe('nodes-busy');
	expect(whys({ ...state, workers: of({ up: 0, room: 0 }) }).at(-1)).toBe('no-provider');
	expect(whys({ ...state, workers: [] })).toEqual([
		'no-worker',
		'retry',
		'paused',
		'no-worker',
		'no-worker',
		'no-worker',
	]);
});

test('places count what can go on, and what is held back has neither a place nor an end in sight', () => {
	const queue = [
		entry('held', { projectId: 'other' }),
		entry('a'),
		entry('retry', { retryAt: later(5_000) }),
		entry('b'),
	];
	const told = explainQueue(aState({ queue, paused: new Set(['other']) }));
	expect([...told].map(([id, { place, eta }]) => [id, place, eta?.leastMs ?? null])).toEqual([
		['held', null, null],
		['a', 1, 1_000],
		['retry', null, 6_000],
		['b', 2, 7_000],
	]);
});

test('an end is told by what runs, what is before it, how long that takes and how many places there are', () => {
	const running = [{ createdBy: 'yu', timeKey: 'slow', startedAt: later(-20_000), etaMs: null }];
	const queue = [entry('a'), entry('b', { timeKey: 'slow' }), entry('c')];
	const ends = (places: number) =>
		[...explainQueue(aState({ queue, running, workers: [{ places, providers: { sketch: null } }] })).values()].map(
			({ eta }) => eta?.leastMs,
		);
	expect(ends(1)).toEqual([41_000, 101_000, 102_000]);
	expect(ends(2)).toEqual([1_000, 61_000, 41_000]);
});

test('who may have one running at once has their tasks one after the other, and others beside them', () => {
	const queue = [entry('a', { atOnce: 1 }), entry('b', { atOnce: 1 }), entry('c', { createdBy: 'yu' })];
	const told = explainQueue(aState({ queue, workers: [{ places: 3, providers: { sketch: null } }] }));
	expect([...told.values()].map(({ eta }) => eta?.leastMs)).toEqual([1_000, 2_000, 1_000]);
});

test('what is uncertain is told as a range, and of what runs the provider’s own word counts', () => {
	const timeOf = () => ({ ms: 10_000, spreadMs: 2_000 });
	expect(explainQueue(aState({ queue: [entry('a')], timeOf })).get('a')?.eta).toEqual({
		leastMs: 8_000,
		mostMs: 14_000,
	});
	const began = { timeKey: 'x', startedAt: later(-3_000) };
	expect(restOf({ ...began, etaMs: null }, now, timeOf)).toEqual({ leastMs: 5_000, mostMs: 11_000 });
	expect(restOf({ ...began, etaMs: 1_000 }, now, timeOf)).toEqual({ leastMs: 800, mostMs: 1_300 });
	expect(restOf({ timeKey: 'x', startedAt: later(-99_000), etaMs: null }, now, timeOf)).toEqual({
		leastMs: 0,
		mostMs: 0,
	});
});

test('whatever the queue: everyone has one answer, places are 1, 2, 3 … in order, and at least is never more than at most', () => {
	const arbitrary = fc.record({
		createdBy: fc.constantFrom('ada', 'yu', 'bo'),
		projectId: fc.constantFrom('film', 'other'),
		provider: fc.constantFrom('sketch', 'comfyui', 'away'),
		timeKey: fc.constantFrom('fast', 'slow'),
		retryAt: fc.option(fc.integer({ min: -9_000, max: 9_000 }).map(later)),
		atOnce: fc.option(fc.integer({ min: 1, max: 3 })),
	});
	fc.assert(
		fc.property(fc.array(arbitrary, { maxLength: 40 }), fc.integer({ min: 0, max: 4 }), (abouts, places) => {
			const queue = abouts.map((about, index) => entry(String(index), about));
			const workers = [{ places, providers: { sketch: null, comfyui: { up: 1, room: 0 } } }];
			const told = explainQueue(aState({ queue, workers, paused: new Set(['other']) }));
			expect(told.size).toBe(queue.length);
			const numbers = [...told.values()].flatMap(({ place }) => place ?? []);
			expect(numbers).toEqual(numbers.map((_, index) => index + 1));
			for (const { eta } of told.values()) expect((eta?.leastMs ?? 0) <= (eta?.mostMs ?? 0)).toBe(true);
		}),
	);
});
