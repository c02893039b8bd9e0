import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Caller } from '../../cli/src/call.ts';
import { projectDir } from '../../shared/node/tools/cache.ts';
import { freePort } from '../../shared/node/tools/free-port.ts';
import { startMongod, type Mongod } from '../../shared/node/tools/mongod.ts';
import { projectApi } from '../../shared/src/project/api.ts';
import { invitationFor, signUpBare } from '../product.ts';

export type PeerName = 'relay' | 'y-websocket' | 'hocuspocus';
export type ServerName = PeerName | 'ours';

/** A server of live documents in a process of its own. */
export interface LiveServer {
	name: ServerName;
	/** The processes whose work it is; the first is the server itself. */
	pids(): number[];
	/** Where a room of this number is opened once more. */
	address(room: number): Promise<string>;
	/** Makes what so many openings of rooms need, so that only the openings are measured. */
	prepare(rooms: number, openings: number): Promise<void>;
	/** Ends the server, by default kindly, and starts it again on the same data. */
	restart(signal?: NodeJS.Signals): Promise<void>;
	close(): Promise<void>;
}

/** Where the peers are installed, and their packages. */
export const peers = join(projectDir, 'bench/collab/peers');
export const peerPackages = ['@y/websocket-server', '@hocuspocus/server', '@hocuspocus/extension-sqlite', 'ws', 'yjs'];
const connectionsPerAccount = 45;

/** Starts one of them, with nothing in it. */
export const startServer = (name: ServerName): Promise<LiveServer> => (name === 'ours' ? startOurs() : startPeer(name));

async function startPeer(name: PeerName): Promise<LiveServer> {
	const folder = await mkdtemp(join(tmpdir(), 'reelroom-peer-'));
	const port = await freePort();
	const file = name === 'y-websocket' ? 'node_modules/@y/websocket-server/src/server.js' : `${name}.mjs`;
	const start = () =>
		run([join(peers, file)], port, { HOST: '127.0.0.1', DATABASE: join(folder, 'documents.sqlite') }, peers);
	let child = await start();
	return {
		name,
		pids: () => [pidOf(child)],
		address: async (room) => `ws://127.0.0.1:${port}/room-${room}`,
		prepare: async () => {},
		async restart(signal = 'SIGTERM') {
			await end(child, signal);
			child = await start();
		},
		async close() {
			await end(child, 'SIGKILL');
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Ours as it is in use: real accounts and tickets, rights, a journal on disk. */
async function startOurs(): Promise<LiveServer> {
	const folder = await mkdtemp(join(tmpdir(), 'reelroom-collab-'));
	const mongod: Mongod = await startMongod({ dataDir: folder });
	const port = await freePort();
	const uri = mongod.uri.replace(/(\/)(\?|$)/, '/collab$2');
	const start = () =>
		run([join(projectDir, 'server/src/main.ts')], port, {
			HOST: '127.0.0.1',
			DATA_DIR: folder,
			MONGODB_URI: uri,
			LOG_LEVEL: 'error',
		});
	let child = await start();
	const url = `http://127.0.0.1:${port}`;
	const callers: Caller[] = [];
	const projects = new Map<number, Promise<string>>();
	let addresses = 0;
	const callerFor = async (index: number): Promise<Caller> => {
		for (; callers.length <= index;) {
			const { caller } = await signUpBare(url, `Typist ${callers.length} ${Date.now()}`);
			const [host] = callers;
			if (host !== undefined) await invitationFor(host, caller);
			callers.push(caller);
		}
		const caller = callers[index];
		if (caller === undefined) throw new Error('There is no such account.');
		return caller;
	};
	const host = await callerFor(0);
	const create = async (room: number) => (await host.call(projectApi.create, { body: { name: `Room ${room}` } })).id;
	const projectOf = (room: number): Promise<string> => {
		const id = projects.get(room) ?? create(room);
		projects.set(room, id);
		return id;
	};
	return {
		name: 'ours',
		pids: () => [pidOf(child), Number(readFileSync(join(folder, 'mongod.pid'), 'utf8').split(/\s/)[0])],
		async address(room) {
			const id = projectOf(room);
			const caller = await callerFor(Math.floor(addresses++ / connectionsPerAccount));
			const ask = async () => caller.call(projectApi.ticket, { params: { id: await id } });
			// Connections kept open from before a restart fail once each.
			const { ticket } = await ask().catch(ask).catch(ask).catch(ask);
			return `ws://127.0.0.1:${port}/sync/${await id}?ticket=${ticket}`;
		},
		async prepare(rooms, openings) {
			await callerFor(Math.ceil(openings / connectionsPerAccount));
			for (let room = 0; room < rooms; room++) await projectOf(room);
		},
		async restart(signal = 'SIGTERM') {
			await end(child, signal);
			addresses = 0;
			child = await start();
		},
		async close() {
			await end(child, 'SIGTERM');
			await mongod.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function run(args: string[], port: number, env: Record<string, string>, cwd = projectDir): Promise<ChildProcess> {
	const child = spawn(process.execPath, args, {
		cwd,
		env: { ...process.env, ...env, PORT: String(port) },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	for (;;) {
		if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended by itself.`);
		if (await listens(port)) return child;
		await wait(20);
	}
}

function listens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = createConnection(port, '127.0.0.1');
		socket.once('connect', () => {
			resolve(true);
			socket.destroy();
		});
		socket.on('error', () => resolve(false));
	});
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, 'exit');
	child.kill(signal);
	await ended;
}

function pidOf({ pid }: ChildProcess): number {
	if (pid === undefined) throw new Error('The server did not start.');
	return pid;
}

/** Processor time that a process has used, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process in MB. */
export async function memoryMb(pid: number): Promise<number> {
	return Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
