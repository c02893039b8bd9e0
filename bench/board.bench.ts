import type { Page } from 'playwright-core';
import { taskApi } from '../shared/src/task/api.ts';
import type { Caller } from '../cli/src/call.ts';
import { openPage, withBrowser } from './browser.ts';
import { median, percentile, timed } from './measure.ts';
import { allSucceeded, sampleProject, signUpBare, taskMs, withProduct } from './product.ts';

const rounds = 3;

export const workload =
	'The English sample (30 shots, 1280 × 720, anime sketches) through `npm start` with one worker. `alone`: the whole board by the API, nobody looking; `watched`: by a click in a browser that shows every cell, until all 30 pictures are on screen, interleaved with the former, medians of three. Then each of the 30 cells is drawn by a click of its own: from the click to the first preview on screen, and from the creation of the task to its start.';

/** How soon a board is drawn, a cell shows something, and a task is picked up, through the whole product. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	return withProduct(({ url }) =>
		withBrowser(async (browser) => {
			const { caller, email } = await signUpBare(url, 'Board');
			const page = await openPage(browser, url, email);
			const alone: number[] = [];
			const accepted: number[] = [];
			const watched: number[] = [];
			for (let round = 0; round < rounds; round++) {
				await page.goto('about:blank');
				const unseen = await drawAlone(caller);
				alone.push(unseen.drawnMs);
				accepted.push(unseen.acceptedMs);
				watched.push(await drawWatched(page, url, caller));
			}
			tell(`alone ${alone.map(Math.round).join(' ')} ms, watched ${watched.map(Math.round).join(' ')} ms`);
			const { previews, afterStart, pickUps } = await drawOneByOne(page, url, caller);
			return {
				'board.alone': median(alone),
				'board.watched': median(watched),
				'board.accepted': median(accepted),
				'preview.afterClick.p50': median(previews),
				'preview.afterClick.p95': percentile(previews, 0.95),
				'preview.afterStart.p95': percentile(afterStart, 0.95),
				'pick-up.product.p50': median(pickUps),
				'pick-up.product.p95': percentile(pickUps, 0.95),
			};
		}),
	);
}

async function drawAlone(caller: Caller): Promise<{ drawnMs: number; acceptedMs: number }> {
	const { id } = await sampleProject(caller);
	const askedAt = Date.now();
	const acceptedMs = await timed(() => caller.call(taskApi.generate, { params: { id }, body: {} }));
	const tasks = await allSucceeded(caller, id);
	const endedAt = Math.max(...tasks.map(({ finishedAt }) => Date.parse(finishedAt ?? '')));
	return { drawnMs: endedAt - askedAt, acceptedMs };
}

async function drawWatched(page: Page, url: string, caller: Caller): Promise<number> {
	const { id, shots } = await sampleProject(caller);
	await openBoard(page, url, id, shots);
	const drawn = await page.evaluate(async (expected) => {
		const button = document.querySelector<HTMLElement>('[data-testid="generate-board"]');
		const askedAt = performance.now();
		button?.click();
		const isDrawn = (cell: Element) => {
			const image = cell.querySelector('img');
			// Pictures are fetched when they come into view; here all of them are wanted.
			if (image !== null) image.loading = 'eager';
			return cell.getAttribute('data-state') === 'picture' && image?.complete === true && image.naturalWidth > 0;
		};
		for (;;) {
			await new Promise(requestAnimationFrame);
			const cells = [...document.querySelectorAll('[data-testid="board-cell"]')];
			if (cells.length === expected && cells.every(isDrawn)) return performance.now() - askedAt;
		}
	}, shots);
	await allSucceeded(caller, id);
	return drawn;
}

/** Draws one cell after the other; the clocks of browser and worker are the machine's. */
async function drawOneByOne(page: Page, url: string, caller: Caller) {
	const { id, shots } = await sampleProject(caller);
	await openBoard(page, url, id, shots);
	const shown = new Map<string, { clickedAt: number; shownAt: number }>();
	for (let index = 0; index < shots; index++) {
		const cell = page.getByTestId('board-cell').nth(index);
		await cell.scrollIntoViewIfNeeded();
		const times = await cell.evaluate(async (element) => {
			const button = [...element.querySelectorAll('button')].find(
				({ textContent }) => textContent.trim() === 'Generate',
			);
			const clickedAt = Date.now();
			button?.click();
			for (;;) {
				const image = element.querySelector<HTMLImageElement>('img[src^="blob:"]');
				if (image?.complete === true && image.naturalWidth > 0) break;
				await new Promise(requestAnimationFrame);
			}
			// The next frame holds the picture; the task behind it runs when that frame is made.
			await new Promise(requestAnimationFrame);
			await new Promise((done) => setTimeout(done));
			return { clickedAt, shownAt: Date.now() };
		});
		shown.set((await cell.getAttribute('data-shot-id')) ?? '', times);
		await page.locator(`[data-testid="board-cell"][data-state="picture"]`).nth(index).waitFor();
	}
	const tasks = await allSucceeded(caller, id);
	const previews: number[] = [];
	const afterStart: number[] = [];
	const pickUps: number[] = [];
	for (const { shotId, createdAt, startedAt } of tasks) {
		const times = shown.get(shotId ?? '');
		if (times === undefined) throw new Error('A task is of no cell.');
		previews.push(times.shownAt - times.clickedAt);
		afterStart.push(times.shownAt - Date.parse(startedAt ?? ''));
		pickUps.push(taskMs(createdAt, startedAt));
	}
	return { previews, afterStart, pickUps };
}

async function openBoard(page: Page, url: string, id: string, shots: number): Promise<void> {
	await page.goto(`${url}/projects/${id}/board`);
	await page
		.getByTestId('board-cell')
		.nth(shots - 1)
		.waitFor();
	await page.locator('[data-testid="save-mark"][data-state="saved"]').waitFor();
}
