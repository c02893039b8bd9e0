import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { openStudio } from '@reelroom/cli/studio.ts';
import { browserFlags, findBrowser } from '@reelroom/shared/node/tools/find-browser.ts';
import { freePort } from '@reelroom/shared/node/tools/free-port.ts';

/** The whole product as `npm start` runs it, on a data folder of its own, with a browser beside it. */
export type House = {
	url: string;
	dataDir: string;
	browser: Browser;
	/** Somebody with a browser window of their own; `apart` gives them a whole browser of their own. */
	visitor(
		options?: Parameters<Browser['newContext']>[0] & { apart?: boolean },
	): Promise<{ context: BrowserContext; page: Page; faults: string[] }>;
	/** Kills the server that was started last, as a crash would. */
	killServer(): void;
	/** Kills the only server as it runs now, however often it has been started again. */
	killServerAgain(): Promise<void>;
	/** Kills the worker that was started first. */
	killWorker(): void;
	close(): Promise<void>;
};

/** Opens mongod, one or more servers behind one port, worker and a browser; `close` ends them in reverse. */
export async function openHouse({
	servers = 1,
	samples = 0,
	env = {},
	mongodbUri,
}: { servers?: number; samples?: 0 | 1 | 2; env?: Record<string, string>; mongodbUri?: string } = {}): Promise<House> {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-e2e-'));
	const said: string[] = [];
	const closers: (() => Promise<unknown>)[] = [];
	const { url } = await openStudio({
		dataDir,
		port: await freePort(),
		servers,
		mongodbUri,
		host: '127.0.0.1',
		tell: (line) => said.push(line),
		env: { SAMPLE_PROJECTS: String(samples), ...env },
		warn: () => {},
		opened: (_name, close) => void closers.unshift(close),
		signal: AbortSignal.timeout(120_000),
	});
	const tool = await findBrowser();
	const launch = async (): Promise<Browser> => {
		const opened = await chromium.launch({
			executablePath: tool.path,
			args: [...browserFlags, '--autoplay-policy=no-user-gesture-required'],
		});
		closers.unshift(() => opened.close());
		return opened;
	};
	const browser = await launch();
	return {
		url,
		dataDir,
		browser,
		async visitor({ apart = false, ...options } = {}) {
			const context = await (apart ? await launch() : browser).newContext({
				locale: 'en-GB',
				viewport: { width: 1440, height: 900 },
				...options,
			});
			const page = await context.newPage();
			page.setDefaultTimeout(20_000);
			const faults: string[] = [];
			page.on('pageerror', (error) => faults.push(error.message));
			page.on('console', (message) => {
				if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text()))
					faults.push(message.text());
			});
			return { context, page, faults };
		},
		killServer() {
			const pid = Number(said.findLast((line) => line.startsWith('Server'))?.match(/process (\d+)/)?.[1]);
			process.kill(pid, 'SIGKILL');
		},
		async killServerAgain() {
			const last = async (): Promise<number> => {
				const lines = (await readFile(join(dataDir, 'logs/server.log'), 'utf8')).trimEnd().split('\n');
				const line = lines.findLast((each) => each.startsWith('{') && each.endsWith('}')) ?? '{}';
				return (JSON.parse(line) as { pid: number }).pid;
			};
			// One that has just died by itself is started again, and says so in the log.
			const until = Date.now() + 30_000;
			while (!isKilled(await last())) {
				if (Date.now() > until) throw new Error('There is no server to kill.');
				await setTimeout(100);
			}
		},
		killWorker() {
			const pid = Number(said.find((line) => line.startsWith('Worker'))?.match(/process (\d+)/)?.[1]);
			process.kill(pid, 'SIGKILL');
		},
		async close() {
			for (const close of closers) await close();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}

/** Kills a process; false when there is none of that number any more. */
function isKilled(pid: number): boolean {
	try {
		return process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
		throw error;
	}
}

/** Signs a new person up in the browser and waits for the project list. */
export async function signUp(page: Page, url: string, name: string): Promise<void> {
	await page.goto(`${url}/register`);
	await page.getByTestId('register-name').fill(name);
	await page
		.getByTestId('register-email')
		.fill(`${name.toLowerCase().replace(/\W/g, '')}-${Math.random().toString(36).slice(2, 8)}@example.org`);
	await page.getByTestId('register-password').fill('a long enough secret');
	await page.getByTestId('register-submit').click();
	await page.waitForURL(/\/projects/);
}

/** Waits until every cell of the board shows a picture. */
export async function allDrawn(page: Page): Promise<number> {
	await page.getByTestId('board-cell').first().waitFor();
	await page.waitForFunction(
		() => document.querySelector('[data-testid=board-cell]:not([data-state=picture])') === null,
		undefined,
		{ timeout: 90_000 },
	);
	return page.getByTestId('board-cell').count();
}

/** Renders the film of the open project in its Film view and shares it; answers the path of the link. */
export async function renderAndShare(page: Page): Promise<string> {
	await page.getByTestId('render-start').click();
	const film = page.getByTestId('film-item').first();
	await film.waitFor({ timeout: 150_000 });
	await film.getByTestId('film-share').click();
	const link = page.getByTestId('share-url').first();
	await link.waitFor();
	const address = await link.evaluate((element) =>
		element instanceof HTMLInputElement ? element.value : element.textContent,
	);
	return new URL(address?.trim() ?? '').pathname;
}

/** Makes an invitation in the open project and lets another visitor, who is signed up, join by it. */
export async function joinByInvite(page: Page, url: string, second: Page): Promise<void> {
	await page.getByTestId('share').click();
	await page.getByTestId('make-invite').click();
	const invite = page.getByTestId('invite-link');
	await invite.waitFor();
	const address = await invite.evaluate((element) =>
		element instanceof HTMLInputElement ? element.value : (element.textContent ?? ''),
	);
	await page.keyboard.press('Escape');
	await second.goto(url + new URL(address).pathname);
	await second.getByTestId('invite-join').click();
	await second.waitForURL(/\/projects\/[^/]+/);
}
