import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMongod, type Mongod } from '@reelroom/shared/node/tools/mongod.ts';
import { joinByInvite, openHouse, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let mongoDir: string;
let mongod: Mongod;
let house: House;
beforeAll(async () => {
	mongoDir = await mkdtemp(join(tmpdir(), 'reelroom-e2e-mongo-'));
	mongod = await startMongod({ dataDir: mongoDir });
	house = await openHouse({ mongodbUri: mongod.uri });
});
afterAll(async () => {
	await house?.close();
	await mongod?.close();
	await rm(mongoDir, { recursive: true, force: true });
});

async function killMongod(): Promise<void> {
	const pid = Number.parseInt(await readFile(join(mongoDir, 'mongod.pid'), 'utf8'), 10);
	process.kill(pid, 'SIGKILL');
	await mongod.exited;
	mongod = await startMongod({ dataDir: mongoDir, port: mongod.port });
}

/** The lines of the script, without the carets of others that stand in them. */
const lines = (page: Page) =>
	page.locator('.cm-content').evaluate((element) => {
		const copy = element.cloneNode(true) as HTMLElement;
		for (const caret of copy.querySelectorAll('.cm-ySelectionCaret')) caret.remove();
		return [...copy.querySelectorAll('.cm-line')].map((line) => line.textContent);
	});

const saved = (page: Page) =>
	expect.poll(() => page.getByTestId('save-mark').getAttribute('data-state'), { timeout: 40_000 }).toBe('saved');

async function atTheEndOf(page: Page, words: string): Promise<void> {
	await page.locator('.cm-line', { hasText: words }).click();
	await page.keyboard.press('End');
}

const rounds = 6;
const wordsPerRound = 8;
const words = (word: (nth: number) => string, count = rounds * wordsPerRound) =>
	Array.from({ length: count }, (_, nth) => word(nth)).join('');
const english = (nth: number) => ` word${nth}`;
const chinese = (nth: number) => `愚公${nth}，`;

it('server and database are killed while two people type, one of them Chinese by an input method: both end with every word, once', async () => {
	const [mei, wei] = [await house.visitor({ apart: true }), await house.visitor({ apart: true })];
	await signUp(mei.page, house.url, 'Mei');
	await makeProject(mei.page, 'Killed', 'INT. ROOM - DAY\n\n[en]\n\n[zh]\n');
	await signUp(wei.page, house.url, 'Wei');
	await joinByInvite(mei.page, house.url, wei.page);
	const address = mei.page.url().replace('/board', '/script');
	for (const { page } of [mei, wei]) await page.goto(address);
	await atTheEndOf(mei.page, '[en]');
	await atTheEndOf(wei.page, '[zh]');
	await Promise.all([saved(mei.page), saved(wei.page)]);
	const ime = await wei.context.newCDPSession(wei.page);
	const compose = async (typed: string, word: string) => {
		for (let end = 1; end <= typed.length; end++)
			await ime.send('Input.imeSetComposition', { text: typed.slice(0, end), selectionStart: end, selectionEnd: end });
		await ime.send('Input.insertText', { text: word });
	};
	for (let round = 0; round < rounds; round++) {
		const first = round * wordsPerRound;
		const halfway = Promise.withResolvers<void>();
		const meiTypes = async () => {
			for (let nth = first; nth < first + wordsPerRound; nth++) {
				await mei.page.keyboard.type(english(nth), { delay: 20 });
				if (nth === first + wordsPerRound / 2) halfway.resolve();
			}
		};
		const weiTypes = async () => {
			for (let nth = first; nth < first + wordsPerRound; nth++) await compose('yugong', chinese(nth));
		};
		const somethingDies = async () => {
			await halfway.promise;
			await (round % 2 === 0 ? house.killServerAgain() : killMongod());
		};
		await Promise.all([meiTypes(), weiTypes(), somethingDies()]);
		// What is typed into the next death has not always been saved before it.
		if (round % 3 === 2) await Promise.all([saved(mei.page), saved(wei.page)]);
	}
	await Promise.all([saved(mei.page), saved(wei.page)]);
	const script = ['INT. ROOM - DAY', '', `[en]${words(english)}`, '', `[zh]${words(chinese)}`, ''];
	await expect.poll(() => lines(mei.page), { timeout: 20_000 }).toEqual(script);
	await expect.poll(() => lines(wei.page), { timeout: 20_000 }).toEqual(script);
	expect([...mei.faults, ...wei.faults]).toEqual([]);

	// All was shown as saved: now everything dies at once, and nobody comes back who could send it again.
	const storageState = await mei.context.storageState();
	await Promise.all([house.killServerAgain(), killMongod(), mei.context.close(), wei.context.close()]);
	const third = await house.visitor({ storageState });
	await expect
		.poll(
			async () => {
				const line = third.page.locator('.cm-line', { hasText: '[zh]' });
				await third.page
					.goto(address)
					.then(
						() => line.waitFor({ timeout: 10_000 }),
						() => undefined,
					)
					.catch(() => undefined);
				return line.count();
			},
			{ timeout: 60_000, interval: 1_000 },
		)
		.toBe(1);
	await saved(third.page);
	expect(await lines(third.page)).toEqual(script);
}, 300_000);
