import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { joinByInvite, openHouse, signUp, type House } from './house.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ samples: 1 });
});
afterAll(() => house?.close());

const script = (page: Page) => page.locator('[data-testid=script-editor] .cm-content');
const frozen = (page: Page) => page.locator('[data-testid=frozen-script] .cm-content');
const saved = (page: Page) => page.getByTestId('save-mark').filter({ hasText: 'Saved' }).waitFor();

async function keepAs(page: Page, name: string): Promise<void> {
	await page.getByTestId('open-history').last().click();
	await page.getByTestId('version-rename').click();
	await page.getByTestId('version-name').fill(name);
	await page.getByTestId('version-keep').click();
	await page.getByText(`Saved as “${name}”.`).waitFor();
	await page.keyboard.press('Escape');
	await page.getByTestId('history').waitFor({ state: 'detached' });
}

/** Moves the slider to the version of that name. */
async function lookAt(page: Page, name: string): Promise<void> {
	const slider = page.getByTestId('version-slider');
	await expect.poll(() => slider.getAttribute('max')).not.toBe('0');
	const title = page.getByTestId('version-title');
	await slider.press('Home');
	const last = Number(await slider.getAttribute('max'));
	for (let step = 0; step < last && (await title.textContent()) !== name; step++) await slider.press('ArrowRight');
	await title.filter({ hasText: name }).waitFor();
}

it('a script has a history: who wrote what, what is different, a version back and one scene back, and a way back from both', async () => {
	const { page: mei, faults } = await house.visitor();
	await signUp(mei, house.url, 'Mei');
	await mei.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await mei.waitForURL(/\/board/);
	await mei.getByTestId('board-cell').nth(3).waitFor();
	const akuas = await house.visitor();
	const akua = akuas.page;
	await signUp(akua, house.url, 'Akua');
	await joinByInvite(mei, house.url, akua);
	const address = mei.url().replace(/\/board.*/, '/script');

	await mei.goto(address);
	await script(mei).filter({ hasText: 'MATCH' }).waitFor();
	await keepAs(mei, 'First draft');
	await akua.goto(address);
	await script(akua).filter({ hasText: 'MATCH' }).waitFor();
	await script(akua).click();
	await akua.keyboard.press('Control+Home');
	await akua.keyboard.type('Akua was here. ');
	await saved(akua);
	await script(mei).filter({ hasText: 'Akua was here.' }).waitFor();
	await keepAs(mei, 'With Akua');

	await mei.getByTestId('open-history').last().click();
	await lookAt(mei, 'With Akua');
	await mei.locator('.fs-added', { hasText: 'Akua was here.' }).waitFor();
	await mei.getByTestId('history-authors').click();
	await mei.locator('.fs-author[title=Akua]').first().waitFor();
	expect(await mei.locator('.fs-author[title=Mei]').count()).toBeGreaterThan(0);
	await mei.getByTestId('history-changes').click();
	await mei.getByTestId('history-board').click();
	await mei.getByTestId('board-diff').waitFor();
	await mei.getByTestId('history-script').click();

	// The first draft comes back, Akua sees it, and it can be taken back.
	await lookAt(mei, 'First draft');
	await frozen(mei).filter({ hasNotText: 'Akua was here.' }).waitFor();
	// The title page ends below its last line, also where that takes two rows.
	const below = await frozen(mei)
		.locator('.sp-title-last')
		.evaluate((line) => Number.parseFloat(getComputedStyle(line).paddingBottom));
	expect(below).toBeGreaterThan(24);
	await mei.getByTestId('version-restore').click();
	await script(akua).filter({ hasNotText: 'Akua was here.' }).waitFor();
	await mei.getByRole('button', { name: 'Undo' }).click();
	await script(akua).filter({ hasText: 'Akua was here.' }).waitFor();

	// One scene that was lost comes back alone.
	await script(akua).click();
	await akua.keyboard.press('Control+a');
	await akua.keyboard.type('All is gone.');
	await saved(akua);
	await script(mei).filter({ hasText: 'All is gone.' }).waitFor();
	await mei.getByTestId('open-history').last().click();
	await lookAt(mei, 'First draft');
	await mei.getByTestId('scene-back').first().click();
	await script(akua).filter({ hasText: 'MARKET' }).waitFor();
	expect(await script(akua).textContent()).toContain('All is gone.');
	await mei.keyboard.press('Escape');

	// What Akua did is in the list of activity, once it was unread.
	await mei.getByTestId('activity-unread').waitFor();
	await mei.getByTestId('activity').click();
	await mei.locator('[data-testid=activity-row][data-kind=wrote]', { hasText: 'Akua' }).first().waitFor();
	await mei.locator('[data-testid=activity-row][data-kind=restored]').first().waitFor();
	await mei.locator('[data-testid=activity-row][data-kind=joined]', { hasText: 'Akua' }).waitFor();
	expect(await mei.getByTestId('activity-unread').count()).toBe(0);
	expect([...faults, ...akuas.faults]).toEqual([]);
}, 180_000);
