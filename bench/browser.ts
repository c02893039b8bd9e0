import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { browserFlags, findBrowser } from '../shared/node/tools/find-browser.ts';
import { password } from './product.ts';

/** Gives the work a browser process of its own. */
export async function withBrowser<Result>(
	work: (browser: Browser) => Promise<Result>,
	flags: readonly string[] = [],
): Promise<Result> {
	const { path } = await findBrowser();
	const browser = await chromium.launch({ executablePath: path, args: [...browserFlags, ...flags] });
	try {
		return await work(browser);
	} finally {
		await browser.close();
	}
}

/** A page with nothing cached, signed in when an address is given. */
export async function openPage(browser: Browser, url: string, email?: string): Promise<Page> {
	const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
	if (email !== undefined) {
		const reply = await context.request.post(`${url}/api/v1/auth/login`, {
			data: { email, password },
			headers: { origin: url },
		});
		if (!reply.ok()) throw new Error(`Nobody could be signed in: ${await reply.text()}`);
	}
	const page = await context.newPage();
	page.setDefaultTimeout(60_000);
	return page;
}
