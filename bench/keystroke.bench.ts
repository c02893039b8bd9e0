import type { Page } from 'playwright-core';
import { invitationFor, sampleProject, signUpBare, withProduct } from './product.ts';
import { openPage, withBrowser } from './browser.ts';
import { median, percentile } from './measure.ts';

const keys = 200;
const pauseMs = 100;

export const workload =
	'Two people in two browsers (processes of their own, 1440 × 900) have the English sample script open through `npm start`. One types 200 keys, ten a second, into the middle of it. Seen: from the key event in the one browser until the frame with the letter is made in the other; own: until it is made in the same browser; saved: until the save mark of the one who types says Saved again, which means that the journal has it.';

/** How soon a keystroke is seen by somebody else and is known to be kept, from browser to browser. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	return withProduct(({ url }) =>
		withBrowser((one) =>
			withBrowser(async (other) => {
				const writer = await signUpBare(url, 'Writer');
				const reader = await signUpBare(url, 'Reader');
				await invitationFor(writer.caller, reader.caller);
				const { id } = await sampleProject(writer.caller);
				const from = await openPage(one, url, writer.email);
				const to = await openPage(other, url, reader.email);
				for (const page of [from, to]) await openScript(page, url, id);
				await from.getByTestId('script-editor').locator('.cm-line', { hasText: /^She/ }).first().click();
				await from.keyboard.press('End');
				for (const page of [from, to]) await page.evaluate(watchKeys);
				for (let key = 0; key < keys; key++) {
					await from.keyboard.press('x');
					await from.waitForTimeout(pauseMs);
				}
				await from.locator('[data-testid="save-mark"][data-state="saved"]').waitFor();
				await to.waitForFunction((count) => window.seen.length >= count, keys);
				const typed = await from.evaluate(() => ({ pressed: window.pressed, own: window.seen, saved: window.saved }));
				const seen = await to.evaluate(() => window.seen);
				const lags = (moments: number[]) => typed.pressed.map((at, key) => (moments[key] ?? Infinity) - at);
				const savedLags = typed.pressed.map((at) => (typed.saved.find((moment) => moment > at) ?? Infinity) - at);
				tell(`seen p50 ${median(lags(seen)).toFixed(0)}, worst ${Math.max(...lags(seen)).toFixed(0)} ms`);
				return {
					'keystroke.seen.p50': median(lags(seen)),
					'keystroke.seen.p95': percentile(lags(seen), 0.95),
					'keystroke.own.p95': percentile(lags(typed.own), 0.95),
					'keystroke.saved.p50': median(savedLags),
					'keystroke.saved.p95': percentile(savedLags, 0.95),
				};
			}),
		),
	);
}

declare global {
	interface Window {
		/** When a key was pressed, when the frame with each further letter was made, and when the save mark said Saved; by the machine's clock. */
		pressed: number[];
		seen: number[];
		saved: number[];
	}
}

async function openScript(page: Page, url: string, id: string): Promise<void> {
	await page.goto(`${url}/projects/${id}/script`);
	await page.getByTestId('script-editor').locator('.cm-line').nth(20).waitFor();
	await page.locator('[data-testid="save-mark"][data-state="saved"]').waitFor();
}

/** Runs in the page. */
function watchKeys(): void {
	window.pressed = [];
	window.seen = [];
	window.saved = [];
	const content = document.querySelector('.cm-content');
	const mark = document.querySelector('[data-testid="save-mark"]');
	if (content === null || mark === null) throw new Error('The script is not open.');
	const countOf = () => (content.textContent.match(/x/g) ?? []).length;
	let count = countOf();
	addEventListener('keydown', (event) => window.pressed.push(Date.now() - (performance.now() - event.timeStamp)), true);
	new MutationObserver(() => {
		const fresh = countOf() - count;
		if (fresh <= 0) return;
		count += fresh;
		requestAnimationFrame(() =>
			// Behind the frame that shows it.
			setTimeout(() => {
				for (let letter = 0; letter < fresh; letter++) window.seen.push(Date.now());
			}),
		);
	}).observe(content, { subtree: true, childList: true, characterData: true });
	new MutationObserver(() => {
		if (mark.getAttribute('data-state') === 'saved') window.saved.push(Date.now());
	}).observe(mark, { attributes: true, attributeFilter: ['data-state'] });
}
