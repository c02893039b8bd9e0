import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runQuota } from './quota.ts';
import { openTaskHouse } from './tasks.ts';

test('four hundred requests at three servers for the hundred pictures of a day, over midnight: exactly a hundred are granted on each day, and what fails, is cancelled or was made before costs nothing', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	const { house, farm } = await openTaskHouse(dataDir, { servers: 3, workers: 1 });
	try {
		const { before, after, cached, failed, cancelled } = await runQuota(house, farm);
		// One of the hundred failed.
		expect(before).toEqual({ granted: 100, refused: 330, counted: 99, inLedger: 99, made: 99 });
		expect(after).toEqual({ granted: 100, refused: 20, counted: 5, inLedger: 5, made: 5 });
		expect({ cached, failed, cancelled }).toEqual({ cached: 1, failed: 1, cancelled: 10 + 95 });
	} finally {
		await house.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
