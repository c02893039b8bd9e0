import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectDir } from '../../shared/node/tools/cache.ts';
import { freePort } from '../../shared/node/tools/free-port.ts';
import { startMongod } from '../../shared/node/tools/mongod.ts';
import { openOurs } from './ours.ts';

export type ContenderName = 'ours' | 'bullmq' | 'agenda-streams' | 'agenda';
/** A queue that tasks are put into; its worker is a process of its own. */
export type Contender = {
	name: ContenderName;
	/** Puts one task in, to begin at once or at an instant. */
	put(id: string, at?: Date): Promise<void>;
	/** Puts many in, in the fastest way that it offers; answers only when all are kept. */
	putMany(ids: readonly string[]): Promise<void>;
	/** Starts a worker. `count`: it says once so many have ended; 0: it tells of each when it begins. */
	work(concurrency: number, count: number): Promise<QueueWorker>;
	/** What is wrong in its books, in words; nothing where it keeps none. */
	faults(ids: readonly string[]): Promise<string[]>;
	close(): Promise<void>;
};
export type QueueWorker = {
	/** Resolves with the instant at which a task began. */
	started(id: string): Promise<number>;
	/** Milliseconds from when the first began to when the last had ended. */
	done: Promise<number>;
	end(signal?: NodeJS.Signals): Promise<void>;
};

/** Where the peers are installed, and their packages. */
export const peers = join(projectDir, 'bench/generation/peers');
export const peerPackages = ['bullmq', 'agenda', '@agendajs/mongo-backend'];
const fromPeers = createRequire(join(peers, 'package.json'));
/** A package of the peers; their types are not ours. */
const load = async (name: string): Promise<Record<string, never>> =>
	(await import(pathToFileURL(fromPeers.resolve(name)).href)) as Record<string, never>;

/** The version of the Redis on this machine; null where there is none. */
export async function findRedis(): Promise<string | null> {
	const child = spawn('redis-server', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
	let words = '';
	child.stdout.on('data', (bytes: Buffer) => (words += bytes.toString()));
	const code = await new Promise<number | null>((ended) => child.once('close', ended).once('error', () => ended(1)));
	return code === 0 ? (/v=(\S+)/.exec(words)?.[1] ?? words.trim()) : null;
}

/** Opens one of them, with nothing in it. */
export const openContender = (name: ContenderName): Promise<Contender> =>
	name === 'ours' ? openOurs() : name === 'bullmq' ? openBullmq() : openAgenda(name);

/** Starts a worker's process and listens to what it tells. */
export async function startWorker(args: readonly string[], cwd: string): Promise<QueueWorker> {
	const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
		cwd,
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	const waiting = new Map<string, (at: number) => void>();
	const early = new Map<string, number>();
	const { promise: done, resolve: allDone } = Promise.withResolvers<number>();
	const ready = new Promise<void>((resolve, reject) => {
		child.once('exit', () => reject(new Error('A worker ended before it was ready.')));
		child.on('message', (message: { ready?: true; started?: string; at?: number; done?: number }) => {
			if (message.ready === true) resolve();
			if (message.done !== undefined) allDone(message.done);
			if (message.started === undefined || message.at === undefined) return;
			const found = waiting.get(message.started);
			if (found === undefined) early.set(message.started, message.at);
			else found(message.at);
		});
	});
	await ready;
	return {
		started: (id) => {
			const at = early.get(id);
			return at === undefined ? new Promise((resolve) => waiting.set(id, resolve)) : Promise.resolve(at);
		},
		done,
		end: (signal = 'SIGKILL') => endOf(child, signal),
	};
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exited = once(child, 'exit');
	child.kill(signal);
	await exited;
}

/** A folder that is gone when what works in it has been closed. */
export async function aFolder(): Promise<{ path: string; remove(): Promise<void> }> {
	const path = await mkdtemp(join(tmpdir(), 'reelroom-queue-'));
	return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

async function openBullmq(): Promise<Contender> {
	const folder = await aFolder();
	const port = await freePort();
	// As Debian starts it: kept in memory, written to disk once a minute at most.
	const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder.path], {
		stdio: 'ignore',
	});
	type Bull = {
		add(name: string, data: object, options: object): Promise<unknown>;
		addBulk(jobs: readonly object[]): Promise<unknown>;
		waitUntilReady(): Promise<unknown>;
		on(event: 'error', listener: () => void): unknown;
		close(): Promise<void>;
	};
	const { Queue } = (await load('bullmq')) as unknown as { Queue: new (name: string, options: object) => Bull };
	const queue = new Queue('tasks', { connection: { host: '127.0.0.1', port } });
	// Until Redis listens, connecting fails and is tried again.
	queue.on('error', () => {});
	await queue.waitUntilReady();
	const options = { removeOnComplete: true };
	return {
		name: 'bullmq',
		put: async (id, at) =>
			void (await queue.add(
				'empty',
				{ id },
				at === undefined ? options : { ...options, delay: at.getTime() - Date.now() },
			)),
		async putMany(ids) {
			for (let from = 0; from < ids.length; from += 500)
				await queue.addBulk(ids.slice(from, from + 500).map((id) => ({ name: 'empty', data: { id }, opts: options })));
		},
		work: (concurrency, count) =>
			startWorker([join(peers, 'bullmq.mjs'), String(port), String(concurrency), String(count)], peers),
		faults: async () => [],
		async close() {
			await queue.close();
			await endOf(redis, 'SIGKILL');
			await folder.remove();
		},
	};
}

async function openAgenda(name: 'agenda' | 'agenda-streams'): Promise<Contender> {
	const folder = await aFolder();
	const mongod = await startMongod({ dataDir: folder.path });
	type Jobs = {
		now(name: string, data: object): Promise<unknown>;
		schedule(at: Date, name: string, data: object): Promise<unknown>;
	};
	type Client = { connect(): Promise<Client>; db(): object; close(): Promise<void> };
	const [{ Agenda }, { MongoBackend, MongoChangeStreamNotificationChannel }, { MongoClient }] = (await Promise.all(
		['agenda', '@agendajs/mongo-backend', 'mongodb'].map(load),
	)) as unknown as [
		{ Agenda: new (options: object) => Jobs },
		Record<'MongoBackend' | 'MongoChangeStreamNotificationChannel', new (options: object) => object>,
		{ MongoClient: new (uri: string) => Client },
	];
	const client = await new MongoClient(mongod.uri).connect();
	const db = client.db();
	const collection = 'agendaJobs';
	const agenda = new Agenda({
		backend: new MongoBackend({ mongo: db, collection }),
		...(name === 'agenda' ? {} : { notificationChannel: new MongoChangeStreamNotificationChannel({ db, collection }) }),
	});
	const how = name === 'agenda' ? 'default' : 'streams';
	return {
		name,
		put: async (id, at) =>
			void (await (at === undefined ? agenda.now('empty', { id }) : agenda.schedule(at, 'empty', { id }))),
		async putMany(ids) {
			for (const id of ids) await agenda.now('empty', { id });
		},
		work: (concurrency, count) =>
			startWorker([join(peers, 'agenda.mjs'), mongod.uri, how, String(concurrency), String(count)], peers),
		faults: async () => [],
		async close() {
			await client.close();
			await mongod.close();
			await folder.remove();
		},
	};
}
