import { createShutdown } from '@reelroom/shared/node/shutdown.ts';
import type { CliConfig } from './config.ts';
import { openStudio } from './studio.ts';

/** Opens the studio and keeps it open until it is told to close, or something all depend on ends. */
export async function start(config: Readonly<CliConfig>, { servers }: { servers: number }): Promise<void> {
	const warn = (line: string) => console.error(line);
	const shutdown = createShutdown({
		log: {
			info: () => console.log('Closing …'),
			error: (details: unknown) => console.error(messageOf(details)),
		},
		limitMs: 60_000,
	});
	const end = async (reason: unknown) => {
		if (shutdown.signal.aborted) return;
		warn(reason instanceof Error ? reason.message : String(reason));
		await shutdown.close();
		process.exit(1);
	};
	try {
		const { url, failed } = await openStudio({
			dataDir: config.DATA_DIR,
			port: config.PORT,
			host: config.HOST,
			origin: config.ORIGIN ?? config.PUBLIC_URL,
			mongodbUri: config.MONGODB_URI,
			cacheGb: config.MONGO_CACHE_GB,
			workers: config.WORKERS,
			servers,
			tell: (line) => console.log(line),
			warn,
			opened: shutdown.add,
			signal: shutdown.signal,
		});
		void failed.then(end);
		console.log(`\nReelroom is ready: ${url}\n`);
	} catch (error) {
		await end(error);
	}
}

function messageOf(details: unknown): string {
	const error = typeof details === 'object' && details !== null && 'err' in details ? details.err : details;
	return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
}
