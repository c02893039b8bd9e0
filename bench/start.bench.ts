import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStudio } from '../cli/src/studio.ts';
import { freePort } from '../shared/node/tools/free-port.ts';

/** How long the studio takes to be ready: first on an empty data folder, then again on the same. */
export default async function bench(): Promise<Record<string, number>> {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-bench-'));
	try {
		return { 'start.first.ms': await startMs(dataDir), 'start.again.ms': await startMs(dataDir) };
	} finally {
		await rm(dataDir, { recursive: true, force: true });
	}
}

async function startMs(dataDir: string): Promise<number> {
	const opened: (() => Promise<unknown>)[] = [];
	const began = performance.now();
	try {
		await openStudio({
			dataDir,
			port: await freePort(),
			host: '127.0.0.1',
			tell: () => {},
			warn: (line) => console.error(line),
			opened: (_name, close) => void opened.push(close),
			signal: AbortSignal.timeout(120_000),
		});
		return performance.now() - began;
	} finally {
		for (const close of opened.toReversed()) await close();
	}
}
