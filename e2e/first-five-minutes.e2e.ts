import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allDrawn, joinByInvite, openHouse, renderAndShare, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ samples: 2 });
});
afterAll(() => house?.close());

describe('from signing up to a shared film', () => {
	it('shows a new user the sample film drawn and lets it play, be rendered, watched, sought and shared', async () => {
		const { page, faults } = await house.visitor();
		await signUp(page, house.url, 'Mei');
		await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
		await page.waitForURL(/\/board/);
		expect(await allDrawn(page)).toBeGreaterThan(20);
		await expect.poll(() => page.getByTestId('save-mark').getAttribute('data-state')).toBe('saved');

		await page.getByTestId('tab-film').click();
		const player = page.getByTestId('player');
		await player.waitFor();
		const before = await player.textContent();
		await page.getByTestId('play').first().click();
		await expect.poll(() => player.textContent(), { timeout: 10_000 }).not.toBe(before);
		await page.getByTestId('play').first().click();

		const address = await renderAndShare(page);
		expect(address).toMatch(/^\/s\//);

		const stranger = await house.visitor({ locale: 'zh-CN' });
		await stranger.page.goto(house.url + address);
		const video = stranger.page.locator('video');
		await video.waitFor();
		// A card of the link has a still.
		const still = await stranger.page.locator('meta[property="og:image"]').getAttribute('content');
		const card = await stranger.page.request.get(new URL(new URL(still ?? '').pathname, house.url).href);
		expect([card.status(), card.headers()['content-type']]).toEqual([200, 'image/jpeg']);
		// A film that can be sought is one that answers ranges.
		const sought = await video.evaluate(async (element) => {
			const media = element as HTMLVideoElement;
			media.preload = 'auto';
			if (media.readyState < 1)
				await new Promise((resolve) => media.addEventListener('loadedmetadata', resolve, { once: true }));
			const done = new Promise((resolve) => media.addEventListener('seeked', resolve, { once: true }));
			media.currentTime = media.duration / 2;
			await done;
			return { at: media.currentTime, duration: media.duration, width: media.videoWidth };
		});
		expect(sought.duration).toBeGreaterThan(60);
		expect(sought.at).toBeCloseTo(sought.duration / 2, 0);
		expect(sought.width).toBe(1280);
		expect([...faults, ...stranger.faults]).toEqual([]);
	}, 300_000);

	it('takes a Chinese script to a drawn board, with a second person at the same script', async () => {
		const text = await readFile(new URL('../shared/defaults/samples/yugong-yishan.fountain', import.meta.url), 'utf8');
		const { page, faults } = await house.visitor();
		await signUp(page, house.url, 'Akua');
		await makeProject(page, '移山', text);
		await page.getByTestId('break-down').first().click();
		await page.getByTestId('accept-break-down').click();
		await expect.poll(() => page.getByTestId('board-cell').count()).toBeGreaterThan(14);
		await page.getByTestId('generate-board').click();
		await allDrawn(page);

		const second = await house.visitor();
		await signUp(second.page, house.url, 'Linus');
		await joinByInvite(page, house.url, second.page);
		await second.page.getByTestId('tab-script').click();
		const theirs = second.page.getByTestId('script-editor').locator('.cm-content');
		await theirs.waitFor();
		await page.getByTestId('tab-script').click();
		const ours = page.getByTestId('script-editor').locator('.cm-content');
		await ours.waitFor();
		await ours.click();
		await page.keyboard.press('Control+Home');
		await page.keyboard.insertText('《移山记》');
		await expect.poll(() => theirs.textContent()).toContain('《移山记》');
		await expect.poll(() => page.getByTestId('save-mark').getAttribute('data-state')).toBe('saved');
		await expect.poll(() => second.page.getByTestId('presence-avatar').count()).toBeGreaterThan(1);
		expect([...faults, ...second.faults]).toEqual([]);
	}, 240_000);

	it('keeps what is typed while the server is killed, says so, and has it all when it is back', async () => {
		const { page, faults } = await house.visitor();
		await signUp(page, house.url, 'Ines');
		await page.getByTestId('new-project').first().click();
		await page.locator('input[name="name"]').fill('Storm');
		await page.locator('dialog button[type="submit"]').click();
		await page.waitForURL(/\/projects\/[^/]+\//);
		const address = page.url().replace(/\/(board|film)$/, '/script');
		await page.goto(address);
		const mark = page.getByTestId('save-mark');
		const saved = () => expect.poll(() => mark.getAttribute('data-state'), { timeout: 20_000 }).toBe('saved');
		await page.locator('.cm-content').click();
		await page.keyboard.type('INT. CABIN - NIGHT\n\nThe lamp burns.\n');
		await saved();

		house.killServer();
		await page.keyboard.type('\nThe wind takes the roof.');
		await mark.filter({ hasText: /Offline, \d+ changes? kept here/ }).waitFor();
		await page.keyboard.type('\n\nShe goes on writing.');
		await saved();

		const second = await house.visitor({ storageState: await page.context().storageState() });
		await second.page.goto(address);
		for (const words of ['The lamp burns.', 'The wind takes the roof.', 'She goes on writing.'])
			await second.page.locator('.cm-content', { hasText: words }).waitFor();
		expect((await second.page.locator('.cm-content').innerText()).match(/wind takes the roof/g)).toHaveLength(1);
		expect(faults).toEqual([]);
	}, 120_000);
});
