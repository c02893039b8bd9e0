import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { cacheDir, canRun, keep, onPath, oneAtATime, outputOf, projectDir, reasonOf, tell } from './cache.ts';
import type { Tool } from './cache.ts';

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
export async function findBrowser({ env = process.env } = {}): Promise<Tool> {
	const tried: string[] = [];
	const attempt = async (path: string, source: string): Promise<Tool | undefined> => {
		try {
			return { path, version: await versionOf(path), source };
		} catch (error) {
			tried.push(`${path}: ${reasonOf(error)}`);
			return undefined;
		}
	};

	if (env.CHROME_PATH) {
		const tool = await attempt(env.CHROME_PATH, 'CHROME_PATH');
		if (tool) return tool;
		throw new Error(`CHROME_PATH does not name a usable browser. ${tried.join('; ')}`);
	}
	for (const path of await onPath(names, env)) {
		const tool = await attempt(path, 'PATH');
		if (tool) return tool;
	}
	if (tried.length === 0) tried.push(`PATH: none of ${names.join(', ')} there`);
	try {
		const path = await unpacked();
		return { path, version: await versionOf(path), source: '@sparticuz/chromium' };
	} catch (error) {
		tried.push(`@sparticuz/chromium: ${reasonOf(error)}`);
	}
	throw new Error(
		`No browser for tests was found. Tried: ${tried.join('; ')}. Install Chromium or Chrome, or name one by CHROME_PATH.`,
	);
}

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
