import { afterAll, beforeAll, expect, it } from 'vitest';
import { aComfyServer, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { allDrawn, openHouse, signUp, type House } from './house.ts';

let comfy: FakeComfy;
let house: House;
beforeAll(async () => {
	comfy = await aComfyServer({ paceMs: 25 });
	house = await openHouse({ samples: 1, env: { COMFYUI_URLS: comfy.url } });
});
afterAll(async () => {
	await house?.close();
	await comfy?.close();
});

it('a shot is drawn by a ComfyUI: chosen in the inspector, seen forming in its cell, and drawn once although the worker is killed', async () => {
	const { page, faults } = await house.visitor();
	await signUp(page, house.url, 'Wanjiru');
	await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await page.waitForURL(/\/board/);
	await allDrawn(page);
	expect(comfy.received).toHaveLength(0);

	const cell = page.getByTestId('board-cell').first();
	await cell.click();
	const inspector = page.getByTestId('inspector');
	await inspector.getByTestId('model').selectOption('sd15-text-to-image');
	const takes = inspector.getByTestId('take');
	const before = await takes.count();
	await inspector.getByTestId('generate-shot').click();
	// The sampler's previews are shown while it is drawn.
	await cell.locator("img[src^='blob:']").waitFor();
	expect(comfy.received).toHaveLength(1);
	house.killWorker();
	await expect.poll(() => takes.count(), { timeout: 90_000 }).toBe(before + 1);
	expect(comfy.received).toHaveLength(1);
	expect(faults).toEqual([]);
}, 240_000);
