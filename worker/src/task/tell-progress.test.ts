import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLog } from '@reelroom/shared/node/log.ts';
import { createProgressTeller, type TellProgressDeps } from './tell-progress.ts';

const task = { _id: 'task-0001', claim: 7, projectId: 'project-0001', shotId: 'shot-0001' };

/** A teller, and what it has written. */
function aTeller({ holds = () => true, everyMs = 60 }: { holds?: () => boolean; everyMs?: number } = {}) {
	const stop = new AbortController();
	const told: { value: number; at: number }[] = [];
	const pictures: number[] = [];
	const deps: TellProgressDeps = {
		claims: {
			async progress(_id, _claim, { value }) {
				if (holds()) told.push({ value, at: performance.now() });
				return holds();
			},
		},
		tasks: { find: async () => null },
		previews: { put: async ({ bytes }) => void pictures.push(bytes[0] ?? 0) },
		log: createLog('test', 'silent'),
		now: () => new Date(),
		everyMs,
	};
	return { stop, told, pictures, ...createProgressTeller(deps, task, stop) };
}
const said = (value: number, picture?: number) => ({
	...{ stage: 'sampling', value, max: 1_000 },
	...(picture === undefined ? {} : { preview: Uint8Array.of(picture) }),
});

test('of a flood no more is told than may be, and always the last that was said', async () => {
	const { tell, told, close } = aTeller();
	const began = performance.now();
	let value = 0;
	while (performance.now() - began < 400) {
		await tell(said(++value));
		await wait(1);
	}
	await expect.poll(() => told.at(-1)?.value).toBe(value);
	await close();
	expect(value).toBeGreaterThan(told.length * 2);
	const gaps = told.slice(1).map(({ at }, index) => at - (told[index]?.at ?? 0));
	expect(Math.min(...gaps)).toBeGreaterThanOrEqual(59);
});

test('a picture is told at once, with the number that was said a moment before it, and is not forgotten for the next number', async () => {
	const { tell, told, pictures, close } = aTeller({ everyMs: 10_000 });
	await tell(said(1));
	expect(told).toEqual([]);
	await tell(said(1, 11));
	expect([told.map(({ value }) => value), pictures]).toEqual([[1], [11]]);
	await close();
	const next = aTeller();
	await next.tell(said(1, 11));
	await next.tell(said(2, 12));
	await next.tell(said(3));
	await expect
		.poll(() => [next.told.map(({ value }) => value), next.pictures])
		.toEqual([
			[1, 3],
			[11, 12],
		]);
	await next.close();
	await next.tell(said(4));
	expect(next.told).toHaveLength(2);
});

test('a refused write stops the run, also when nobody waits for it', async () => {
	let isHeld = true;
	const { tell, stop, close } = aTeller({ holds: () => isHeld });
	await tell(said(1, 11));
	isHeld = false;
	await tell(said(2));
	await expect.poll(() => stop.signal.aborted).toBe(true);
	expect((stop.signal.reason as { reason: string }).reason).toBe('cancelled');
	await expect(tell(said(3))).rejects.toBe(stop.signal.reason);
	await close();
});
