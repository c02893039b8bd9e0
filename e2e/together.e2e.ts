import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { joinByInvite, openHouse, signUp, type House } from './house.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse();
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
});
