import type { Page } from 'playwright-core';
import * as Y from 'yjs';
import { projectApi } from '../shared/src/project/api.ts';
import { scriptOf } from '../shared/src/project/document.ts';
import { reconcileScenes } from '../shared/src/project/reconcile.ts';
import { pagesOf } from '../shared/src/script/pages.ts';
import { readBlocks } from '../shared/src/script/script-blocks.ts';
import { openPage, withBrowser } from './browser.ts';
import { median, percentile } from './measure.ts';
import { signUpBare, withProduct } from './product.ts';

const keys = 200;
const pauseMs = 40;
const pages = 120;

export const workload =
	'A generated script of 120 pages (English; Chinese) is open in a browser through `npm start`, 1440 × 900, one window. 200 keys, one every 40 ms, are typed into an action paragraph in its middle. paint: from the key event until the frame with the letter is made, in a browser that makes frames as soon as it can instead of 60 a second. thread: processor time of the main thread of the page for one key, everything it does meanwhile included, which a busy machine does not lengthen. reconcile: `reconcileScenes` of the same script in Node after each of 100 edits.';

const english = (scene: number): string =>
	[
		`INT. ROOM ${scene % 37} - ${scene % 2 === 0 ? 'NIGHT' : 'DAY'}`,
		'Rain beats on the glass. The *old* lamp turns and turns. ANNA (30) climbs the iron stairs [[is she limping?]] with a can of oil, and nobody hears her but the sea.',
		'ANNA\n(out of breath)\nIt was you who left the door open, and now the whole stair is under water up to the third landing.',
		'BEN (O.S.)\nIt was the sea. It has always been the sea, since before the tower stood here.',
		'She stops. Below her something heavy moves in the dark water, and a **second** lamp goes on.',
		'ANNA\nCome up!',
		'BEN\nI would, if there were a stair left to come up by.',
		'CUT TO:',
	].join('\n\n');
const chinese = (scene: number): string =>
	[
		`内景 堂屋${scene % 37} - ${scene % 2 === 0 ? '夜' : '日'}`,
		'雨点打在窗纸上，油灯摇晃。愚公坐在门口，望着远处的两座大山，手里握着一把旧锄头，许久没有说话。院子里的老树在风里作响，孩子们挤在门后听着。',
		'@愚公\n（自语）\n要绕一天的路，才能走到集市。这两座大山挡在我们家门口，什么时候才是个头？',
		'智叟（大笑）：你太傻了！凭你这点力气，连山上的一棵草都动不了，又能把泥土石头怎么样呢？',
		'@妻子\n那么多土石，又往哪里放呢？',
		'众人沉默。愚公站起来，把锄头扛在肩上，走进雨里，一步一步地往山脚走去。',
		'切至：',
	].join('\n\n');

/** A script of so many pages. */
function scriptOfPages(scene: (number: number) => string): string {
	let text = 'Title: A long script\n\n';
	for (let number = 1; pagesOf(readBlocks(text)).length < pages; number += 10)
		text += Array.from({ length: 10 }, (_, offset) => `${scene(number + offset)}\n\n`).join('');
	return text;
}

/** How soon a letter stands in a long script, and how soon its scenes are in step with it. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	const scripts = { english: scriptOfPages(english), chinese: scriptOfPages(chinese) };
	const figures: Record<string, number> = {};
	for (const [name, text] of Object.entries(scripts)) {
		tell(`${name}: ${text.length} letters`);
		figures[`script-editor.${name}.reconcile.p95`] = reconcileMs(text);
	}
	await withProduct(({ url }) =>
		withBrowser(
			async (browser) => {
				const writer = await signUpBare(url, 'Writer');
				for (const [name, script] of Object.entries(scripts)) {
					const { id } = await writer.caller.call(projectApi.create, {
						body: { name, aspectRatio: '16:9', fps: 24, style: 'pencil', script },
					});
					const page = await openPage(browser, url, writer.email);
					const { lags, threadMs } = await typeInto(page, `${url}/projects/${id}/script`);
					figures[`script-editor.${name}.thread`] = threadMs;
					tell(`${name}: paint p50 ${median(lags).toFixed(1)}, worst ${Math.max(...lags).toFixed(1)} ms`);
					figures[`script-editor.${name}.paint.p50`] = median(lags);
					figures[`script-editor.${name}.paint.p95`] = percentile(lags, 0.95);
					await page.context().close();
				}
			},
			['--disable-frame-rate-limit', '--disable-gpu-vsync'],
		),
	);
	return figures;
}

function reconcileMs(text: string): number {
	const doc = new Y.Doc();
	let count = 0;
	const newId = (): string => `id-${String(++count).padStart(8, '0')}`;
	const script = scriptOf(doc);
	script.insert(0, text);
	reconcileScenes(doc, newId);
	const times: number[] = [];
	for (let edit = 0; edit < 100; edit++) {
		script.insert(Math.floor(text.length / 2) + edit, 'x');
		const began = performance.now();
		reconcileScenes(doc, newId);
		times.push(performance.now() - began);
	}
	return percentile(times, 0.95);
}

async function typeInto(page: Page, address: string): Promise<{ lags: number[]; threadMs: number }> {
	await page.goto(address);
	await page.locator('.cm-line').nth(20).waitFor();
	await page.locator('[data-testid="save-mark"][data-state="saved"]').waitFor();
	// A scene in the middle, by the list of scenes.
	const scenes = page.locator('aside button.scene');
	await scenes.nth(Math.floor((await scenes.count()) / 2)).click();
	await page.locator('.cm-line.sp-action:not(.sp-page-start)').nth(3).click();
	await page.keyboard.press('End');
	await page.waitForTimeout(500);
	await page.evaluate(watchPaint);
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable', { timeDomain: 'threadTicks' });
	const busySeconds = async (): Promise<number> => {
		const { metrics } = await session.send('Performance.getMetrics');
		return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
	};
	const before = await busySeconds();
	for (let key = 0; key < keys; key++) {
		await page.keyboard.press('x');
		await page.waitForTimeout(pauseMs);
	}
	await page.waitForFunction((count) => window.painted.length >= count, keys);
	const threadMs = (((await busySeconds()) - before) * 1000) / keys;
	return { lags: await page.evaluate(() => window.painted), threadMs };
}

declare global {
	interface Window {
		/** Milliseconds from each key event until the frame with its letter was made. */
		painted: number[];
	}
}

/** Runs in the page. */
function watchPaint(): void {
	window.painted = [];
	const content = document.querySelector('.cm-content');
	if (content === null) throw new Error('The script is not open.');
	const channel = new MessageChannel();
	let pressed = 0;
	let waits = false;
	addEventListener(
		'keydown',
		({ timeStamp }) => {
			pressed = timeStamp;
			waits = true;
		},
		true,
	);
	// Behind the frame: a message that was sent in it comes when it is made.
	channel.port1.onmessage = () => window.painted.push(performance.now() - pressed);
	new MutationObserver(() => {
		if (!waits) return;
		waits = false;
		requestAnimationFrame(() => channel.port2.postMessage(null));
	}).observe(content, { subtree: true, characterData: true, childList: true });
}
