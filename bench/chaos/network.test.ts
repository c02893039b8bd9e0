import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openNetworkHouse, runNetwork } from './network.ts';

test('the network to ComfyUI is late, reset, half open and slow: no process dies, and every task comes to one end', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	const opened = await openNetworkHouse(dataDir);
	try {
		const figures = await runNetwork(opened, {
			on: ['comfyui'],
			phaseMs: () => 1_000,
			restMs: 0,
			rounds: 1,
			say: () => {},
		});
		expect(figures.faults).toEqual({ books: [] });
		expect(figures.tasks['succeeded']).toBeGreaterThan(20);
	} finally {
		await opened.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
