import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { openHouse, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house?.close());

const mark = (page: Page) => page.getByTestId('save-mark');
const saved = (page: Page) =>
	expect.poll(() => mark(page).getAttribute('data-state'), { timeout: 20_000 }).toBe('saved');
const password = 'a long enough secret';
/** Signs somebody in in this browser without any of its windows. */
const signIn = (context: BrowserContext, kind: 'register' | 'login', email: string) =>
	context.request.post(`${house.url}/api/v1/auth/${kind}`, {
		data: { email, password, ...(kind === 'register' ? { name: email } : {}) },
		headers: { origin: house.url },
	});
async function aFilm(page: Page): Promise<string> {
	await page.goto(`${house.url}/projects`);
	await makeProject(page, 'Train', 'INT. TRAIN - NIGHT\n\nThe window is dark.\n');
	await page.getByTestId('tab-script').click();
	await page.locator('.cm-content', { hasText: 'The window is dark.' }).waitFor();
	await saved(page);
	await page.evaluate(() => navigator.serviceWorker.ready);
	// What the worker keeps for a time without a network is there once it has taken the page over.
	await expect
		.poll(() => page.evaluate(async () => (await (await caches.open('reelroom-replies')).keys()).length))
		.toBeGreaterThan(1);
	await page.reload();
	await saved(page);
	return page.url();
}
/** Waits until the databases of this device have what was written so far: a reader waits for the writers before it. */
async function onDevice(): Promise<void> {
	for (const { name } of await indexedDB.databases()) {
		const database = await new Promise<IDBDatabase>((resolve) => {
			const request = indexedDB.open(name ?? '');
			request.onsuccess = () => resolve(request.result);
		});
		const [store] = database.objectStoreNames;
		if (store !== undefined)
			await new Promise((resolve) => {
				database
					.transaction([...database.objectStoreNames])
					.objectStore(store)
					.count().onsuccess = resolve;
			});
		database.close();
	}
}
async function writeOffline(context: BrowserContext, page: Page, words: string): Promise<void> {
	await context.setOffline(true);
	await page.reload();
	await page.locator('.cm-content', { hasText: 'The window is dark.' }).waitFor();
	await expect.poll(() => mark(page).getAttribute('data-state')).toBe('offline');
	await page.locator('.cm-content').click();
	await page.keyboard.press('Control+End');
	await page.keyboard.type(words);
	await mark(page)
		.filter({ hasText: /Offline, \d+ changes? kept here/ })
		.waitFor();
	await page.evaluate(onDevice);
}

it('what somebody wrote is never sent in the name of whoever signs in after them, and waits for them', async () => {
	const { context, page, faults } = await house.visitor();
	expect((await signIn(context, 'register', 'mei@example.org')).status()).toBe(201);
	const address = await aFilm(page);
	await writeOffline(context, page, 'Only Mei wrote this.');
	expect((await signIn(context, 'register', 'eve@example.org')).status()).toBe(201);
	await context.setOffline(false);
	await page.getByTestId('displaced').waitFor();

	expect((await signIn(context, 'login', 'mei@example.org')).status()).toBe(200);
	await page.goto(address);
	await page.locator('.cm-content', { hasText: 'Only Mei wrote this.' }).waitFor();
	await saved(page);
	expect(faults).toEqual([]);
}, 180_000);

it('logging out asks before it takes away what was not sent, and closes the other windows', async () => {
	const { context, page, faults } = await house.visitor();
	expect((await signIn(context, 'register', 'li@example.org')).status()).toBe(201);
	const address = await aFilm(page);
	await writeOffline(context, page, 'Not sent.');
	await page.goto(`${house.url}/projects`);
	await context.setOffline(false);
	await page.getByRole('button', { name: 'Log out' }).click();
	await expect.poll(() => page.getByTestId('unsent').textContent()).toContain('Train');
	await page.getByRole('button', { name: 'Cancel' }).click();

	const other = await context.newPage();
	await other.goto(address);
	await other.locator('.cm-content', { hasText: 'Not sent.' }).waitFor();
	await saved(other);
	await page.getByRole('button', { name: 'Log out' }).click();
	await page.waitForURL(`${house.url}/`);
	await other.getByTestId('displaced').waitFor();
	await expect.poll(() => other.locator('.cm-content').count()).toBe(0);
	expect(faults).toEqual([]);
}, 180_000);
