import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { allDrawn, joinByInvite, openHouse, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ samples: 1 });
});
afterAll(() => house?.close());

const setStatus = async (page: Page, name: string) => {
	await page.getByTestId('review-status').getByRole('button').click();
	await page.getByRole('menuitemradio', { name }).click();
};
const cellStatus = (page: Page, nth: number) =>
	page.getByTestId('board-cell').nth(nth).getByTestId('cell-review').getAttribute('data-status');

describe('judging a film together', () => {
	it('a reviewer pins a note that names somebody, it is answered and settled, and an approved shot asks before it changes', async () => {
		const meis = await house.visitor();
		const mei = meis.page;
		await signUp(mei, house.url, 'Mei');
		await mei.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
		await mei.waitForURL(/\/board/);
		await allDrawn(mei);
		const akuas = await house.visitor({ locale: 'zh-CN', colorScheme: 'light' });
		const akua = akuas.page;
		await signUp(akua, house.url, 'Akua');
		await mei.getByTestId('share').click();
		await mei.getByTestId('invite-role').selectOption('reviewer');
		await mei.keyboard.press('Escape');
		await joinByInvite(mei, house.url, akua);
		await akua.goto(mei.url());

		// Akua may not change the shot, and says what should change.
		await akua.getByTestId('board-cell').nth(1).click();
		expect(await akua.getByTestId('field-action').isDisabled()).toBe(true);
		await akua.getByTestId('pin-layer').click({ position: { x: 60, y: 40 } });
		await akua.getByTestId('note-field').pressSequentially('Put the lamp out, @me');
		await akua.getByRole('option', { name: 'Mei' }).waitFor();
		await akua.keyboard.press('Enter');
		await akua.getByTestId('note-field-send').click();
		await akua.getByTestId('pin').filter({ hasText: '1' }).waitFor();

		// Mei is told at once, is led to the note, and answers it.
		await mei.getByTestId('unread').filter({ hasText: '1' }).waitFor();
		expect(await mei.getByTestId('board-cell').nth(1).getByTestId('cell-notes').innerText()).toContain('1');
		await mei.getByTestId('notifications').click();
		await mei.getByTestId('notification').filter({ hasText: 'Akua mentioned you' }).click();
		await mei.getByTestId('thread').filter({ hasText: 'Put the lamp out, @Mei' }).waitFor();
		await expect.poll(() => mei.getByTestId('unread').count()).toBe(0);
		await mei.getByTestId('answer').click();
		await mei.keyboard.type('It is out.');
		await mei.keyboard.press('Enter');
		await akua.getByTestId('thread').filter({ hasText: 'It is out.' }).waitFor();

		// Both settle it; Akua approves, from the keys as well.
		await Promise.all([akua.getByTestId('resolve').click(), mei.getByTestId('resolve').click()]);
		await expect.poll(() => mei.getByTestId('thread').count()).toBe(0);
		await mei.getByTestId('notes-resolved').click();
		await mei.getByTestId('thread').filter({ hasText: 'Put the lamp out' }).waitFor();
		await setStatus(akua, '已通过');
		await expect.poll(() => cellStatus(mei, 1)).toBe('approved');

		// Left approved, nothing changed; said yes to, it is changed and in review.
		const action = mei.getByTestId('field-action');
		const before = await action.inputValue();
		await action.fill('She walks the other way.');
		await mei.getByTestId('approved-strip').filter({ hasText: '1B is approved' }).waitFor();
		await mei.getByTestId('leave-approved').click();
		await expect.poll(() => action.inputValue()).toBe(before);
		expect(await cellStatus(mei, 1)).toBe('approved');
		await action.fill('She walks the other way.');
		await mei.getByTestId('change-approved').click();
		await expect.poll(() => cellStatus(akua, 1)).toBe('in-review');
		await expect.poll(() => akua.getByTestId('field-action').inputValue()).toBe('She walks the other way.');
		await mei.getByTestId('board-cell').nth(1).focus();
		await setStatus(mei, 'Approved');
		await mei.getByTestId('board-cell').nth(1).focus();
		await mei.keyboard.press('Delete');
		await mei.getByTestId('approved-strip').waitFor();
		await mei.getByTestId('leave-approved').click();
		expect(await mei.getByTestId('board-cell').nth(1).getByTestId('cell-review').count()).toBe(1);
		await mei.getByTestId('review-filter').selectOption('approved');
		await expect.poll(() => mei.getByTestId('board-cell').count()).toBe(1);
		await mei.getByTestId('review-filter').selectOption('');

		// A note on words of the script stands beside them.
		await mei.getByTestId('tab-script').click();
		await mei.locator('.cm-line', { hasText: 'Snow falls' }).first().click();
		await mei.keyboard.press('Home');
		await mei.keyboard.press('Shift+End');
		await mei.getByTestId('note-on-script').click();
		await mei.getByTestId('script-note-field').fill('Too long.');
		await mei.keyboard.press('Enter');
		await mei.getByTestId('script-margin').getByTestId('thread').filter({ hasText: 'Too long.' }).waitFor();
		await mei.locator('[data-range-id]').first().waitFor();

		// What is written without a network is kept, and arrives.
		await akuas.context.setOffline(true);
		await akua.getByTestId('board-cell').nth(2).click();
		await akua.getByTestId('note-field').fill('Written on a train.');
		await akua.getByTestId('note-field').press('Enter');
		await akua.getByTestId('thread').filter({ hasText: 'Written on a train.' }).waitFor();
		await akuas.context.setOffline(false);
		await mei.getByTestId('notes-button').click();
		await mei.getByTestId('notes-panel').getByText('Written on a train.').waitFor({ timeout: 30_000 });
		expect([...meis.faults, ...akuas.faults]).toEqual([]);
		await akuas.context.close();
		await meis.context.close();
	}, 240_000);

	it('a guest of a comment link leaves a note with a name from a phone, and a revoked link ends it', async () => {
		const owners = await house.visitor();
		const owner = owners.page;
		await signUp(owner, house.url, 'Olga');
		await makeProject(owner, 'Train', 'INT. TRAIN - NIGHT\n\nThe window is dark.\n');
		await owner.getByTestId('add-shot').first().click();
		await owner.getByTestId('tab-film').click();
		await owner.getByTestId('animatic-note-field').fill('Hold this longer.');
		await owner.getByTestId('animatic-note-field').press('Enter');
		await owner.getByTestId('player').getByTestId('time-mark').waitFor();
		await owner.getByTestId('render-start').click();
		await owner.getByTestId('film-item').first().waitFor({ timeout: 150_000 });
		await owner.getByTestId('share-kind').selectOption('comment');
		await owner.getByTestId('film-share').click();
		const path = new URL(await owner.getByTestId('share-url').inputValue()).pathname;

		const plain = await house.visitor({ javaScriptEnabled: false, viewport: { width: 375, height: 812 } });
		await plain.page.goto(house.url + path);
		expect(await plain.page.locator('video').count(), 'the film is there before JavaScript').toBe(1);
		const guests = await house.visitor({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });
		const guest = guests.page;
		await guest.goto(house.url + path);
		await guest.locator('input[name="guest-name"]').fill('Client');
		await guest.getByTestId('film-note-field').fill('I love the window.');
		await guest.getByTestId('pin-film').click();
		await guest.getByTestId('film-note-field-send').click();
		await guest.getByTestId('thread').filter({ hasText: 'I love the window.' }).waitFor();
		expect(await guest.evaluate(() => document.documentElement.scrollWidth > innerWidth), 'sideways').toBe(false);
		await guest.reload();
		await guest.getByTestId('thread').filter({ hasText: 'Client' }).waitFor();

		const seen = owner.getByTestId('film-notes').getByTestId('thread').filter({ hasText: 'I love the window.' });
		await seen.waitFor();
		expect(await seen.innerText()).toContain('Guest');
		await seen.getByTestId('answer').click();
		await owner.keyboard.type('Thank you.');
		await owner.keyboard.press('Enter');
		await guest.getByText('Thank you.').waitFor();

		await owner.getByRole('button', { name: 'End link' }).click();
		await guest.getByTestId('share-over').waitFor();
		expect(await guest.locator('video').count()).toBe(0);
		expect([...owners.faults, ...guests.faults]).toEqual([]);
	}, 240_000);
});
