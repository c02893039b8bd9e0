import { mkdtemp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../shared/node/tools/cache.ts';
import { median } from './measure.ts';
import { startProduct } from './product.ts';

const rounds = 3;

export const workload =
	'`npm start` with packages, programs and web part in, until the sign-up page is answered; first on an empty data folder with nothing compiled before, again on the same one; then Ctrl-C until npm has ended. Medians of three.';

/** How soon `npm start` serves its first page, and how soon Ctrl-C ends it. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	const first: number[] = [];
	const again: number[] = [];
	const stop: number[] = [];
	for (let round = 0; round < rounds; round++) {
		const folder = await mkdtemp(join(tmpdir(), 'reelroom-bench-'));
		try {
			const cache = await freshCache(join(folder, 'cache'));
			for (const times of [first, again]) {
				const product = await startProduct(join(folder, 'data'), cache);
				times.push(product.readyMs);
				stop.push(await product.stop());
			}
		} finally {
			await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
		}
	}
	tell(
		`first ${first.map(Math.round).join(' ')} ms, again ${again.map(Math.round).join(' ')} ms, Ctrl-C ${stop.map(Math.round).join(' ')} ms`,
	);
	return { 'start.first': median(first), 'start.again': median(again), 'start.stop': median(stop) };
}

/** A cache with the fetched programs, but with no code that was compiled before. */
async function freshCache(folder: string): Promise<Record<string, string>> {
	await mkdir(folder);
	for (const name of await readdir(cacheDir()))
		if (name !== 'compiled') await symlink(join(cacheDir(), name), join(folder, name));
	return { REELROOM_CACHE: folder, NODE_COMPILE_CACHE: join(folder, 'compiled') };
}
