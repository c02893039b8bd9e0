import { accessSync, constants, existsSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { statfs } from 'node:fs/promises';
import { cacheDir, outputOf, projectDir, reasonOf } from '@reelroom/shared/node/tools/cache.ts';
import type { Tool } from '@reelroom/shared/node/tools/cache.ts';
import { findBrowser } from '@reelroom/shared/node/tools/find-browser.ts';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { findMongod } from '@reelroom/shared/node/tools/find-mongod.ts';
import { isPortFree } from '@reelroom/shared/node/tools/free-port.ts';
import type { CliConfig } from './config.ts';

/** One thing the doctor looked at. */
export interface Finding {
	thing: string;
	/** `missing` costs something, `broken` keeps the studio from starting. */
	state: 'ok' | 'missing' | 'broken';
	detail: string;
	/** What one has to do without. */
	cost?: string;
}

/** Looks at everything the studio needs and says what is there, what is missing and what that costs. */
async function examine(config: Readonly<CliConfig>, { fetch = true } = {}): Promise<Finding[]> {
	const dataDir = resolve(config.DATA_DIR);
	return [
		{ thing: 'Node', state: 'ok', detail: `${process.version} (${process.execPath})` },
		config.MONGODB_URI === undefined
			? await tool('MongoDB', () => findMongod({ fetch }), 'broken', 'The studio cannot start.')
			: { thing: 'MongoDB', state: 'ok', detail: 'the one MONGODB_URI names' },
		await tool('FFmpeg', () => findFfmpeg({ fetch }), 'missing', 'Everything works but rendering a film.'),
		await tool('Browser', () => findBrowser(), 'missing', 'Only the end-to-end tests need it.'),
		await python(),
		existsSync(join(projectDir, 'web/build/handler.js'))
			? { thing: 'Web part', state: 'ok', detail: 'built' }
			: {
					thing: 'Web part',
					state: 'missing',
					detail: 'not built yet',
					cost: 'The first start takes about 15 s longer.',
				},
		folder('Data folder', dataDir, 'broken', 'Nothing can be stored. Choose another folder by DATA_DIR.'),
		folder(
			'Cache folder',
			cacheDir(),
			'missing',
			'Programs that are not installed cannot be fetched. Choose another by REELROOM_CACHE.',
		),
		(await isPortFree(config.PORT, config.HOST))
			? { thing: 'Port', state: 'ok', detail: `${config.PORT} on ${config.HOST} is free` }
			: {
					thing: 'Port',
					state: 'missing',
					detail: `${config.PORT} on ${config.HOST} is busy`,
					cost: 'Unless that is Reelroom itself, set another by PORT.',
				},
		await disk(dataDir),
		memory(),
	];
}

async function tool(
	thing: string,
	find: () => Promise<Tool>,
	state: 'missing' | 'broken',
	cost: string,
): Promise<Finding> {
	try {
		const { path, version, source } = await find();
		return { thing, state: 'ok', detail: `${version} (${source}: ${path})` };
	} catch (error) {
		return { thing, state, detail: reasonOf(error), cost };
	}
}

async function python(): Promise<Finding> {
	try {
		const version = (await outputOf('python3', ['-m', 'pip', '--version']))
			.split('\n')
			.find((line) => line.startsWith('pip '));
		return { thing: 'Python', state: 'ok', detail: version?.replace(/ from .*\(/, ' (') ?? 'pip answers' };
	} catch (error) {
		return {
			thing: 'Python',
			state: 'missing',
			detail: reasonOf(error),
			cost: 'MongoDB and FFmpeg cannot be fetched; they must be installed.',
		};
	}
}

function folder(thing: string, path: string, state: 'missing' | 'broken', cost: string): Finding {
	let existing = path;
	while (!existsSync(existing)) existing = dirname(existing);
	try {
		accessSync(existing, constants.W_OK);
		return { thing, state: 'ok', detail: path };
	} catch {
		return { thing, state, detail: `${existing} cannot be written to`, cost };
	}
}

async function disk(path: string): Promise<Finding> {
	let existing = path;
	while (!existsSync(existing)) existing = dirname(existing);
	const { bavail, bsize } = await statfs(existing);
	const freeGb = (bavail * bsize) / 2 ** 30;
	const detail = `${freeGb.toFixed(1)} GB free`;
	return freeGb >= 2
		? { thing: 'Disk', state: 'ok', detail }
		: { thing: 'Disk', state: 'missing', detail, cost: 'Films and pictures may not fit; 2 GB is advised.' };
}

function memory(): Finding {
	const detail = `${(totalmem() / 2 ** 30).toFixed(1)} GB, ${(freemem() / 2 ** 30).toFixed(1)} GB unused`;
	return totalmem() >= 1.8 * 2 ** 30
		? { thing: 'Memory', state: 'ok', detail }
		: { thing: 'Memory', state: 'missing', detail, cost: 'Rendering at 1080p may fail; 2 GB is advised.' };
}

/** Prints the findings, for people or as JSON; 1 when the studio cannot start. */
export async function doctor(config: Readonly<CliConfig>, { json = false, fetch = true }): Promise<number> {
	const findings = await examine(config, { fetch });
	const ready = findings.every(({ state }) => state !== 'broken');
	if (json) console.log(JSON.stringify({ ready, findings }, null, 2));
	else {
		const marks = { ok: '✓', missing: '!', broken: '✗' };
		for (const { thing, state, detail, cost } of findings) {
			console.log(
				`${marks[state]} ${thing.padEnd(12)} ${detail}${cost === undefined ? '' : `\n${' '.repeat(15)}${cost}`}`,
			);
		}
		console.log(ready ? '\nReelroom can start: npm start' : '\nReelroom cannot start yet.');
	}
	return ready ? 0 : 1;
}
