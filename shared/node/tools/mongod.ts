import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import type { Db, Document } from 'mongodb';
import type { Log } from '../log.ts';
import { findMongod } from './find-mongod.ts';
import { freePort } from './free-port.ts';
import { formatMark, isRunning, markOf, parseMark, takeLock } from './pid-lock.ts';

const setName = 'rs0';
const startLimitMs = 60_000;

/** How a mongod of our own is started. */
export interface MongodOptions {
	/** The install's data folder; the database lives in its `mongo` folder. */
	dataDir: string;
	/** 0 or nothing: any free port. */
	port?: number;
	cacheGb?: number;
	log?: Pick<Log, 'info' | 'warn'>;
	/** More arguments for mongod. */
	args?: readonly string[];
	/** Told how it is closed as soon as its process is there, long before it accepts writes: whoever is interrupted meanwhile must not leave it behind. */
	spawned?: (close: () => Promise<void>) => void;
}

/** A running mongod of our own. */
export interface Mongod {
	uri: string;
	port: number;
	version: string;
	/** Stops it cleanly; what was written stays. */
	close(): Promise<void>;
	/** Resolves when it has ended, asked or not. */
	exited: Promise<{ code: number | null; asked: boolean }>;
}

/** Starts a mongod as a replica set of one over the data folder, and waits until it accepts writes. */
export async function startMongod({
	dataDir,
	port = 0,
	cacheGb = 0.25,
	log,
	args = [],
	spawned,
}: MongodOptions): Promise<Mongod> {
	const root = resolve(dataDir);
	const folder = join(root, 'mongo');
	makeWritable(folder);
	const lock = takeLock(join(root, 'reelroom.lock'));
	if ('heldBy' in lock) throw new Error(`The data folder ${root} is already used by process ${lock.heldBy}.`);
	let ended: Promise<unknown> | undefined;
	try {
		const markFile = join(root, 'mongod.pid');
		await endOrphan(markFile, log);
		const tool = await findMongod();
		const chosen = port === 0 ? await freePort() : port;
		const base = ['--dbpath', folder, '--port', String(chosen), '--bind_ip', '127.0.0.1', '--replSet', setName];
		const quiet = ['--quiet', '--wiredTigerCacheSizeGB', String(cacheGb), '--nounixsocket'];
		// A group of its own, so that Ctrl-C in a terminal reaches us first and the order of closing is ours.
		const running = spawn(tool.path, [...base, ...quiet, ...args], {
			stdio: ['ignore', 'pipe', 'pipe'],
			detached: true,
		});
		const mark = running.pid === undefined ? undefined : markOf(running.pid);
		// Marked from its first moment: a start that is killed before mongod listens leaves an orphan, too.
		if (mark) writeFileSync(markFile, formatMark(mark));
		let asked = false;
		const exited = endOf(running).then((code) => {
			rmSync(markFile, { force: true });
			lock.release();
			return { code, asked };
		});
		const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
			asked = true;
			running.kill(signal);
			const forced = setTimeout(() => running.kill('SIGKILL'), 20_000);
			await exited;
			clearTimeout(forced);
		};
		const close = () => end('SIGTERM');
		ended = exited;
		spawned?.(close);
		try {
			const words = await listening(running, exited);
			await becomePrimary(chosen);
			log?.info({ port: chosen, version: tool.version, words: words.length }, 'mongod is up');
		} catch (error) {
			await end('SIGKILL');
			throw error;
		}
		return {
			uri: `mongodb://127.0.0.1:${chosen}/reelroom?replicaSet=${setName}`,
			port: chosen,
			version: tool.version,
			exited,
			close,
		};
	} catch (error) {
		// Once mongod is there the lock is held until it has ended.
		if (ended === undefined) lock.release();
		throw error;
	}
}

/** The exit code of a process once it has ended; null when it was killed or never began. */
function endOf(running: ChildProcess): Promise<number | null> {
	return new Promise((done) => {
		running.once('exit', (code) => done(code));
		running.once('error', () => done(null));
	});
}

function makeWritable(folder: string) {
	try {
		makeFolder(folder);
		accessSync(folder, constants.W_OK);
	} catch (error) {
		throw new Error(
			`The data folder ${folder} cannot be written to. Choose another by DATA_DIR, or give yourself the right.`,
			{
				cause: error,
			},
		);
	}
}

/** Makes a folder and those above it, one by one: Node's own recursive way never ends where the system lies about what is there, as below /proc. */
function makeFolder(folder: string) {
	if (existsSync(folder)) return;
	const above = dirname(folder);
	if (above !== folder) makeFolder(above);
	try {
		mkdirSync(folder);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
}

/** A mongod whose starter was killed still holds the data: it is asked to stop first. */
async function endOrphan(markFile: string, log: MongodOptions['log']) {
	let mark;
	try {
		mark = parseMark(readFileSync(markFile, 'utf8'));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw error;
	}
	if (!mark || !isRunning(mark)) return;
	log?.warn({ mongod: mark.pid }, 'stopping the mongod an earlier start left behind');
	process.kill(mark.pid, 'SIGTERM');
	for (let waited = 0; isRunning(mark) && waited < 20_000; waited += 50) await wait(50);
	if (isRunning(mark)) process.kill(mark.pid, 'SIGKILL');
}

/** Resolves when mongod listens; when it ends before that, throws what it said. */
async function listening(child: ChildProcess, exited: Mongod['exited']): Promise<string[]> {
	const words: string[] = [];
	const { stdout, stderr } = child;
	if (!stdout || !stderr) throw new Error('mongod has no output');
	let up = false;
	const ready = new Promise<'up'>((done) => {
		const note = (line: string) => {
			if (line.includes('"id":23016')) {
				up = true;
				done('up');
			}
			if (!up && (/"s":"[EF]"/.test(line) || !line.startsWith('{'))) words.push(messageOf(line));
		};
		createInterface({ input: stdout }).on('line', note);
		createInterface({ input: stderr }).on('line', note);
	});
	const late = new AbortController();
	const outcome = await Promise.race([
		ready,
		exited,
		wait(startLimitMs, 'late' as const, { signal: late.signal, ref: false }),
	]);
	late.abort();
	if (outcome === 'up') return words;
	const said = words.filter(Boolean).slice(0, 3).join('; ');
	if (outcome === 'late') throw new Error(`mongod did not start within ${startLimitMs / 1000} s: ${said}`);
	throw new Error(`mongod did not start: ${said || `it ended with ${outcome.code ?? 'a signal'}`}`);
}

function messageOf(line: string): string {
	try {
		const { msg, attr } = JSON.parse(line) as { msg?: string; attr?: { error?: unknown } };
		return [msg, attr?.error === undefined ? undefined : JSON.stringify(attr.error)].filter(Boolean).join(' ');
	} catch {
		return line.trim();
	}
}

/** The configuration of the set; nothing when it has none, or has not read it yet. */
async function configOf(admin: Db): Promise<Document | undefined> {
	try {
		return (await admin.command({ replSetGetConfig: 1 })).config as Document;
	} catch (error) {
		if ((error as { codeName?: string }).codeName === 'NotYetInitialized') return undefined;
		throw error;
	}
}

/** Begins the set. One that was killed reads its configuration only some time after it listens, and then has begun already. */
async function initiate(admin: Db, config: Document): Promise<void> {
	try {
		await admin.command({ replSetInitiate: config });
	} catch (error) {
		if ((error as { codeName?: string }).codeName !== 'AlreadyInitialized') throw error;
	}
}

/** Makes it the primary of a set of one; a set that remembers another port is told the new one. */
async function becomePrimary(port: number) {
	const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
		serverSelectionTimeoutMS: 10_000,
	});
	try {
		const admin = client.db('admin');
		const host = `127.0.0.1:${port}`;
		let config = await configOf(admin);
		const member = { _id: 0, host };
		// Nobody else can vote, so there is nothing to wait for.
		const settings = { electionTimeoutMillis: 500 };
		if (config === undefined) {
			await initiate(admin, { _id: setName, members: [member], settings });
			config = await configOf(admin);
		}
		if (config !== undefined && (config.members as Document[])[0]?.host !== host) {
			const next = { ...config, version: (config.version as number) + 1, members: [member] };
			await admin.command({ replSetReconfig: next, force: true });
		}
		const endsAt = Date.now() + startLimitMs;
		while ((await admin.command({ hello: 1 })).isWritablePrimary !== true) {
			if (Date.now() > endsAt) throw new Error(`mongod did not become primary within ${startLimitMs / 1000} s`);
			await wait(20);
		}
	} finally {
		await client.close();
	}
}
