import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { openHouse, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house?.close());

const mark = (page: Page) => page.getByTestId('save-mark');
const saved = (page: Page) =>
	expect.poll(() => mark(page).getAttribute('data-state'), { timeout: 20_000 }).toBe('saved');

describe('without a network', () => {
	it('the studio opens, script and board are edited, pictures are asked for, and all of it arrives later', async () => {
		const { page, context, faults } = await house.visitor();
		await signUp(page, house.url, 'Mei');
		await makeProject(page, 'Train', 'INT. TRAIN - NIGHT\n\nThe window is dark.\n');
		const address = page.url();
		await page.getByTestId('add-shot').first().click();
		await saved(page);
		await page.evaluate(() => navigator.serviceWorker.ready);
		// What the worker keeps for such a time is there once it has taken the page over.
		await expect
			.poll(() => page.evaluate(async () => (await (await caches.open('reelroom-replies')).keys()).length))
			.toBeGreaterThan(1);
		await page.reload();
		await saved(page);

		// Whoever looks at the mark must not go on believing it: the network goes while the page stays open.
		const lostAt = Date.now();
		await context.setOffline(true);
		await expect.poll(() => mark(page).getAttribute('data-state'), { interval: 50 }).toBe('offline');
		expect(Date.now() - lostAt).toBeLessThan(3_000);
		await context.setOffline(false);
		await saved(page);

		await context.setOffline(true);
		await page.goto(address);
		await page.getByTestId('board-cell').first().waitFor();
		await expect.poll(() => mark(page).getAttribute('data-state')).toBe('offline');
		await page.getByTestId('add-shot').first().click();
		await expect.poll(() => page.getByTestId('board-cell').count()).toBe(2);
		await page.keyboard.press('Escape');
		await page.getByTestId('board-cell').nth(1).focus();
		await page.keyboard.press('g');
		await expect.poll(() => page.getByTestId('board-cell').nth(1).getAttribute('data-state')).toBe('held');
		await page.getByTestId('tab-script').click();
		await page.locator('.cm-content').click();
		await page.keyboard.press('Control+End');
		await page.keyboard.type('\n\nShe looks out.');
		await expect.poll(() => mark(page).getAttribute('aria-busy')).toBe('false');
		expect(await mark(page).textContent()).toMatch(/Offline, \d+ changes kept here/);

		// Leaving now leaves words that nobody else has: the browser asks first.
		const asked = page.waitForEvent('dialog');
		await page.close({ runBeforeUnload: true });
		const dialog = await asked;
		expect(dialog.type()).toBe('beforeunload');
		await dialog.dismiss();

		// All of it is still there after the window was closed and opened again without a network.
		await page.close();
		const again = await context.newPage();
		await again.goto(address);
		await expect.poll(() => again.getByTestId('board-cell').nth(1).getAttribute('data-state')).toBe('held');

		await context.setOffline(false);
		await saved(again);
		await expect
			.poll(() => again.getByTestId('board-cell').nth(1).getAttribute('data-state'), { timeout: 90_000 })
			.toBe('picture');
		const other = await house.visitor({ storageState: await context.storageState() });
		await other.page.goto(address.replace('/board', '/script'));
		await other.page.locator('.cm-content', { hasText: 'She looks out.' }).waitFor();
		await other.page.getByTestId('tab-board').click();
		await expect.poll(() => other.page.getByTestId('board-cell').count()).toBe(2);
		expect([...faults, ...other.faults]).toEqual([]);

		// Logging out leaves nothing of this on the device.
		await again.goto(`${house.url}/projects`);
		await again.getByRole('button', { name: 'Log out' }).click();
		await again.waitForURL(`${house.url}/`);
		const left = await again.evaluate(async () => ({
			databases: (await indexedDB.databases()).map(({ name }) => name),
			caches: (await caches.keys()).filter((name) => !name.startsWith('reelroom-program-')),
		}));
		expect(left).toEqual({ databases: [], caches: [] });
	}, 180_000);
});
