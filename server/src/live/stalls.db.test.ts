import { monitorEventLoopDelay } from 'node:perf_hooks';
import { beforeAll, expect, test } from 'vitest';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { aSyncHouse, largestFrames, saved, type SyncHouse } from './testing.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

/** Nobody may be held up for longer, whatever others do. */
const mostStallMs = 250;

/** How long the event loop stood still at most while this was done. */
async function worstStallMs(work: () => Promise<unknown>): Promise<number> {
	const delay = monitorEventLoopDelay({ resolution: 5 });
	delay.enable();
	await work();
	// One more look, which is late when the end of the work was long.
	await new Promise((resolve) => setTimeout(resolve, 20));
	delay.disable();
	return delay.max / 1e6;
}

test('what another server takes in large frames, opening all of it and folding it hold up nobody who types in another document', async () => {
	const [one, two] = [await house.server(), await house.server()];
	const life = await two.documents.open('heavy');
	const typist = house.client(two.port, 'light', 'yu');
	await saved(typist);
	const frames = largestFrames(3);
	const letters = frames.length * 80_000;
	const { socket, opened } = house.socket(one.port, 'heavy', 'mallory');
	await opened;

	const following = await worstStallMs(async () => {
		for (const each of frames) socket.send(each);
		while (scriptOf(life.doc).length < letters) {
			scriptOf(typist.doc).insert(0, 'y');
			await saved(typist);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	});
	expect(following).toBeLessThan(mostStallMs);

	const opening = await worstStallMs(async () => {
		const three = await house.server();
		expect(scriptOf((await three.documents.open('heavy')).doc).length).toBe(letters);
	});
	expect(opening).toBeLessThan(mostStallMs);

	// The last of them folds the journal.
	const folding = await worstStallMs(() => one.documents.close());
	expect(folding).toBeLessThan(mostStallMs);
	expect(await house.journal.rows('heavy')).toEqual([]);

	const reopening = await worstStallMs(async () => {
		const four = await house.server();
		expect(scriptOf((await four.documents.open('heavy')).doc).length).toBe(letters);
	});
	expect(reopening).toBeLessThan(mostStallMs);
}, 120_000);
