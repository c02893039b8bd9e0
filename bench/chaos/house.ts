import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startBalancer } from '../../cli/src/balancer.ts';
import { projectDir } from '../../shared/node/tools/cache.ts';
import { freePort } from '../../shared/node/tools/free-port.ts';
import { startMongod } from '../../shared/node/tools/mongod.ts';
import { parseMark } from '../../shared/node/tools/pid-lock.ts';

/** Servers and workers in processes of their own, the servers behind one port, over one mongod, all of which can be killed and come back by themselves. */
export type ChaosHouse = {
	url: string;
	mongodbUri: string;
	/** Kills one of the servers; resolves when it answers again. */
	killServer(which: number): Promise<void>;
	/** Kills one of the workers, which comes back by itself. */
	killWorker(which: number): void;
	/** Asks a server or a worker to end, as an update does; answers whether it ended well, which one that had hardly begun does by the signal itself, and after how long. */
	stop(what: 'server' | 'worker', which: number): Promise<{ isWell: boolean; ms: number }>;
	/** Kills mongod; resolves when it accepts writes again. */
	killMongod(): Promise<void>;
	/** Sets the clocks of all servers and workers, which then go on from there. */
	setClock(shiftMs: number): Promise<void>;
	/** The processes of servers and workers that run now. */
	pids(): { server: number[]; worker: number[] };
	/** What the servers said that they should not have said. */
	complaints: string[];
	close(): Promise<void>;
};

export type HouseOptions = {
	servers: number;
	workers?: number;
	/** For every server and worker. */
	env?: Record<string, string>;
	/** How far the clocks of servers and workers are from that of the machine; without it they are that one, and cannot be set. */
	shiftMs?: number;
	/** A network between all of them and mongod: given mongod's port, the port to connect to. */
	mongodThrough?: (port: number) => Promise<number>;
};

/** Starts it in a folder of its own. */
export async function openHouse(
	dataDir: string,
	{ servers, workers = 0, env = {}, shiftMs, mongodThrough }: HouseOptions,
): Promise<ChaosHouse> {
	const clockFile = join(dataDir, 'clock');
	const setClock = (ms: number) => writeFile(clockFile, String(ms));
	if (shiftMs !== undefined) await setClock(shiftMs);
	const preload = shiftMs === undefined ? [] : ['--import', join(projectDir, 'bench/chaos/clock.ts')];
	const mongoPort = await freePort();
	const args = ['--setParameter', 'diagnosticDataCollectionEnabled=false'];
	const startDatabase = () => startMongod({ dataDir, port: mongoPort, args });
	let mongod = await startDatabase();
	const mongodbUri =
		mongodThrough === undefined
			? mongod.uri
			: `mongodb://127.0.0.1:${await mongodThrough(mongoPort)}/reelroom?directConnection=true`;
	const ports: number[] = [];
	for (let count = 0; count < servers; count++) ports.push(await freePort());
	const running = new Map<number, ChildProcess>();
	const working = new Map<number, ChildProcess>();
	const complaints: string[] = [];
	let closed = false;

	function startProcess(
		all: Map<number, ChildProcess>,
		key: number,
		script: string,
		more: Record<string, string>,
	): void {
		const child = spawn(
			process.execPath,
			['--disable-warning=ExperimentalWarning', ...preload, join(projectDir, script)],
			{
				stdio: ['ignore', 'pipe', 'pipe'],
				env: {
					...process.env,
					NODE_ENV: 'production',
					LOG_LEVEL: 'error',
					MONGODB_URI: mongodbUri,
					DATA_DIR: dataDir,
					CHAOS_CLOCK: clockFile,
					...env,
					...more,
				},
			},
		);
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (bytes: Buffer) => complaints.push(...bytes.toString().split('\n').filter(Boolean)));
		all.set(key, child);
		// One that ends by itself, for example because mongod was away when it started, is started again.
		child.once('exit', () => {
			if (!closed) setTimeout(() => closed || startProcess(all, key, script, more), 250);
		});
	}
	const start = (port: number): void =>
		startProcess(running, port, 'server/src/main.ts', {
			PORT: String(port),
			HOST: '127.0.0.1',
			WEB_BUILD_DIR: join(dataDir, 'no-web'),
		});

	async function answers(port: number): Promise<void> {
		for (;;) {
			try {
				const reply = await fetch(`http://127.0.0.1:${port}/api/v1/health`, { signal: AbortSignal.timeout(2_000) });
				await reply.arrayBuffer();
				if (reply.ok) return;
			} catch {
				// Nobody listens yet.
			}
			await wait(50);
		}
	}

	const secondStart = async () => {
		// The first server writes the secrets that all of them sign with.
		const [first, ...others] = ports;
		if (first === undefined) return;
		start(first);
		await answers(first);
		others.forEach(start);
		await Promise.all(others.map(answers));
	};
	await secondStart();
	for (let worker = 0; worker < workers; worker++) startProcess(working, worker, 'worker/src/main.ts', {});
	const balancer = await startBalancer({ port: 0, host: '127.0.0.1', targets: ports });
	return {
		url: `http://127.0.0.1:${balancer.port}`,
		mongodbUri: mongod.uri,
		complaints,
		setClock,
		pids: () => ({ server: pidsOf(running), worker: pidsOf(working) }),
		async killServer(which) {
			const port = ports[which % ports.length];
			if (port === undefined) return;
			running.get(port)?.kill('SIGKILL');
			await answers(port);
		},
		killWorker: (which) => void working.get(which % workers)?.kill('SIGKILL'),
		async stop(what, which) {
			const port = ports[which % ports.length] ?? 0;
			const child = what === 'server' ? running.get(port) : working.get(which % workers);
			if (child === undefined) throw new Error(`There is no ${what} to stop.`);
			const asked = performance.now();
			if (child.exitCode === null && child.signalCode === null) {
				child.kill('SIGTERM');
				await once(child, 'exit');
			}
			const isWell = child.exitCode === 0 || ['SIGTERM', 'SIGKILL'].includes(child.signalCode ?? '');
			const ms = performance.now() - asked;
			if (what === 'server') await answers(port);
			return { isWell, ms };
		},
		async killMongod() {
			const mark = parseMark(await readFile(join(dataDir, 'mongod.pid'), 'utf8'));
			if (mark === undefined) throw new Error('There is no mongod to kill.');
			process.kill(mark.pid, 'SIGKILL');
			await mongod.exited;
			mongod = await startDatabase();
		},
		async close() {
			closed = true;
			await balancer.close();
			await Promise.all(
				[...running.values(), ...working.values()].map(async (child) => {
					if (child.exitCode !== null || child.signalCode !== null) return;
					child.kill('SIGTERM');
					await once(child, 'exit');
				}),
			);
			await mongod.close();
		},
	};
}

const pidsOf = (all: ReadonlyMap<number, ChildProcess>): number[] => [...all.values()].flatMap(({ pid }) => pid ?? []);
