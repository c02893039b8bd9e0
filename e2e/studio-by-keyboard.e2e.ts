import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { allDrawn, openHouse, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ samples: 2 });
});
afterAll(() => house?.close());

const cells = (page: Page) => page.getByTestId('board-cell');
const order = (page: Page): Promise<(string | null)[]> =>
	cells(page).evaluateAll((list) => list.slice(0, 6).map((cell) => cell.getAttribute('data-shot-id')));
const chosen = (page: Page): Promise<number> =>
	cells(page).evaluateAll((list) => list.findIndex((cell) => cell.getAttribute('aria-current') === 'true'));

async function openSample(page: Page, name: string): Promise<void> {
	await signUp(page, house.url, name);
	await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await page.waitForURL(/\/board/);
	await allDrawn(page);
}

describe('the studio without a mouse', () => {
	it('does everything by keys, by the palette, and nothing while somebody types', async () => {
		const { page, faults } = await house.visitor();
		await openSample(page, 'Keys');

		await cells(page).first().focus();
		await page.keyboard.press('ArrowRight');
		expect(await chosen(page)).toBe(1);
		const before = await order(page);
		await page.keyboard.press('Alt+ArrowRight');
		const moved = [before[0], before[2], before[1], ...before.slice(3)];
		await expect.poll(() => order(page)).toEqual(moved);
		await page.keyboard.press('Control+z');
		await expect.poll(() => order(page)).toEqual(before);

		const count = await cells(page).count();
		await page.keyboard.press('d');
		await expect.poll(() => cells(page).count()).toBe(count + 1);
		await page.keyboard.press('Delete');
		await expect.poll(() => cells(page).count()).toBe(count);
		await page.locator('.toast .action').click();
		await expect.poll(() => cells(page).count()).toBe(count + 1);

		// Enter leads into the fields; letters are letters there.
		await page.keyboard.press('Enter');
		const field = page.getByTestId('field-action');
		await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
		await page.keyboard.type('ddd?');
		expect(await cells(page).count()).toBe(count + 1);
		expect(await page.getByTestId('key-sheet').count()).toBe(0);
		await page.keyboard.press('Escape');

		// The sheet lists the keys and switches the single ones off.
		await page.keyboard.press('?');
		await page.getByTestId('key-sheet').waitFor();
		await page.getByTestId('single-keys').click();
		await page.keyboard.press('Escape');
		await page.getByTestId('key-sheet').waitFor({ state: 'detached' });
		await page.keyboard.press('?');
		await page.keyboard.press('d');
		expect(await page.getByTestId('key-sheet').count()).toBe(0);
		expect(await cells(page).count()).toBe(count + 1);

		// The palette finds it all the same, and finds the way to places.
		await page.keyboard.press('Control+k');
		await page.getByTestId('palette').locator('input').fill('break down');
		await page.keyboard.press('Enter');
		await page.getByTestId('break-down-panel').waitFor();
		await page.keyboard.press('Escape');
		await page.getByTestId('break-down-panel').waitFor({ state: 'detached' });
		await page.keyboard.press('Control+k');
		await page.getByTestId('palette').locator('input').fill('stove');
		await page.keyboard.press('Enter');
		await expect
			.poll(() =>
				page
					.locator('[data-testid=scene]', { hasText: 'VISION OF THE STOVE' })
					.first()
					.evaluate((scene) => scene.getBoundingClientRect().top < innerHeight),
			)
			.toBe(true);
		await page.keyboard.press('Control+k');
		await page.getByTestId('palette').locator('input').fill('愚公');
		await page.locator('[data-testid=palette] li[data-action^=project-]').first().waitFor();
		await page.keyboard.press('Escape');
		await page.getByTestId('palette').locator('input').waitFor({ state: 'detached' });
		await page.keyboard.press('Control+k');
		await page.getByTestId('palette').locator('input').fill('go to film');
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/film/);
		expect(faults).toEqual([]);
	}, 180_000);

	it('leaves half-written Chinese alone', async () => {
		const { page, context } = await house.visitor();
		await openSample(page, 'Pinyin');
		await cells(page).first().focus();
		const count = await cells(page).count();
		const session = await context.newCDPSession(page);
		await session.send('Input.dispatchKeyEvent', {
			type: 'rawKeyDown',
			key: 'd',
			code: 'KeyD',
			windowsVirtualKeyCode: 229,
		});
		await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'd', code: 'KeyD', windowsVirtualKeyCode: 229 });
		await page.keyboard.press('ArrowRight');
		expect(await chosen(page)).toBe(1);
		expect(await cells(page).count()).toBe(count);
	}, 120_000);

	it('begins each view at its top, and goes on where it was left', async () => {
		const { page } = await house.visitor();
		await openSample(page, 'Views');
		const top = () => page.locator('main').evaluate((main) => Math.round(main.scrollTop));
		await page.locator('main').evaluate((main) => (main.scrollTop = 640));
		await page.getByTestId('tab-film').click();
		await page.getByTestId('player').waitFor();
		await expect.poll(top).toBe(0);
		await page.getByTestId('tab-board').click();
		await expect.poll(top).toBe(640);
	}, 120_000);

	it('sorts by touch, and remembers how wide the panes are', async () => {
		const { page, context } = await house.visitor({ hasTouch: true });
		await openSample(page, 'Touch');
		const before = await order(page);
		const boxes = await cells(page).evaluateAll((list) =>
			list.slice(0, 2).map((cell) => {
				const { x, y, width, height } = cell.getBoundingClientRect();
				return { x: x + width / 2, y: y + height / 2, width };
			}),
		);
		const [first, second] = boxes;
		if (first === undefined || second === undefined) throw new Error('There are no two shots side by side.');
		const session = await context.newCDPSession(page);
		const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) =>
			session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
		await touch('touchStart', first.x, first.y);
		// A touch becomes a drag when it has rested: the copy under the finger shows it.
		await page.locator('#dnd-action-dragged-el').waitFor({ state: 'attached' });
		for (let part = 1; part <= 10; part++) {
			await touch('touchMove', first.x + ((second.x + second.width * 0.3 - first.x) * part) / 10, first.y);
			await page.evaluate(() => new Promise(requestAnimationFrame));
		}
		await expect.poll(() => order(page)).not.toEqual(before);
		await touch('touchEnd', 0, 0);
		await expect.poll(() => order(page)).toEqual([before[1], before[0], ...before.slice(2)]);

		const splitter = page.getByRole('separator').first();
		await splitter.focus();
		await page.keyboard.press('ArrowRight');
		await page.keyboard.press('ArrowRight');
		const width = Number(await splitter.getAttribute('aria-valuenow'));
		expect(width).toBe(236 + 32);
		const pane = () =>
			page
				.locator('aside')
				.first()
				.evaluate((element) => Math.round(element.getBoundingClientRect().width));
		expect(await pane()).toBe(width);
		const box = await splitter.boundingBox();
		if (box === null) throw new Error('The splitter is not there.');
		await page.mouse.move(box.x + box.width / 2, 400);
		await page.mouse.down();
		await page.mouse.move(box.x + box.width / 2 + 60, 400, { steps: 4 });
		await page.mouse.up();
		await expect.poll(pane).toBe(width + 60);
		await page.reload();
		await cells(page).first().waitFor();
		expect(await pane()).toBe(width + 60);
	}, 120_000);
});

describe('the studio by mouse', () => {
	it('sorts a shot by its picture or its words, within its scene and into another', async () => {
		const { page, faults } = await house.visitor();
		await openSample(page, 'Mouse');
		const first = () => page.getByTestId('scene').first().getByTestId('board-cell').count();
		/** Drags a cell by a place in it (0–1 of its height) onto another, as a hand does: in small steps, seen frame by frame. */
		const drag = async (from: number, onto: number, grip: number): Promise<void> => {
			const was = await order(page);
			const start = await cells(page).nth(from).boundingBox();
			const end = await cells(page).nth(onto).boundingBox();
			if (start === null || end === null) throw new Error('A shot to drag is not there.');
			const at = { x: start.x + start.width / 2, y: start.y + start.height * grip };
			await page.mouse.move(at.x, at.y);
			await page.mouse.down();
			for (let part = 1; part <= 12; part++) {
				await page.mouse.move(at.x + ((end.x - start.x) * part) / 12, at.y + ((end.y - start.y) * part) / 12);
				await page.evaluate(() => new Promise(requestAnimationFrame));
			}
			// The others make room while the shot is still in the hand.
			await expect.poll(() => order(page)).not.toEqual(was);
			await page.mouse.up();
			// The next drag begins when this one has settled, as it would under a hand.
			await page.locator('#dnd-action-dragged-el').waitFor({ state: 'detached' });
		};
		const before = await order(page);
		await drag(0, 1, 0.3);
		await expect.poll(() => order(page)).toEqual([before[1], before[0], ...before.slice(2)]);
		await drag(1, 0, 0.93);
		await expect.poll(() => order(page)).toEqual(before);

		const count = await first();
		const moved = before[0];
		await drag(0, count, 0.3);
		await expect.poll(first).toBe(count - 1);
		const second = page.getByTestId('scene').nth(1).locator(`[data-shot-id="${moved}"]`);
		await second.waitFor();
		await expect.poll(() => page.getByTestId('save-mark').getAttribute('data-state')).toBe('saved');
		await page.reload();
		await second.waitFor();
		expect(await first()).toBe(count - 1);
		expect(faults).toEqual([]);
	}, 120_000);
});

describe('the first own project', () => {
	it('opens on the script when it has none, and in a narrow window covers no button with what it tells', async () => {
		const { page } = await house.visitor({ viewport: { width: 375, height: 812 }, locale: 'zh-CN' });
		await signUp(page, house.url, 'Narrow');
		await page.getByTestId('new-project').first().click();
		await page.locator('input[name="name"]').fill('空');
		await page.locator('dialog button[type="submit"]').click();
		await page.waitForURL(/\/script$/);

		await page.goto(`${house.url}/projects`);
		await makeProject(page, '山', '.外景 山 - 清晨\n\n云雾压着山腰。\n');
		await page.locator('.toast').waitFor();
		await page.getByTestId('break-down').first().click();
		const accept = page.getByTestId('accept-break-down');
		await accept.waitFor();
		const apart = await page.locator('.toast').evaluate((toast) => {
			const button = document.querySelector('[data-testid=accept-break-down]');
			return button !== null && toast.getBoundingClientRect().bottom < button.getBoundingClientRect().top - 200;
		});
		expect(apart).toBe(true);
		await accept.click();
		await page.getByTestId('board-cell').first().waitFor();
	}, 120_000);

	it('names the scene of a script without headings, and offers nothing to press before it is heard', async () => {
		const { page } = await house.visitor();
		await signUp(page, house.url, 'Plain');
		await makeProject(page, 'Fox', 'A boy runs through the forest.\n\nHe finds a fox.\n');
		await page.getByTestId('break-down').first().click();
		await page.getByTestId('accept-break-down').click();
		await page.getByTestId('board-cell').first().waitFor();
		expect(await page.getByTestId('scene').first().locator('h2').innerText()).toBe('Opening');

		await page.getByTestId('share').click();
		await page.getByTestId('make-invite').click();
		const address = await page.getByTestId('invite-link').inputValue();
		const unscripted = await house.visitor({ javaScriptEnabled: false });
		await unscripted.page.goto(new URL(new URL(address).pathname, house.url).href);
		expect(await unscripted.page.getByTestId('invite-join').isDisabled()).toBe(true);
		await page.goto(new URL(new URL(address).pathname, house.url).href);
		await expect.poll(() => page.getByTestId('invite-join').isEnabled()).toBe(true);
	}, 120_000);
});
