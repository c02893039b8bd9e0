import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startMongod } from '../node/tools/mongod.ts';

/** Starts one mongod for the whole run, on memory-backed storage where there is room, and stops it at the end. */
export default async function setup(project: TestProject) {
	const dataDir = await mkdtemp(join(await quickestFolder(), 'reelroom-test-'));
	const mongod = await startMongod({
		dataDir,
		// Commits wait for the journal; a short interval makes each of them quick.
		args: [
			'--journalCommitInterval',
			'2',
			'--oplogSize',
			'64',
			'--setParameter',
			'diagnosticDataCollectionEnabled=false',
		],
	});
	project.provide('mongodbUri', mongod.uri);
	return async () => {
		await mongod.close();
		await rm(dataDir, { recursive: true, force: true });
	};
}

async function quickestFolder(): Promise<string> {
	try {
		const { bavail, bsize } = await statfs('/dev/shm');
		if (bavail * bsize > 2 ** 30) return '/dev/shm';
	} catch {
		// No such place on this system: the ordinary temporary folder does.
	}
	return tmpdir();
}
