import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { freePort, isPortFree } from '@reelroom/shared/node/tools/free-port.ts';
import { startMongod } from '@reelroom/shared/node/tools/mongod.ts';
import { startBalancer } from './balancer.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';

const readyLimitMs = 60_000;
const healthyMs = 30_000;
const firstPauseMs = 250;
const youngDeathsAtMost = 6;

/** For glibc: what drawing a board needed is given back; smaller bounds give back more, but cost a quarter of the speed. */
const givesMemoryBack = {
	MALLOC_ARENA_MAX: '2',
	MALLOC_MMAP_THRESHOLD_: '8388608',
	MALLOC_TRIM_THRESHOLD_: '33554432',
};

/** How the whole studio is opened. */
export interface StudioOptions {
	dataDir: string;
	port: number;
	host: string;
	/** Where browsers reach the pages, when it is not `http://localhost:<port>`. */
	origin?: string | undefined;
	/** Without it a mongod of our own is started. */
	mongodbUri?: string | undefined;
	cacheGb?: number;
	workers?: number;
	/** More than one stand behind the one port, each connection with one of them. */
	servers?: number;
	/** Told one line per thing that was started. */
	tell: (line: string) => void;
	/** Told what goes wrong. */
	warn: (line: string) => void;
	/** Registers how each thing is closed; closing runs in reverse. */
	opened: (name: string, close: () => Promise<unknown>) => void;
	signal: AbortSignal;
	env?: Record<string, string>;
}

/** Opens mongod, server and workers; `failed` resolves with a sentence when one that all depend on has ended by itself. */
export async function openStudio(options: StudioOptions): Promise<{ url: string; failed: Promise<string> }> {
	const { port, host, tell, warn, opened, signal } = options;
	const dataDir = resolve(options.dataDir);
	if (!(await isPortFree(port, host))) {
		throw new Error(
			`Port ${port} is busy. Stop the program that uses it, or choose another: PORT=${port + 1} npm start`,
		);
	}
	let fail: (reason: string) => void = () => {};
	const failed = new Promise<string>((done) => void (fail = done));
	const url = `http://${['0.0.0.0', '::', '127.0.0.1'].includes(host) ? 'localhost' : host}:${port}`;

	let uri = options.mongodbUri;
	if (uri === undefined) {
		const spawned = (close: () => Promise<void>) => opened('mongod', close);
		const mongod = await startMongod({ dataDir, cacheGb: options.cacheGb ?? 0.25, spawned });
		void mongod.exited.then(({ code, asked }) => {
			if (!asked) fail(`The database ended by itself (${code ?? 'killed'}).`);
		});
		uri = mongod.uri;
		tell(`Database  MongoDB ${mongod.version}, data in ${join(dataDir, 'mongo')}`);
	} else tell('Database  the one MONGODB_URI names');
	signal.throwIfAborted();

	const ffmpeg = await findFfmpeg().catch((error: unknown) => {
		warn(`${error instanceof Error ? error.message : String(error)} Films cannot be rendered until then.`);
		return undefined;
	});
	signal.throwIfAborted();
	const env = {
		NODE_ENV: 'production',
		MONGODB_URI: uri,
		PORT: String(port),
		HOST: host,
		DATA_DIR: dataDir,
		ORIGIN: options.origin ?? url,
		...(ffmpeg ? { FFMPEG_PATH: ffmpeg.path } : {}),
		...options.env,
	};

	const servers = options.servers ?? 1;
	const ports = servers === 1 ? [port] : await Promise.all(Array.from({ length: servers }, () => freePort()));
	const listenAt = servers === 1 ? host : '127.0.0.1';
	// One after the other: the first makes the secrets that all of them sign with.
	for (const [index, serverPort] of ports.entries()) {
		const name = index === 0 ? 'server' : `server-${index + 1}`;
		const startServer = () =>
			startChild({
				name,
				floor: 'server',
				env: { ...env, PORT: String(serverPort), HOST: listenAt },
				logFile: join(dataDir, `logs/${name}.log`),
				tell: warn,
			});
		const firstServer = startServer();
		let server: Pick<Child, 'pid' | 'close'> = firstServer;
		opened(name, () => server.close());
		await listening(
			firstServer,
			`http://${listenAt === '0.0.0.0' ? '127.0.0.1' : listenAt === '::' ? '[::1]' : listenAt}:${serverPort}/api/v1/health`,
			signal,
		);
		server = keepRunning(firstServer, startServer, warn, fail);
		tell(`Server    process ${server.pid}, log in ${join(dataDir, `logs/${name}.log`)}`);
	}
	if (servers > 1) {
		const balancer = await startBalancer({ port, host, targets: ports });
		opened('balancer', () => balancer.close());
		tell(`Balancer  port ${port} in front of ${servers} servers`);
	}

	for (let number = 1; number <= (options.workers ?? 1); number++) {
		const name = number === 1 ? 'worker' : `worker-${number}`;
		const startWorker = () =>
			startChild({
				name,
				floor: 'worker',
				env: { ...env, ...givesMemoryBack },
				logFile: join(dataDir, `logs/${name}.log`),
				tell: warn,
			});
		const worker = keepRunning(startWorker(), startWorker, warn, fail);
		opened(name, () => worker.close());
		tell(`Worker    process ${worker.pid}, log in ${join(dataDir, `logs/${name}.log`)}`);
	}
	return { url, failed };
}

/** Waits until the server answers; what keeps it from that is thrown. */
async function listening(server: Child, health: string, signal: AbortSignal) {
	let ended = false;
	void server.exited.then(() => (ended = true));
	const endsAt = Date.now() + readyLimitMs;
	for (;;) {
		signal.throwIfAborted();
		if (ended)
			throw new Error(`The server did not start: ${server.complaints.slice(-5).join('; ') || 'it said nothing'}`);
		if (Date.now() > endsAt) throw new Error(`The server did not answer within ${readyLimitMs / 1000} s.`);
		const ok = await fetch(health, { signal: AbortSignal.timeout(2_000) }).then(
			async (reply) => {
				await reply.arrayBuffer();
				return reply.ok;
			},
			() => false,
		);
		if (ok) return;
		await wait(40);
	}
}

/** Keeps a process running: a dead one is started again, later each time it dies young; one that always dies young is given up. */
function keepRunning(
	first: Child,
	start: () => Child,
	warn: (line: string) => void,
	giveUp: (sentence: string) => void,
): Pick<Child, 'pid' | 'close'> {
	const closing = new AbortController();
	let current = first;
	const kept = (async () => {
		let pauseMs = firstPauseMs;
		let youngDeaths = 0;
		for (;;) {
			const began = Date.now();
			const { code, signal } = await current.exited;
			if (closing.signal.aborted) return;
			const young = Date.now() - began < healthyMs;
			youngDeaths = young ? youngDeaths + 1 : 0;
			pauseMs = youngDeaths > 1 ? pauseMs * 2 : firstPauseMs;
			const sentence = `The ${current.name} ended by itself (${code ?? signal})`;
			if (youngDeaths > youngDeathsAtMost) return giveUp(`${sentence} ${youngDeaths} times in a row.`);
			warn(`${sentence}; it is started again in ${pauseMs / 1000} s.`);
			await wait(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
			if (closing.signal.aborted) return;
			current = start();
		}
	})();
	return {
		pid: current.pid,
		async close() {
			closing.abort();
			await current.close();
			await kept;
		},
	};
}
