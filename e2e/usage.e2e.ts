import { afterAll, beforeAll, expect, it } from 'vitest';
import { allDrawn, joinByInvite, openHouse, signUp, type House } from './house.ts';

let house: House;
beforeAll(async () => {
	// A sketch costs a picture, so that there is something in the ledger.
	house = await openHouse({ samples: 1, env: { SKETCH_UNITS: '1', DEFAULT_PLAN: 'studio' } });
});
afterAll(() => house?.close());

it('what a workspace has used is seen by its owner, and one’s own by a member; the page of all tasks moves without asking', async () => {
	const meis = await house.visitor();
	const mei = meis.page;
	await signUp(mei, house.url, 'Mei');
	await mei.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await mei.waitForURL(/\/board/);
	const count = await allDrawn(mei);
	const robs = await house.visitor({ locale: 'zh-CN', viewport: { width: 375, height: 812 } });
	const rob = robs.page;
	await signUp(rob, house.url, 'Rob');
	await joinByInvite(mei, house.url, rob);
	await rob.getByTestId('board-cell').first().waitFor();

	// The page of all tasks shows what another window asks for, by hints alone.
	const watching = await meis.context.newPage();
	await watching.goto(`${house.url}/tasks`);
	const rows = watching.getByTestId('task-list').getByTestId('task');
	await rows.first().waitFor();
	const before = await rows.first().textContent();
	let asked = 0;
	watching.on('request', (request) => {
		if (/\/api\/v1\/tasks\?/.test(request.url())) asked++;
	});
	await mei.getByTestId('board-cell').first().click();
	await mei.getByTestId('generate-shot').click();
	await expect.poll(() => rows.first().textContent(), { timeout: 30_000 }).not.toBe(before);
	await expect.poll(() => rows.first().getAttribute('data-status'), { timeout: 60_000 }).toBe('succeeded');
	expect(asked).toBeLessThan(8);
	// Deleted, and put back.
	const all = await rows.count();
	await watching.getByTestId('task-list').getByRole('checkbox').first().check();
	await watching.getByTestId('batch-bar').getByRole('button', { name: 'Delete' }).click();
	await watching.getByText('1 task taken off the list').waitFor();
	await watching.getByRole('button', { name: 'Undo' }).click();
	await expect.poll(() => rows.count()).toBe(all);
	await watching.close();

	await mei.goto(`${house.url}/usage`);
	await mei.waitForURL(/\/workspaces\/[^/]+\/usage/);
	const people = mei.getByTestId('usage-people');
	await people.waitFor();
	expect(await people.innerText()).toContain('Mei');
	// The sample, and the one that was asked for.
	const total = Number((await mei.getByTestId('usage-total').locator('dd').first().innerText()).replace(/\D/g, ''));
	expect(total).toBeGreaterThan(count);
	await mei.getByTestId('ledger-entry').first().waitFor();
	await mei.getByTestId('span-7').click();
	await mei.waitForURL(/days=7/);
	await expect.poll(() => mei.getByTestId('usage-chart').locator('.day').count()).toBe(7);

	// Rob has made nothing in Mei’s workspace, and is not told what she has.
	await rob.goto(mei.url());
	await rob.getByText('这段时间没有生成任何内容').waitFor();
	expect(await rob.getByTestId('usage-people').count()).toBe(0);
	expect(await rob.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
	expect([...meis.faults, ...robs.faults]).toEqual([]);
}, 240_000);
