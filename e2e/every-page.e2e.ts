import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { allDrawn, openHouse, renderAndShare, signUp, type House } from './house.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ samples: 2 });
});
afterAll(() => house?.close());

/** What assistive technology would stumble over, and whether something hangs over the side; an empty list is a good page. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
	// @axe-core/playwright wants the Page of its own copy of Playwright's types.
	const { violations } = await new AxeBuilder({ page: page as never })
		.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
		.analyze();
	const found = violations.map(
		({ id, nodes }) =>
			`${name}: ${id} at ${nodes
				.slice(0, 3)
				.map(({ target }) => String(target))
				.join(', ')}`,
	);
	const size = page.viewportSize();
	for (const width of [320, 375, 768, 1440]) {
		await page.setViewportSize({ width, height: 800 });
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		if (over > 0) found.push(`${name}: ${over} px hang over the side at ${width}`);
	}
	if (size !== null) await page.setViewportSize(size);
	return found;
}

describe('every page', () => {
	it('is accessible in both themes and both languages, and never scrolls sideways', async () => {
		// A panel that is still fading in has no contrast yet.
		const calm = { reducedMotion: 'reduce' } as const;
		const { page } = await house.visitor(calm);
		await signUp(page, house.url, 'Axe');
		await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
		await page.waitForURL(/\/board/);
		await allDrawn(page);
		const project = new URL(page.url()).pathname.split('/').slice(0, 3).join('/');
		await page.getByTestId('tab-film').click();
		const shared = await renderAndShare(page);
		await page.getByTestId('share').click();
		await page.getByTestId('make-invite').click();
		const invitation = new URL(await page.getByTestId('invite-link').inputValue()).pathname;

		const found: string[] = [];
		const stranger = await house.visitor(calm);
		for (const [language, theme] of [
			['en', 'dark'],
			['zh-CN', 'light'],
		] as const) {
			for (const { context } of [{ context: page.context() }, stranger])
				await context.addCookies([
					{ name: 'language', value: language, url: house.url },
					{ name: 'theme', value: theme, url: house.url },
				]);
			const how = (what: string): string => `${what} (${language}, ${theme})`;
			for (const path of ['/', '/register', '/login', invitation, shared, '/s/not-a-link', '/nowhere']) {
				await stranger.page.goto(house.url + path);
				found.push(...(await faultsOf(stranger.page, how(path.replace(/[\w-]{16,}/, '…')))));
			}
			await page.goto(`${house.url}/projects`);
			await page.getByTestId('project-card').first().waitFor();
			found.push(...(await faultsOf(page, how('projects'))));
			await page.getByTestId('new-project').first().click();
			await page.locator('input[name="name"]').waitFor();
			found.push(...(await faultsOf(page, how('new project'))));
			await page.goto(`${house.url}/tasks`);
			await page.getByTestId('task').first().getByRole('button', { expanded: false }).click();
			await page.getByTestId('attempts').waitFor();
			found.push(...(await faultsOf(page, how('tasks'))));
			await page.goto(`${house.url}/usage`);
			await page.getByTestId('usage-chart').waitFor();
			found.push(...(await faultsOf(page, how('usage'))));
			await page.goto(`${house.url}/workflows`);
			await page.getByTestId('workflow-row').first().waitFor();
			found.push(...(await faultsOf(page, how('workflows'))));
			await page.getByTestId('workflow-row').first().getByRole('link').click();
			await page.getByTestId('graph-node').first().waitFor();
			found.push(...(await faultsOf(page, how('workflow'))));
			await page.goto(`${house.url}/farm`);
			await page.getByTestId('add-node').click();
			await page.locator('input[name=url]').waitFor();
			found.push(...(await faultsOf(page, how('farm'))));
			await page.goto(`${house.url}/providers`);
			await page.getByTestId('set-key').first().click();
			await page.locator('input[name=apiKey]').waitFor();
			found.push(...(await faultsOf(page, how('providers'))));
			await page.goto(`${house.url}${project}/script`);
			await page.locator('.cm-content').waitFor();
			found.push(...(await faultsOf(page, how('script'))));
			await page.goto(`${house.url}${project}/film`);
			await page.getByTestId('film-item').first().waitFor();
			found.push(...(await faultsOf(page, how('film'))));
			await page.goto(`${house.url}${project}/board`);
			await page.getByTestId('board-cell').first().click();
			await page.getByTestId('take').first().waitFor();
			found.push(...(await faultsOf(page, how('board'))));
			for (const [keys, testid] of [
				['t', 'task-drawer'],
				['?', 'key-sheet'],
				['Control+k', 'palette'],
			] as const) {
				await page.keyboard.press(keys);
				await page.getByTestId(testid).waitFor();
				found.push(...(await faultsOf(page, how(testid))));
				await page.keyboard.press('Escape');
				await page.getByTestId(testid).waitFor({ state: 'detached' });
			}
		}
		expect(found).toEqual([]);
	}, 400_000);
});
