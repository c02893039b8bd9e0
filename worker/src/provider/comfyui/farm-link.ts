import { safeClasses } from '@reelroom/shared/defaults/comfyui/safe-classes.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { FarmStore } from '@reelroom/shared/node/stores/farm-store.ts';
import type { ObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import type { ComfyPool } from './pool.ts';

export type FarmLinkDeps = {
	store: FarmStore;
	pool: ComfyPool;
	/** Servers that a setting names. */
	urls: readonly string[];
	/** All classes that may run, where a setting lists them. */
	fixedClasses: ReadonlySet<string>;
	workerId: string;
	log: Pick<Log, 'warn'>;
	/** How often what was set is read, and how often servers are looked at and told of. */
	readMs?: number;
	tellMs?: number;
};

const keepAgainMs = 24 * 3_600_000;

/**
 * Ties a worker's pool to the farm in the database: takes over what an administrator sets, and tells what the servers are and have, so that the server
 * knows it without speaking to them. What is set is read from the database alone, so that it holds after any restart.
 */
export async function createFarmLink({
	store,
	pool,
	urls,
	fixedClasses,
	workerId,
	log,
	readMs = 2000,
	tellMs = 5000,
}: FarmLinkDeps): Promise<{ close(): Promise<void> }> {
	const safe = safeClasses();
	/** Lists that were stored already, by the list itself. */
	const stored = new WeakMap<ObjectInfo, { digest: string; at: Date }>();
	let recalled = new Set<string>();

	const read = async (): Promise<void> => {
		const [records, { added }] = await Promise.all([store.list(), store.allowed()]);
		const meant = records.filter(({ source, url, enabled }) => enabled && (source === 'page' || urls.includes(url)));
		pool.setAllowed(fixedClasses.size > 0 ? fixedClasses : new Set([...safe, ...added]));
		if (meant.some(({ _id }) => !recalled.has(_id)))
			for (const { _id, took } of await store.reports()) pool.recall(_id, took ?? {});
		recalled = new Set(meant.map(({ _id }) => _id));
		await pool.setNodes(
			meant.map(({ _id: id, url, concurrency, draining, tags }) => ({ id, url, concurrency, draining, tags })),
		);
	};
	const digestOf = async (known: ObjectInfo, at: Date): Promise<string | null> => {
		if (Object.keys(known).length === 0) return null;
		const before = stored.get(known);
		// Now and then again, as what nobody asks to keep for long is removed.
		if (before !== undefined && at.getTime() - before.at.getTime() < keepAgainMs) return before.digest;
		const digest = await store.keepClasses(known, at);
		stored.set(known, { digest, at });
		return digest;
	};
	const tell = async (): Promise<void> => {
		await pool.look();
		const at = new Date();
		for (const { id, url: _url, known, classes: classCount, ...about } of pool.describe())
			await store.report({ _id: id, workerId, at, ...about, classCount, classes: await digestOf(known, at) });
	};
	/** Does something again and again, one at a time; what fails is tried again the next time. */
	const repeat = (work: () => Promise<void>, everyMs: number) => {
		let under: Promise<void> | null = null;
		const turn = () => {
			under ??= work()
				.catch((error: unknown) => log.warn({ err: error }, 'the farm was not followed'))
				.finally(() => (under = null));
		};
		const timer = setInterval(turn, everyMs);
		return {
			turn,
			async close() {
				clearInterval(timer);
				await under;
			},
		};
	};
	await store.register(urls, new Date());
	await read();
	const reading = repeat(read, readMs);
	const telling = repeat(tell, tellMs);
	telling.turn();
	return {
		async close() {
			await Promise.all([reading.close(), telling.close()]);
		},
	};
}
