import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { joinByInvite, openHouse, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house?.close());

const script =
	'INT. ROOM - DAY\n\nAn old man waits.\n\nEXT. ROAD - NIGHT\n\nA cart goes by.\n\nEXT. SEA - DAWN\n\nWaves.\n';
const headings = (page: Page) => page.getByTestId('scene-heading').allTextContents();
const saved = (page: Page) =>
	expect.poll(() => page.getByTestId('save-mark').getAttribute('data-state'), { timeout: 20_000 }).toBe('saved');

async function newProject(page: Page, name: string): Promise<void> {
	await makeProject(page, name, script);
	await page.getByTestId('scene').nth(2).waitFor();
}
/** The words of the script as its editor has them, without the carets of others. */
const written = (page: Page) =>
	page.locator('.cm-content').evaluate((content) => {
		const copy = content.cloneNode(true) as HTMLElement;
		for (const caret of copy.querySelectorAll('.cm-ySelectionCaret')) caret.remove();
		return [...copy.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n');
	});

describe('scenes', () => {
	it('are moved by one while another types in them, and not a letter is lost or left behind', async () => {
		const ours = await house.visitor();
		await signUp(ours.page, house.url, 'Mei');
		await newProject(ours.page, 'Moving');
		const theirs = await house.visitor({ apart: true });
		await signUp(theirs.page, house.url, 'Wei');
		await joinByInvite(ours.page, house.url, theirs.page);
		await theirs.page.goto(ours.page.url().replace('/board', '/script'));
		await theirs.page.locator('.cm-line', { hasText: 'An old man waits.' }).click();
		await theirs.page.keyboard.press('End');
		await ours.page.bringToFront();
		await ours.page.getByTestId('scene-heading').first().focus();

		const words = Array.from({ length: 120 }, (_, at) => ` w${at}`).join('');
		const typing = theirs.page.keyboard.type(words, { delay: 12 });
		await expect.poll(() => written(theirs.page)).toContain('w10');
		await ours.page.keyboard.press('Alt+ArrowDown');
		await expect.poll(() => headings(ours.page)).toEqual(['EXT. ROAD - NIGHT', 'INT. ROOM - DAY', 'EXT. SEA - DAWN']);
		await expect.poll(() => written(theirs.page)).toContain('w50');
		await ours.page.keyboard.press('Alt+ArrowDown');
		await expect.poll(() => headings(ours.page)).toEqual(['EXT. ROAD - NIGHT', 'EXT. SEA - DAWN', 'INT. ROOM - DAY']);
		await typing;
		await saved(theirs.page);
		const text = await written(theirs.page);
		expect(text).toContain(`INT. ROOM - DAY\n\nAn old man waits.${words}\n`);
		expect(text.match(/An old man waits/g)).toHaveLength(1);
		expect(text.indexOf('INT. ROOM')).toBeGreaterThan(text.indexOf('Waves.'));
		// The keys still belong to the scene that was moved; one undo takes one move back, and the other's words stay.
		await ours.page.keyboard.press('Control+z');
		await expect.poll(() => headings(ours.page)).toEqual(['EXT. ROAD - NIGHT', 'INT. ROOM - DAY', 'EXT. SEA - DAWN']);
		await saved(ours.page);
		expect(await written(theirs.page)).toContain('w119');
		expect([...ours.faults, ...theirs.faults]).toEqual([]);
	}, 180_000);

	it('are dragged by their heading on the board, by finger too, and in the list of scenes', async () => {
		const { page, context, faults } = await house.visitor({ hasTouch: true });
		await signUp(page, house.url, 'Akua');
		await newProject(page, 'Dragging');
		const middle = async (selector: string, nth: number) => {
			const box = await page.locator(selector).nth(nth).boundingBox();
			if (box === null) throw new Error('It is not there.');
			return { x: box.x + Math.min(60, box.width / 2), y: box.y + box.height / 2 };
		};
		let from = await middle('[data-testid=scene-heading]', 0);
		const sections = await page.getByTestId('scene').nth(1).boundingBox();
		await page.mouse.move(from.x, from.y);
		await page.mouse.down();
		await page.mouse.move(from.x + 10, from.y + 20, { steps: 3 });
		await page.mouse.move(from.x + 20, (sections?.y ?? 0) + (sections?.height ?? 0) - 4, { steps: 6 });
		await page.locator('[data-testid=scene][data-line=after]').waitFor();
		await page.mouse.up();
		await expect.poll(() => headings(page)).toEqual(['EXT. ROAD - NIGHT', 'INT. ROOM - DAY', 'EXT. SEA - DAWN']);

		from = await middle('[data-testid=scene-heading]', 2);
		const first = await page.getByTestId('scene').first().boundingBox();
		const session = await context.newCDPSession(page);
		const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) =>
			session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
		await touch('touchStart', from.x, from.y);
		await page.locator('.head.moving').waitFor();
		for (let part = 1; part <= 8; part++)
			await touch('touchMove', from.x, from.y + (((first?.y ?? 0) + 4 - from.y) * part) / 8);
		await page.locator('[data-testid=scene][data-line=before]').waitFor();
		await touch('touchEnd', 0, 0);
		await expect.poll(() => headings(page)).toEqual(['EXT. SEA - DAWN', 'EXT. ROAD - NIGHT', 'INT. ROOM - DAY']);

		const row = await middle('.left [data-scene-id] .scene', 0);
		const last = await middle('.left [data-scene-id] .scene', 2);
		await page.mouse.move(row.x, row.y);
		await page.mouse.down();
		await page.mouse.move(last.x, last.y + 12, { steps: 8 });
		await page.mouse.up();
		await expect.poll(() => headings(page)).toEqual(['EXT. ROAD - NIGHT', 'INT. ROOM - DAY', 'EXT. SEA - DAWN']);
		await page.locator('.left [data-scene-id] .scene').first().focus();
		await page.keyboard.press('Alt+ArrowDown');
		await expect.poll(() => headings(page)).toEqual(['INT. ROOM - DAY', 'EXT. ROAD - NIGHT', 'EXT. SEA - DAWN']);
		expect(faults).toEqual([]);
	}, 120_000);

	it('and shots that were omitted come back in their place, by the board, the palette and one undo away', async () => {
		const { page, faults } = await house.visitor();
		await signUp(page, house.url, 'Ines');
		await newProject(page, 'Omitted');
		const road = page.getByTestId('scene').nth(1);
		for (const count of [1, 2, 3]) {
			await road.getByTestId('add-shot').click();
			await expect.poll(() => road.getByTestId('board-cell').count()).toBe(count);
		}
		const order = () =>
			road.getByTestId('board-cell').evaluateAll((all) => all.map((one) => one.getAttribute('data-shot-id')));
		const before = await order();
		await road.getByTestId('board-cell').nth(1).focus();
		await page.keyboard.press('Delete');
		await expect.poll(order).toEqual([before[0], before[2]]);
		await road.getByTestId('omitted-shots').click();
		expect(await road.getByTestId('omitted-shot').textContent()).toContain('Omitted by Ines');
		await road.getByTestId('restore-shot').click();
		await expect.poll(order).toEqual(before);
		expect(await road.getByTestId('omitted-shots').count()).toBe(0);

		// The scene's text is cut in the script; it comes back under its heading, between the others.
		await page.getByTestId('tab-script').click();
		await page.locator('.cm-line', { hasText: 'EXT. ROAD' }).click();
		await page.keyboard.press('Home');
		for (let line = 0; line < 4; line++) await page.keyboard.press('Shift+ArrowDown');
		await page.keyboard.press('Delete');
		await saved(page);
		await page.getByTestId('tab-board').click();
		await page.getByTestId('omitted-scenes').click();
		expect(await page.getByTestId('omitted-scene').textContent()).toContain('its text was cut');
		await page.keyboard.press('Control+k');
		await page.getByTestId('palette').locator('input').fill('restore the scene');
		await page.keyboard.press('Enter');
		await expect.poll(() => headings(page)).toEqual(['INT. ROOM - DAY', 'EXT. ROAD - NIGHT', 'EXT. SEA - DAWN']);
		await expect.poll(order).toEqual(before);
		await page.keyboard.press('Control+z');
		await page.getByTestId('omitted-scenes').waitFor();
		await page.keyboard.press('Control+Shift+z');
		await expect.poll(order).toEqual(before);
		await saved(page);
		// What was restored stays when the server looks at the text again.
		await page.reload();
		await page.getByTestId('scene').nth(2).waitFor();
		await expect.poll(order).toEqual(before);
		expect(faults).toEqual([]);
	}, 120_000);
});
