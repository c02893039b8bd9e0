import { setTimeout as wait } from 'node:timers/promises';
import { taskApi } from '../shared/src/task/api.ts';
import { aComfyServer } from '../shared/testing/comfyui/server.ts';
import { openPage, withBrowser } from './browser.ts';
import { median, percentile } from './measure.ts';
import { allSucceeded, invitationFor, sampleProject, signUpBare, withProduct } from './product.ts';

const pictures = 6;
/** What a step of the sampler takes, which then sends a frame and how far it is. */
const stepMs = 200;

export const workload =
	`\`npm start\` with a ComfyUI that replays recordings, a step of its sampler every ${stepMs} ms: one person asks for ${pictures} pictures of a shot, one after the other, by the API, and another person's ` +
	'browser shows the board: from the instant at which the server sends a frame of its sampler until the pixels of it are painted in the cell.';

/** How soon a forming frame is on somebody else's screen. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	const sent: number[] = [];
	let sinceFrame = 0;
	const comfy = await aComfyServer({
		previewed() {
			sinceFrame = 0;
			sent.push(Date.now());
		},
		// What a step tells comes at once.
		gate: () => (++sinceFrame === 1 ? Promise.resolve() : wait(stepMs)),
	});
	try {
		return await withProduct(
			({ url }) =>
				withBrowser(async (browser) => {
					const { caller } = await signUpBare(url, 'Asker');
					const other = await signUpBare(url, 'Watcher');
					await invitationFor(caller, other.caller);
					const { id } = await sampleProject(caller);
					const page = await openPage(browser, url, other.email);
					await page.goto(`${url}/projects/${id}/board`);
					const cell = page.getByTestId('board-cell').first();
					await cell.waitFor();
					await page.locator('[data-testid="save-mark"][data-state="saved"]').waitFor();
					const shotId = (await cell.getAttribute('data-shot-id')) ?? '';
					await cell.evaluate((element) => {
						const shown: number[] = [];
						Object.assign(window, { shown });
						let last = '';
						new MutationObserver(() => {
							const image = element.querySelector<HTMLImageElement>('img[src^="blob:"]');
							if (image === null || image.src === last) return;
							last = image.src;
							// Painted: the frame after the one in which it is decoded has begun.
							const painted = () => requestAnimationFrame(() => setTimeout(() => void shown.push(Date.now())));
							void image.decode().then(painted, () => {});
						}).observe(element, { subtree: true, childList: true, attributes: true });
					});
					const lags: number[] = [];
					for (let picture = 0; picture < pictures; picture++) {
						sent.length = 0;
						await page.evaluate(() => void ((window as unknown as { shown: number[] }).shown.length = 0));
						const body = { shotIds: [shotId], provider: 'comfyui' as const };
						await caller.call(taskApi.generate, { params: { id }, body });
						await allSucceeded(caller, id);
						const shown = await page.evaluate(() => (window as unknown as { shown: number[] }).shown);
						tell(`picture ${picture + 1}: ${sent.length} frames sent, ${shown.length} shown`);
						lags.push(...lagsOf(sent, shown));
					}
					return { 'progress.seen.p50': median(lags), 'progress.seen.p95': percentile(lags, 0.95) };
				}),
			{ COMFYUI_URLS: comfy.url },
		);
	} finally {
		await comfy.close();
	}
}

/** How old each frame was; where some were passed over, those after them are counted from an earlier one, which makes it look slower. */
const lagsOf = (sent: readonly number[], shown: readonly number[]): number[] =>
	sent.slice(0, shown.length).map((at, index) => (shown[index] ?? Infinity) - at);
