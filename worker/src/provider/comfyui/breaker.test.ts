import { expect, test } from 'vitest';
import { createBreaker } from './breaker.ts';

function aBreaker() {
	let at = 0;
	const breaker = createBreaker({ faultsUntilLeft: 3, firstMs: 100, mostMs: 400, now: () => at });
	return { breaker, pass: (ms: number) => (at += ms) };
}
const fail = (breaker: ReturnType<typeof createBreaker>): void => {
	breaker.began();
	breaker.ended('fault');
};

test('it is given work once it has answered, and left after faults one after the other', () => {
	const { breaker } = aBreaker();
	expect([breaker.state(), breaker.mayWork(), breaker.mayLook()]).toEqual(['away', false, true]);
	breaker.answered();
	fail(breaker);
	fail(breaker);
	breaker.began();
	breaker.ended('well');
	fail(breaker);
	fail(breaker);
	expect(breaker.state()).toBe('up');
	// That it answers in between makes no work good.
	breaker.answered();
	fail(breaker);
	expect([breaker.state(), breaker.mayWork(), breaker.mayLook()]).toEqual(['left', false, false]);
});

test('what was left is looked at again later each time, and tried with one piece of work', () => {
	const { breaker, pass } = aBreaker();
	breaker.answered();
	for (let count = 0; count < 3; count++) fail(breaker);
	pass(99);
	expect(breaker.mayLook()).toBe(false);
	pass(1);
	expect(breaker.mayLook()).toBe(true);
	breaker.silent();
	pass(199);
	expect(breaker.mayLook()).toBe(false);
	pass(1);
	breaker.answered();
	expect([breaker.state(), breaker.mayWork()]).toEqual(['trying', true]);
	breaker.began();
	expect(breaker.mayWork()).toBe(false);
	breaker.ended('fault');
	expect(breaker.state()).toBe('left');
	pass(400);
	breaker.answered();
	breaker.began();
	breaker.ended('well');
	expect([breaker.state(), breaker.mayWork()]).toEqual(['up', true]);
});

test('silence is counted apart: one that answers again has not been silent', () => {
	const { breaker } = aBreaker();
	breaker.answered();
	breaker.silent();
	breaker.silent();
	breaker.answered();
	breaker.silent();
	breaker.silent();
	expect(breaker.state()).toBe('up');
	breaker.silent();
	expect(breaker.state()).toBe('left');
	// What ended for other reasons says nothing.
	breaker.began();
	breaker.ended('other');
	expect(breaker.state()).toBe('left');
});
