import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHouse } from './house.ts';
import { runChaos } from './run.ts';

test('eight people type while two servers and the database are killed twenty times: nothing acknowledged is lost, nothing is there twice, nothing was shown as saved too early', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	const house = await openHouse(dataDir, { servers: 2 });
	try {
		const figures = await runChaos(house, { seed: 4, kills: 20, limitMs: 100_000, perSecond: 5, say: () => {} });
		expect(figures.faults).toEqual({ lost: [], doubled: [], early: [], other: [] });
		expect(figures.acknowledged).toBeGreaterThan(500);
	} finally {
		await house.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
