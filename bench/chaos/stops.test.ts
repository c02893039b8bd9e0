import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runStops } from './stops.ts';
import { openTaskHouse } from './tasks.ts';

test('servers and workers are asked to end while people ask and pictures are drawn: they end well and in time, whoever asks is answered, and no attempt at a task is lost', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	const { house } = await openTaskHouse(dataDir, { paceMs: 10, plan: 'studio' });
	try {
		const { answers, faults } = await runStops(house, { seed: 5, stops: 3, say: () => {} });
		expect(faults).toEqual({ books: [] });
		expect(answers['200']).toBeGreaterThan(100);
		expect(answers['cut'] ?? 0).toBeLessThan(10);
		expect(answers['202']).toBeGreaterThan(0);
	} finally {
		await house.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
