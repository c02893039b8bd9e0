import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { environment } from '../config.ts';
import { cacheDir, canRun, keep, oneAtATime, outputOf, projectDir, tell } from './cache.ts';
import type { Tool } from './cache.ts';
import { findTool } from './find-tool.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/** Flags every browser of a test is started with. */
export const browserFlags: readonly string[] = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Finds a Chromium for tests: `CHROME_PATH`, PATH, then the one packed inside the npm package @sparticuz/chromium. */
export const findBrowser = ({ env = environment() } = {}): Promise<Tool> =>
	findTool({
		what: 'a browser for tests',
		variable: 'CHROME_PATH',
		names,
		places: [{ source: '@sparticuz/chromium', find: unpacked }],
		versionOf,
		advice: 'Install Chromium or Chrome, or name one by CHROME_PATH.',
		env,
	});

async function unpacked(): Promise<string> {
	const source = join(projectDir, 'node_modules/@sparticuz/chromium');
	const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
	const folder = `chromium-${version}`;
	const target = join(cacheDir(), folder, 'chromium');
	return oneAtATime(folder, async () => {
		if (await canRun(target)) return target;
		tell('Unpacking the test browser (once) …');
		const draft = join(cacheDir(), `draft-${randomUUID()}`);
		await mkdir(dirname(draft), { recursive: true });
		try {
			await pipeline(
				createReadStream(join(source, 'bin/chromium.br')),
				createBrotliDecompress(),
				createWriteStream(draft),
			);
			await chmod(draft, 0o755);
			await keep(draft, target);
			return target;
		} finally {
			await rm(draft, { force: true });
		}
	});
}

async function versionOf(path: string): Promise<string> {
	const output = await outputOf(path, ['--no-sandbox', '--version']);
	return /(\d+(?:\.\d+){1,3})/.exec(output)?.[1] ?? output.trim().slice(0, 60);
}
