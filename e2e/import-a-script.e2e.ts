import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aDocx } from '@reelroom/shared/testing/a-docx.ts';
import { openHouse, signUp, type House } from './house.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house?.close());

const now = `Title: The Harbour

INT. LIGHTHOUSE - NIGHT

A lamp turns above the black water. MARA winds the clock.

MARA
Nobody comes on a night like this.

EXT. PIER - DAWN

Gulls over the empty pier. A boat without a name drifts in.

INT. KITCHEN - DAY

Bread on the table. Two cups, one of them cold.
`;
const next = `Title: The Harbour

EXT. PIER - DAWN

Gulls over the empty pier. A small boat without a name drifts in, its sail torn.

INT. LIGHTHOUSE - NIGHT

A lamp turns above the black water. MARA winds the clock.

MARA
Nobody comes on a night like this.

INT. BOAT - DAY

A child sleeps under the torn sail.
`;

test('a Word document becomes a project, a changed script comes back as a proposal, and what was accepted can be taken back', async () => {
	const { page, faults } = await house.visitor();
	await signUp(page, house.url, 'Mara');
	await page.getByTestId('new-project').first().click();
	await page.locator('dialog input[type=file]').setInputFiles({
		name: 'The Harbour.docx',
		mimeType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		buffer: Buffer.from(await aDocx(now.split('\n\n').map((text) => ({ text })))),
	});
	await page.locator('dialog button[type=submit]').click();
	await page.waitForURL(/\/projects\/[^/]+/);
	await page.getByTestId('tab-script').click();
	await page.locator('.cm-content', { hasText: 'Bread on the table' }).waitFor();

	const take = (text: string): Promise<void> =>
		page
			.getByTestId('import-file')
			.setInputFiles({ name: 'draft two.fountain', mimeType: 'text/plain', buffer: Buffer.from(text) });
	await take(next);
	const panel = page.getByTestId('import-panel');
	await panel.waitFor();
	const rows = panel.getByTestId('import-change');
	await rows.first().waitFor();
	expect(await rows.count()).toBe(3);
	await panel.locator('button[aria-expanded]').first().click();
	expect(await panel.locator('ins').allTextContents()).toContain('small ');
	// The kitchen stays.
	await rows.filter({ hasText: 'KITCHEN' }).getByRole('checkbox').uncheck();
	await panel.getByTestId('accept-import').click();
	await panel.waitFor({ state: 'detached' });
	await page.locator('.cm-content', { hasText: 'A child sleeps' }).waitFor();
	const text = async (): Promise<string> => (await page.locator('.cm-line').allTextContents()).join('\n');
	expect(await text()).toContain('Bread on the table');
	expect((await text()).indexOf('PIER')).toBeLessThan((await text()).indexOf('LIGHTHOUSE'));

	await page.getByRole('button', { name: 'Undo' }).click();
	await page.waitForFunction(() => !document.querySelector('.cm-content')?.textContent?.includes('A child sleeps'));
	expect((await text()).indexOf('PIER')).toBeGreaterThan((await text()).indexOf('LIGHTHOUSE'));

	await page.getByTestId('export-script').getByRole('button').click();
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('menuitem', { name: 'Final Draft (FDX)' }).click(),
	]);
	expect(download.suggestedFilename()).toBe('The Harbour.fdx');
	expect(await readFile(await download.path(), 'utf8')).toContain('Type="Scene Heading"');
	expect(faults).toEqual([]);
});

test('a file that is dropped on the script or on the list of projects is read there', async () => {
	const { page } = await house.visitor();
	await signUp(page, house.url, 'Juno');
	const drop = async (selector: string, name: string, text: string): Promise<void> => {
		const data = await page.evaluateHandle(
			([file, words]) => {
				const transfer = new DataTransfer();
				transfer.items.add(new File([words ?? ''], file ?? ''));
				return transfer;
			},
			[name, text],
		);
		for (const type of ['dragenter', 'dragover', 'drop'])
			await page.dispatchEvent(selector, type, { dataTransfer: data });
	};
	await drop('main', 'Harbour.fountain', now);
	await page.locator('dialog', { hasText: 'Harbour.fountain' }).waitFor();
	await page.locator('dialog button[type=submit]').click();
	await page.waitForURL(/\/projects\/[^/]+/);
	await page.getByTestId('tab-script').click();
	await page.locator('.cm-content', { hasText: 'Bread on the table' }).waitFor();
	await drop('.cm-content', 'next.fountain', next);
	await page.getByTestId('import-panel').waitFor();
	await page.keyboard.press('Escape');
	await page.getByTestId('import-panel').waitFor({ state: 'detached' });
	expect(await page.locator('.cm-content').textContent()).not.toContain('A child sleeps');
});
