import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCancels } from './cancels.ts';
import { openTaskHouse } from './tasks.ts';

test('tasks are cancelled at random moments: each that was taken as cancelled ends so, ComfyUI is told within a second, no take appears later and nothing is paid', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	const { house, farm } = await openTaskHouse(dataDir, { paceMs: 15, plan: 'studio' });
	try {
		const { answers, toldMs, faults } = await runCancels(house, farm, { seed: 5, cancels: 40, say: () => {} });
		expect(faults).toEqual({ books: [] });
		expect(Object.values(answers).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(40);
		expect(toldMs.count).toBeGreaterThan(0);
	} finally {
		await house.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
