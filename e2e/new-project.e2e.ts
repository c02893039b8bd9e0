import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHouse, signUp, type House } from './house.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ samples: 1 });
});
afterAll(() => house?.close());

it('a file that is no script, or that has gone, makes no project, and what was given stays', async () => {
	const { page } = await house.visitor();
	await signUp(page, house.url, 'Nia');
	await page.getByTestId('project-card').first().waitFor();
	const projects = async () =>
		((await (await page.request.get(`${house.url}/api/v1/projects`)).json()) as unknown[]).length;
	const before = await projects();
	await page.getByTestId('new-project').first().click();
	const picker = page.locator('input[type="file"]');
	const picture = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2000)]);
	await picker.setInputFiles({ name: 'story.fountain', mimeType: 'text/plain', buffer: picture });
	await page.locator('button[type="submit"]').click();
	await page.getByRole('alert').filter({ hasText: 'not a script' }).waitFor();
	expect(await page.locator('input[name="name"]').inputValue()).toBe('story');
	expect(await projects()).toBe(before);

	// The browser lets go of the file between choosing and sending.
	await page.evaluate(() => {
		File.prototype.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
	});
	let made = 0;
	page.on('request', (request) => {
		if (request.method() === 'POST' && /\/api\/v1\/projects$/.test(request.url())) made++;
	});
	await page.locator('button[type="submit"]').click();
	await page.getByRole('alert').filter({ hasText: 'not a script' }).waitFor();
	await expect.poll(() => page.locator('button[type="submit"]').isEnabled()).toBe(true);
	expect([made, await projects()]).toEqual([0, before]);
}, 120_000);
