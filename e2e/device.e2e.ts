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
const keptHere = async (page: Page): Promise<void> => {
	await expect.poll(() => mark(page).textContent()).toMatch(/Offline, \d+ changes? kept here/);
	await expect.poll(() => mark(page).getAttribute('aria-busy')).toBe('false');
};
/** The script, without the carets of others that stand in it. */
const text = (page: Page) =>
	page.locator('.cm-content').evaluate((element) => {
		const copy = element.cloneNode(true) as HTMLElement;
		for (const caret of copy.querySelectorAll('.cm-ySelectionCaret')) caret.remove();
		return [...copy.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n');
	});

/** Makes a project of one scene with one shot and opens its script; answers its address. */
async function aScript(page: Page, name: string): Promise<string> {
	await makeProject(page, name, 'INT. ROOM - DAY\n\nA chair stands here.\n');
	await page.getByTestId('add-shot').first().click();
	await saved(page);
	await page.getByTestId('tab-script').click();
	await page.locator('.cm-line', { hasText: 'A chair' }).waitFor();
	return page.url();
}
async function type(page: Page, key: 'Home' | 'End', words: string): Promise<void> {
	await page.locator('.cm-line', { hasText: 'stands' }).click();
	await page.keyboard.press(key);
	await page.keyboard.type(words);
}

describe('two windows of one browser without a network', () => {
	it('write in one line and on one shot; one is closed, and the other brings what both wrote, once', async () => {
		const { page: one, context, faults } = await house.visitor();
		await signUp(one, house.url, 'Mei');
		const address = await aScript(one, 'Two windows');
		const two = await context.newPage();
		two.setDefaultTimeout(20_000);
		const asked: string[] = [];
		two.on('dialog', (dialog) => (asked.push(dialog.message()), void dialog.accept()));
		two.on('pageerror', (error) => faults.push(error.message));
		await two.goto(address);
		await two.locator('.cm-line', { hasText: 'A chair' }).waitFor();
		await Promise.all([saved(one), saved(two)]);
		await one.evaluate(() => navigator.serviceWorker.ready);

		await context.setOffline(true);
		for (const page of [one, two])
			await expect.poll(() => mark(page).getAttribute('data-state'), { timeout: 10_000 }).toBe('offline');
		await type(one, 'End', ' One was here.');
		await type(two, 'Home', 'Two says: ');
		await one.getByTestId('tab-board').click();
		await one.getByTestId('board-cell').first().click();
		await one.getByTestId('field-action').fill('One’s action');
		await one.getByTestId('field-action').press('Tab');
		await two.getByTestId('tab-board').click();
		await two.getByTestId('board-cell').first().click();
		await two.getByTestId('field-prompt').fill('Two’s prompt');
		await two.getByTestId('field-prompt').press('Tab');
		await Promise.all([keptHere(one), keptHere(two)]);
		await one.close();

		await context.setOffline(false);
		await saved(two);
		// Somebody else has the words of both, though the first window has not come back.
		const other = await house.visitor({ storageState: await context.storageState() });
		await other.page.goto(address);
		await other.page.locator('.cm-line', { hasText: 'Two says: A chair stands here. One was here.' }).waitFor();
		await other.page.getByTestId('tab-board').click();
		await other.page.getByTestId('board-cell').first().click();
		await expect.poll(() => other.page.getByTestId('field-action').inputValue()).toBe('One’s action');
		await expect.poll(() => other.page.getByTestId('field-prompt').inputValue()).toBe('Two’s prompt');

		const again = await context.newPage();
		await again.goto(address);
		await again.locator('.cm-line', { hasText: 'Two says: A chair stands here. One was here.' }).waitFor();
		await saved(again);
		expect(asked).toEqual([]);
		expect([...faults, ...other.faults]).toEqual([]);
	}, 120_000);
});

describe('a window that closes while it alone has no connection', () => {
	it('leaves its words to the other window, which sends them at once', async () => {
		const { page: one, context, faults } = await house.visitor();
		await signUp(one, house.url, 'Kim');
		const address = await aScript(one, 'One goes');
		const two = await context.newPage();
		await two.goto(address);
		await two.locator('.cm-line', { hasText: 'A chair' }).waitFor();
		await Promise.all([saved(one), saved(two)]);
		const devtools = await context.newCDPSession(one);
		await devtools.send('Network.enable');
		const nothing = { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 };
		await devtools.send('Network.emulateNetworkConditions', nothing);
		await expect.poll(() => mark(one).getAttribute('data-state'), { timeout: 10_000 }).toBe('offline');
		await type(one, 'End', ' One was here.');
		await keptHere(one);
		await one.close();
		await two.locator('.cm-line', { hasText: 'A chair stands here. One was here.' }).waitFor();
		await saved(two);
		const other = await house.visitor({ storageState: await context.storageState() });
		await other.page.goto(address);
		await other.page.locator('.cm-line', { hasText: 'A chair stands here. One was here.' }).waitFor();
		expect(faults).toEqual([]);
	}, 120_000);
});

describe('a browser that keeps nothing on the device', () => {
	it('opens the studio at once, says so, warns who leaves with what nobody else has, and sends it all later', async () => {
		const { page, context, faults } = await house.visitor();
		await context.addInitScript(() => {
			IDBFactory.prototype.open = () => {
				throw new DOMException('The user denied permission to access the database.', 'SecurityError');
			};
		});
		await signUp(page, house.url, 'Yu');
		await aScript(page, 'Private');
		await page.reload();
		await page.getByText('This browser keeps nothing on this device').waitFor();
		await page.locator('.cm-line', { hasText: 'A chair' }).waitFor();
		await saved(page);

		await context.setOffline(true);
		await expect.poll(() => mark(page).getAttribute('data-state'), { timeout: 10_000 }).toBe('offline');
		await page.getByTestId('tab-board').click();
		await page.getByTestId('board-cell').first().click();
		await page.getByTestId('note-field').fill('Too dark');
		await page.keyboard.press('Control+Enter');
		await page.getByTestId('note').filter({ hasText: 'Too dark' }).waitFor();
		// A note alone is enough to be asked.
		const first = page.waitForEvent('dialog');
		await page.close({ runBeforeUnload: true });
		await (await first).dismiss();
		await page.getByTestId('tab-script').click();
		await type(page, 'End', ' It is old.');
		await expect.poll(() => mark(page).textContent()).toMatch(/Offline, \d+ changes? in this window only/);

		await context.setOffline(false);
		await saved(page);
		const other = await house.visitor({ storageState: await context.storageState() });
		await other.page.goto(page.url());
		await other.page.locator('.cm-line', { hasText: 'A chair stands here. It is old.' }).waitFor();
		await other.page.getByTestId('notes-button').click();
		await other.page.getByTestId('note').filter({ hasText: 'Too dark' }).waitFor();
		expect([...faults, ...other.faults]).toEqual([]);
	}, 120_000);

	it('takes its database away or has no more room while somebody types: every word is saved all the same', async () => {
		const { page, context, faults } = await house.visitor();
		await signUp(page, house.url, 'Ada');
		const address = await aScript(page, 'Evicted');
		await saved(page);
		const devtools = await context.newCDPSession(page);
		await devtools.send('Storage.clearDataForOrigin', { origin: house.url, storageTypes: 'indexeddb' });
		await page.getByText('This browser keeps nothing on this device').waitFor();
		await type(page, 'End', ' Still here.');
		await saved(page);

		const full = await context.newPage();
		await full.goto(address);
		await full.locator('.cm-line', { hasText: 'Still here.' }).waitFor();
		await full.evaluate(() => {
			const { add } = IDBObjectStore.prototype;
			IDBObjectStore.prototype.add = function (...input) {
				const request = add.apply(this, input);
				this.transaction.abort();
				return request;
			};
		});
		await type(full, 'Home', 'Full: ');
		await full.getByText('This browser keeps nothing on this device').waitFor();
		await full.keyboard.type('every word. ');
		await saved(full);
		await expect.poll(() => text(page)).toContain('Full: every word. A chair stands here. Still here.');
		expect(faults).toEqual([]);
	}, 120_000);
});
