import { expect, test } from 'vitest';
import { giveBackIdleMemory } from './idle-memory.ts';

/** Makes so many objects and forgets them. */
const burst = (count: number): number | undefined =>
	Array.from({ length: count }, (_, index) => ({ index })).at(-1)?.index;

test('what a burst of work left behind is given back once the process is at rest', async () => {
	expect(burst(2_000_000)).toBe(1_999_999);
	let giving: { close(): void } | undefined;
	const gaveBack = await new Promise<number>((resolve) => {
		giving = giveBackIdleMemory({ lookMs: 20, gaveBack: resolve });
	});
	giving?.close();
	expect(gaveBack).toBeGreaterThan(20 * 1024 * 1024);
});
