import { get } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { taskApi } from '../shared/src/task/api.ts';
import { openPage, withBrowser } from './browser.ts';
import { median } from './measure.ts';
import { allSucceeded, password, sampleProject, signUpBare, withProduct } from './product.ts';

const rounds = 5;

export const workload =
	'Pages of `npm start` in a browser that has cached nothing (1440 × 900, loopback), medians of five. Usable: from the request until cells or script are there and the save mark says Saved; load: until the load event and the largest paint; login: from the click until the list of projects is there. JavaScript: every file the browser fetched until then, as the server sends it with gzip.';

/** How soon pages are there, and how much JavaScript they bring. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	return withProduct(({ url }) =>
		withBrowser(async (browser) => {
			const { caller, email } = await signUpBare(url, 'Page');
			const { id } = await sampleProject(caller);
			await caller.call(taskApi.generate, { params: { id }, body: {} });
			await allSucceeded(caller, id);
			const studio = async (tab: 'board' | 'script') => {
				const opened = await openPage(browser, url, email);
				await opened.goto(`${url}/projects/${id}/${tab}`, { waitUntil: 'commit' });
				const ready = tab === 'board' ? '[data-testid="board-cell"] img' : '[data-testid="script-editor"] .cm-line';
				const usableMs = await opened
					.waitForFunction((selector) => {
						const isSaved = document.querySelector('[data-testid="save-mark"][data-state="saved"]') !== null;
						return isSaved && document.querySelector(selector) !== null ? performance.now() : false;
					}, ready)
					.then((handle) => handle.jsonValue());
				return finish(opened, Number(usableMs));
			};
			const landing = await repeat(() => loadOf(browser, `${url}/`));
			const register = await repeat(() => loadOf(browser, `${url}/register`));
			const board = await repeat(() => studio('board'));
			const script = await repeat(() => studio('script'));
			const login = await repeat(() => logIn(browser, url, email));
			tell(`board: ${board.files} files, script: ${script.files} files`);
			return {
				'page.landing.load': landing.ms,
				'page.landing.javascript': landing.kilobytes,
				'page.register.load': register.ms,
				'page.login': login.ms,
				'page.board.usable': board.ms,
				'page.board.javascript': board.kilobytes,
				'page.script.usable': script.ms,
				'page.script.javascript': script.kilobytes,
			};
		}),
	);
}

interface Opened {
	ms: number;
	kilobytes: number;
	files: number;
}

async function repeat(open: () => Promise<Opened>): Promise<Opened> {
	const all: Opened[] = [];
	for (let round = 0; round < rounds; round++) all.push(await open());
	const middle = (key: keyof Opened) => median(all.map((opened) => opened[key]));
	return { ms: middle('ms'), kilobytes: middle('kilobytes'), files: middle('files') };
}

async function loadOf(browser: Browser, url: string): Promise<Opened> {
	const page = await openPage(browser, url);
	await page.goto(url, { waitUntil: 'load' });
	const ms = await page.evaluate(async () => {
		const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
		const largest = await new Promise<number>((done) => {
			new PerformanceObserver((list) => done(list.getEntries().at(-1)?.startTime ?? Infinity)).observe({
				type: 'largest-contentful-paint',
				buffered: true,
			});
		});
		return Math.max(navigation?.loadEventStart ?? Infinity, largest);
	});
	return finish(page, ms);
}

async function logIn(browser: Browser, url: string, email: string): Promise<Opened> {
	const page = await openPage(browser, url);
	await page.goto(`${url}/login`, { waitUntil: 'networkidle' });
	await page.getByTestId('login-email').fill(email);
	await page.getByTestId('login-password').fill(password);
	const askedAt = performance.now();
	await page.getByTestId('login-submit').click();
	await page.getByTestId('project-card').first().waitFor();
	return finish(page, performance.now() - askedAt);
}

/** Counts the scripts that the page fetched, and closes it. */
async function finish(page: Page, ms: number): Promise<Opened> {
	const scripts = await page.evaluate(() =>
		performance
			.getEntriesByType('resource')
			.map(({ name }) => name)
			.filter((name) => new URL(name).pathname.endsWith('.js')),
	);
	await page.context().close();
	const files = [...new Set(scripts)];
	const sizes = await Promise.all(files.map(gzippedBytes));
	return { ms, kilobytes: sizes.reduce((sum, size) => sum + size, 0) / 1000, files: files.length };
}

/** The bytes of a file as they come over the wire to who takes gzip only. */
function gzippedBytes(url: string): Promise<number> {
	return new Promise((done, failed) => {
		get(url, { headers: { 'accept-encoding': 'gzip' } }, (reply) => {
			let bytes = 0;
			reply.on('data', (chunk: Buffer) => (bytes += chunk.length));
			reply.on('end', () => done(bytes));
			reply.on('error', failed);
		}).on('error', failed);
	});
}
