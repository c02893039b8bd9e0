import type { Page } from 'playwright-core';
import { allDrawn } from './house.ts';

/** Makes a project with a script in the list of projects and waits for its board. */
export async function makeProject(page: Page, name: string, script: string): Promise<void> {
	await page.getByTestId('new-project').first().click();
	await page.locator('input[name="name"]').fill(name);
	await page.locator('textarea[name="script"]').fill(script);
	await page.locator('dialog button[type="submit"]').click();
	await page.waitForURL(/\/projects\/[^/]+\/board/);
}

/** The same with the script broken down and every shot drawn; answers how many there are. */
export async function makeDrawnProject(page: Page, name: string, script: string): Promise<number> {
	await makeProject(page, name, script);
	await page.getByTestId('break-down').first().click();
	await page.getByTestId('accept-break-down').click();
	await page.getByTestId('generate-board').click();
	return allDrawn(page);
}
