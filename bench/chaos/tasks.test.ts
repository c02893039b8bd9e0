import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTaskHouse, runTaskChaos } from './tasks.ts';

test('pictures are asked for, and some cancelled, while servers, workers and the database are killed and ComfyUI goes wrong: every task comes to one end, is paid once, and its prompt is sent once', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	const { house, farm } = await openTaskHouse(dataDir);
	try {
		const about = { seed: 6, tasks: 60, kills: 8, limitMs: 200_000, say: () => {} };
		const figures = await runTaskChaos(house, farm, about);
		expect(figures.faults).toEqual({ books: [] });
		expect(figures.tasks['succeeded']).toBeGreaterThan(30);
	} finally {
		await house.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
