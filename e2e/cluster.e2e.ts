import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { joinByInvite, openHouse, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ servers: 2 });
});
afterAll(() => house?.close());

/** Which of the servers behind the port a page's live document is with does not show: enough pages stand on both, as the port takes them in turn. */
const windows = 4;
/** Each window types in a line of its own, as letters typed at one place at a time may mingle. */
const lineOf = (at: number): string => `[line ${at}]`;

it('two servers behind one port are one studio: everybody sees everybody, and the death of one of them costs nobody a word', async () => {
	const mei = await house.visitor();
	await signUp(mei.page, house.url, 'Mei');
	await makeProject(
		mei.page,
		'Two servers',
		`INT. ROOM - DAY\n\n${Array.from({ length: windows }, (_, at) => lineOf(at)).join('\n\n')}\n`,
	);
	const akua = await house.visitor();
	await signUp(akua.page, house.url, 'Akua');
	await joinByInvite(mei.page, house.url, akua.page);
	const address = mei.page.url().replace('/board', '/script');
	const pages = [mei.page, akua.page];
	for (let more = pages.length; more < windows; more++)
		pages.push(await (more % 2 === 0 ? mei : akua).context.newPage());
	for (const page of pages) {
		await page.goto(address);
		await page.locator('.cm-line', { hasText: '[line 0]' }).waitFor();
	}
	const text = (page: Page) =>
		page.locator('.cm-content').evaluate((element) => {
			const copy = element.cloneNode(true) as HTMLElement;
			for (const caret of copy.querySelectorAll('.cm-ySelectionCaret')) caret.remove();
			return [...copy.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n');
		});
	const type = async (round: string) => {
		for (const [at, page] of pages.entries()) {
			await page.bringToFront();
			await page.locator('.cm-line', { hasText: lineOf(at) }).click();
			await page.keyboard.press('End');
			await page.keyboard.type(` ${round}${at}`);
		}
	};
	const everybodyHas = async (round: string) => {
		for (const page of pages)
			for (const at of pages.keys())
				await expect.poll(() => text(page), { timeout: 30_000 }).toContain(`${round}${at}`);
	};
	for (const page of pages)
		await expect
			.poll(() =>
				page.getByTestId('presence-avatar').evaluateAll((all) => all.map((one) => one.getAttribute('title')).sort()),
			)
			.toEqual(['Akua', 'Mei']);

	await type('before');
	await everybodyHas('before');
	house.killServer();
	await type('after');
	await everybodyHas('after');
	for (const page of pages) {
		await expect
			.poll(() => page.getByTestId('save-mark').getAttribute('data-state'), { timeout: 30_000 })
			.toBe('saved');
		expect(await text(page)).toBe(await text(mei.page));
	}
	expect([...mei.faults, ...akua.faults]).toEqual([]);
}, 180_000);
