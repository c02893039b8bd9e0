import type { Log } from './log.ts';

/** Closes whatever a process opened, last opened first. */
export interface Shutdown {
	/** Registers how a thing is closed. */
	add(name: string, close: () => unknown): void;
	/** Closes everything once, in reverse order; later calls wait for the first. */
	close(): Promise<void>;
	/** Aborted as soon as closing begins. */
	readonly signal: AbortSignal;
}

/** Sets up closing on SIGTERM and SIGINT: exit code 0 when all closed in time, 1 when something failed or hung. */
export function createShutdown({
	log,
	limitMs = 20_000,
	exit = (code: number) => process.exit(code),
}: {
	log: Pick<Log, 'info' | 'error'>;
	limitMs?: number;
	exit?: (code: number) => void;
}): Shutdown {
	const opened: { name: string; close: () => unknown }[] = [];
	const controller = new AbortController();
	let closing: Promise<boolean> | undefined;

	async function closeAll(): Promise<boolean> {
		let clean = true;
		const endsAt = Date.now() + limitMs;
		for (const { name, close } of opened.toReversed()) {
			try {
				await withLimit(close, Math.max(100, endsAt - Date.now()), name);
			} catch (error) {
				clean = false;
				log.error({ err: error, thing: name }, 'could not close');
			}
		}
		return clean;
	}

	function closeOnce(): Promise<boolean> {
		controller.abort();
		closing ??= closeAll();
		return closing;
	}

	let ending = false;
	function end(reason: string, code: number, error?: unknown) {
		// A terminal and a parent may both send the same Ctrl-C: the second one must not cut the closing short.
		if (ending) return;
		ending = true;
		if (error === undefined) log.info({ reason }, 'closing');
		else log.error({ err: error, reason }, 'closing');
		void closeOnce().then((clean) => exit(clean ? code : 1));
	}

	process.on('SIGTERM', () => end('SIGTERM', 0));
	process.on('SIGINT', () => end('SIGINT', 0));
	// A bug outside a request or a job leaves a state nobody can vouch for: close and let it be started afresh.
	process.on('uncaughtException', (error) => end('uncaughtException', 1, error));
	process.on('unhandledRejection', (error) => end('unhandledRejection', 1, error));

	return {
		add: (name, close) => void opened.push({ name, close }),
		close: async () => void (await closeOnce()),
		signal: controller.signal,
	};
}

async function withLimit(close: () => unknown, limitMs: number, name: string): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`${name} did not close within ${limitMs} ms`)), limitMs);
	});
	try {
		await Promise.race([Promise.resolve().then(close), limit]);
	} finally {
		clearTimeout(timer);
	}
}
