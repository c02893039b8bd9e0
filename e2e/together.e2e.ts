import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { joinByInvite, openHouse, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ samples: 1 });
});
afterAll(() => house?.close());

const names = (page: Page) =>
	page.getByTestId('presence-avatar').evaluateAll((all) => all.map((one) => one.getAttribute('title')));
const chosen = (page: Page) =>
	page.locator('[data-testid=board-cell][aria-current=true]').first().getAttribute('data-shot-id');

describe('people in one project', () => {
	it('see where the others are, follow them, and are one person in several windows', async () => {
		const { page: mei, context: meis, faults } = await house.visitor();
		await signUp(mei, house.url, 'Mei');
		await mei.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
		await mei.waitForURL(/\/board/);
		await mei.getByTestId('board-cell').nth(3).waitFor();
		const akuas = await house.visitor();
		const akua = akuas.page;
		await signUp(akua, house.url, 'Akua');
		await joinByInvite(mei, house.url, akua);
		await akua.goto(mei.url());
		await akua.getByTestId('board-cell').nth(3).waitFor();

		await expect.poll(() => names(mei)).toEqual(['Mei', 'Akua']);
		const another = await meis.newPage();
		await another.goto(mei.url());
		await another.getByTestId('board-cell').nth(3).waitFor();
		await expect.poll(() => names(another)).toEqual(['Mei', 'Akua']);
		expect(await names(akua)).toEqual(['Akua', 'Mei']);

		// Mei follows Akua from shot to shot and from view to view.
		await mei.bringToFront();
		await mei.getByTestId('presence-avatar').nth(1).click();
		await mei.getByRole('menuitemradio', { name: /Akua/ }).click();
		await mei.getByTestId('follow-frame').filter({ hasText: 'Following Akua' }).waitFor();
		await akua.getByTestId('board-cell').nth(3).click();
		await expect.poll(() => chosen(mei)).toBe(await akua.getByTestId('board-cell').nth(3).getAttribute('data-shot-id'));
		await mei.locator('.scene', { has: mei.getByRole('img', { name: 'Akua is here' }) }).waitFor();
		await akua.getByTestId('tab-film').click();
		await mei.waitForURL(/\/film/);
		await akua.getByRole('slider').first().press('End');
		await expect
			.poll(() => mei.getByRole('slider').first().inputValue())
			.toBe(await akua.getByRole('slider').first().inputValue());
		await mei.getByTestId('other-playhead').filter({ hasText: 'Akua' }).waitFor();
		await akua.getByTestId('tab-script').click();
		await mei.waitForURL(/\/script/);
		// What Mei does herself ends it.
		await mei.locator('.cm-content').click();
		await expect.poll(() => mei.getByTestId('follow-frame').count()).toBe(0);

		// A window that is gone is gone within two seconds for everybody.
		await another.close();
		const left = Date.now();
		await akuas.context.close();
		await expect.poll(() => names(mei), { timeout: 2_000, interval: 50 }).toEqual(['Mei']);
		expect(Date.now() - left).toBeLessThan(2_500);
		expect([...faults, ...akuas.faults]).toEqual([]);
	}, 180_000);

	it('type in one line from two browsers, one without a network, the server killed meanwhile, and come to one text', async () => {
		const ours = await house.visitor();
		await signUp(ours.page, house.url, 'Ines');
		await makeProject(ours.page, 'One line', 'INT. ROOM - DAY\n\n[middle]\n');
		const theirs = await house.visitor({ apart: true });
		await signUp(theirs.page, house.url, 'Wei');
		await joinByInvite(ours.page, house.url, theirs.page);
		const address = ours.page.url().replace('/board', '/script');
		const pages = [ours.page, theirs.page];
		for (const page of pages) {
			await page.goto(address);
			await page.locator('.cm-line', { hasText: '[middle]' }).click();
		}
		await ours.page.keyboard.press('Home');
		await theirs.page.keyboard.press('End');
		// A caret of somebody else stands in the line with their name; it is no text of it.
		const line = (page: Page) =>
			page.locator('.cm-line', { hasText: '[middle]' }).evaluate((element) => {
				const copy = element.cloneNode(true) as HTMLElement;
				for (const caret of copy.querySelectorAll('.cm-ySelectionCaret')) caret.remove();
				return copy.textContent;
			});
		const type = async (round: string) => {
			for (let at = 0; at < 8; at++) {
				await ours.page.keyboard.type(`a${round}${at} `);
				await theirs.page.keyboard.type(` 乙${round}${at}`);
			}
		};
		await type('x');
		await theirs.context.setOffline(true);
		await type('y');
		house.killServer();
		await type('z');
		await theirs.context.setOffline(false);
		for (const page of pages)
			await expect
				.poll(() => page.getByTestId('save-mark').getAttribute('data-state'), { timeout: 30_000 })
				.toBe('saved');
		const words = (name: string) =>
			['x', 'y', 'z'].flatMap((round) => Array.from({ length: 8 }, (_, at) => `${name}${round}${at}`));
		await expect.poll(() => line(ours.page)).toBe(`${words('a').join(' ')} [middle] ${words('乙').join(' ')}`);
		await expect.poll(() => line(theirs.page)).toBe(await line(ours.page));
		const fresh = await house.visitor({ storageState: await ours.context.storageState() });
		await fresh.page.goto(address);
		await fresh.page.locator('.cm-line', { hasText: '[middle]' }).waitFor();
		await expect.poll(() => line(fresh.page)).toBe(await line(ours.page));
		expect([...ours.faults, ...theirs.faults]).toEqual([]);
	}, 180_000);
});
