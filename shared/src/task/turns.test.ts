import { expect, test } from 'vitest';
import { turnsOf, type Waiting } from './turns.ts';

type Plan = Parameters<typeof turnsOf>[0]['plan'];
const now = new Date('2026-01-01T00:00:00Z');

/** A queue of memory, in which people ask and workers take what is next. */
function aQueue() {
	let queue: { who: string; projectId: string; turn: number }[] = [];
	const waitingOf = (who: string): Waiting => ({
		first: queue.length === 0 ? null : Math.min(...queue.map(({ turn }) => turn)),
		lastOf: queue
			.filter((task) => task.who === who)
			.reduce<Record<string, number>>(
				(last, { projectId, turn }) => ({ ...last, [projectId]: Math.max(turn, last[projectId] ?? 0) }),
				{},
			),
	});
	return {
		ask(
			who: string,
			count: number,
			{
				plan = 'free',
				projectId = who,
				inBackground = false,
			}: { plan?: Plan; projectId?: string; inBackground?: boolean } = {},
		) {
			const turns = turnsOf({ now, plan, projectId, waiting: waitingOf(who), count, inBackground });
			queue.push(...turns.map((turn) => ({ who, projectId, turn })));
		},
		/** Takes the next ones; answers whose they are. */
		take(count: number, by: 'who' | 'projectId' = 'who'): string[] {
			queue = queue.toSorted((a, b) => a.turn - b.turn);
			return queue.splice(0, count).map((task) => task[by]);
		},
	};
}
const countOf = (taken: string[], who: string) => taken.filter((one) => one === who).length;

test('who comes with little is not kept waiting by who came first with much', () => {
	const queue = aQueue();
	queue.ask('ada', 500);
	queue.take(200);
	queue.ask('yu', 2);
	expect(queue.take(6)).toContain('yu');
	expect(countOf(queue.take(4), 'yu')).toBeLessThanOrEqual(1);
});

test('people who have asked for the same take turns, and none is made up to who did not ask', () => {
	const queue = aQueue();
	queue.ask('ada', 500);
	queue.take(300);
	queue.ask('yu', 500);
	queue.ask('bo', 500);
	const taken = queue.take(90);
	for (const who of ['ada', 'yu', 'bo']) expect(Math.abs(countOf(taken, who) - 30), who).toBeLessThanOrEqual(2);
});

test('a higher plan comes more often, and the others come all the same', () => {
	const queue = aQueue();
	queue.ask('free', 100);
	queue.ask('pro', 100, { plan: 'pro' });
	queue.ask('studio', 100, { plan: 'studio' });
	const taken = queue.take(70);
	expect(['free', 'pro', 'studio'].map((who) => Math.round(countOf(taken, who) / 10))).toEqual([1, 2, 4]);
});

test('several projects of one person take turns, and give that person hardly more than one would', () => {
	const queue = aQueue();
	queue.ask('ada', 100, { projectId: 'first' });
	queue.ask('ada', 100, { projectId: 'second' });
	queue.ask('yu', 100);
	const projects = queue.take(50, 'projectId');
	expect(countOf(projects, 'second')).toBeGreaterThanOrEqual(8);
	expect(countOf(projects, 'yu')).toBeGreaterThanOrEqual(18);
});

test('what waits is reached however much others ask for meanwhile', () => {
	const queue = aQueue();
	queue.ask('ada', 20);
	let reached = 0;
	for (let round = 0; round < 60 && reached < 20; round++) {
		queue.ask('crowd', 5, { plan: 'studio' });
		reached += countOf(queue.take(5), 'ada');
	}
	expect(reached).toBe(20);
});

test('one after the other keeps the order in which it was asked for', () => {
	const queue = aQueue();
	queue.ask('ada', 3, { projectId: 'board' });
	queue.ask('ada', 3, { projectId: 'board' });
	expect(queue.take(6)).toHaveLength(6);
	const turns = turnsOf({ now, plan: 'free', projectId: 'p', waiting: { first: 5, lastOf: { p: 9 } }, count: 2 });
	expect(turns).toEqual([1009, 2009]);
});

test('samples that are drawn behind the backs of newcomers hold up nobody, their own films least of all, and come at once where nothing else waits', () => {
	const queue = aQueue();
	for (const who of ['ada', 'yu', 'bo'])
		for (const sample of ['one', 'two']) queue.ask(who, 27, { projectId: `${who}/${sample}`, inBackground: true });
	expect(queue.take(6)).toHaveLength(6);
	queue.ask('ada', 4, { projectId: 'ada/film' });
	// At most one of each sample comes before them.
	expect(queue.take(10, 'projectId').filter((projectId) => projectId === 'ada/film')).toHaveLength(4);
	queue.ask('ada', 100, { projectId: 'ada/film' });
	expect(new Set(queue.take(100, 'projectId')).size, 'samples go on').toBeGreaterThan(3);
});
