import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { anOpenai } from '@reelroom/shared/testing/cloud/openai.ts';
import { allDrawn, joinByInvite, openHouse, signUp, type House } from './house.ts';

const apiKey = 'sk-right-key-0123456789';
let service: Awaited<ReturnType<typeof anOpenai>>;
let house: House;
beforeAll(async () => {
	service = await anOpenai({ models: ['gpt-image-1'] });
	house = await openHouse({ samples: 1, env: { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: service.baseUrl } });
});
afterAll(async () => {
	await house?.close();
	await service?.close();
});
const drawer = (page: Page) => page.getByTestId('task-drawer');
const waitingWords = (page: Page) => drawer(page).getByTestId('why-waiting').first().textContent();

it('everybody sees why a task waits and who paused it, each attempt is told, and the page of all tasks finds, retries and deletes them', async () => {
	const { page, faults } = await house.visitor();
	await signUp(page, house.url, 'Mei');
	await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await page.waitForURL(/\/board/);
	await allDrawn(page);
	const { page: second } = await house.visitor();
	await signUp(second, house.url, 'Yu');
	await joinByInvite(page, house.url, second);
	await second.getByTestId('board-cell').first().waitFor();

	await page.getByTestId('open-tasks').click();
	await drawer(page).getByTestId('pause-tasks').click();
	await drawer(page).getByTestId('tasks-paused').waitFor();
	await second.getByTestId('paused-mark').waitFor();
	await page.keyboard.press('Escape');

	service.fail(/images\/generations/, {
		status: 429,
		headers: { 'Retry-After': '2' },
		body: { error: { message: 'Slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
	});
	await page.getByTestId('board-cell').first().click();
	const inspector = page.getByTestId('inspector');
	await inspector.getByTestId('model').selectOption('openai/gpt-image-1');
	await inspector.getByTestId('generate-shot').click();
	await second.getByTestId('open-tasks').click();
	await expect.poll(() => waitingWords(second)).toContain('the tasks of this project are paused');
	expect(await drawer(second).getByTestId('tasks-paused').textContent()).toContain('Mei paused the tasks');
	await drawer(second).getByTestId('resume-tasks').click();
	await page.getByTestId('paused-mark').waitFor({ state: 'detached' });

	// The provider asks to wait, and the task says so until it goes on by itself.
	await expect.poll(() => waitingWords(second), { timeout: 20_000 }).toMatch(/Retrying (in|now)/);
	const task = drawer(second).getByTestId('task').first();
	expect(await task.textContent()).toContain('The provider asks to wait');
	await expect.poll(() => task.getAttribute('data-status'), { timeout: 30_000 }).toBe('succeeded');
	await task.getByRole('button', { expanded: false }).click();
	const attempts = task.getByTestId('attempts').locator('li');
	await expect.poll(() => attempts.count()).toBe(2);
	expect(await attempts.evaluateAll((all) => all.map((one) => one.getAttribute('data-outcome')))).toEqual([
		'failed',
		'succeeded',
	]);
	expect(await attempts.first().textContent()).toContain('Slow down');
	expect(await task.getByTestId('task-details').textContent()).toContain('gpt-image-1');

	// All tasks of all projects.
	await page.goto(`${house.url}/projects`);
	await page.getByTestId('to-tasks').click();
	const rows = page.getByTestId('task-list').getByTestId('task');
	await rows.first().waitFor();
	const select = (name: string) => page.locator(`select[name=${name}]`);
	await select('provider').selectOption('openai');
	await page.waitForURL(/provider=openai/);
	await expect.poll(() => rows.count()).toBe(1);
	await select('status').selectOption('failed');
	await page.getByText('No task matches').waitFor();
	await select('status').selectOption('all');
	await expect.poll(() => rows.count()).toBe(1);
	await page.locator('input[name=text]').fill('no such label');
	await page.getByText('No task matches').waitFor();
	await page.locator('input[name=text]').fill('');
	await expect.poll(() => rows.count()).toBe(1);
	await select('createdBy').selectOption({ label: 'Yu' });
	await page.getByText('No task matches').waitFor();
	await select('createdBy').selectOption({ label: 'Everybody' });
	await page.getByTestId('task-list').getByRole('checkbox').check();
	const bar = page.getByTestId('batch-bar');
	await bar.getByRole('button', { name: 'Cancel' }).click();
	await page.getByText('The task has already finished').waitFor();
	await bar.getByRole('button', { name: 'Delete' }).click();
	await page.getByText('No task matches').waitFor();

	// As many as there are, of which only what is seen is on the page.
	await page.getByRole('button', { name: 'Clear filters' }).first().click();
	await rows.first().waitFor();
	await page.setViewportSize({ width: 375, height: 812 });
	await expect
		.poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth))
		.toBeLessThanOrEqual(0);
	expect(await rows.count()).toBeLessThan(40);
	expect(faults).toEqual([]);
}, 240_000);
