import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { environment } from '@reelroom/shared/node/config.ts';
import { cacheDir, projectDir } from '@reelroom/shared/node/tools/cache.ts';

const logBytes = 10 * 1024 * 1024;
const closeLimitMs = 30_000;

/** A server or worker process of ours. */
export interface Child {
	name: string;
	pid: number | undefined;
	/** Resolves when it has ended, asked or not. */
	exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; asked: boolean }>;
	/** Asks it to close and waits; kills it when it hangs. */
	close(): Promise<void>;
	/** The last things it complained about, for a message. */
	complaints: string[];
}

/** Starts `<floor>/src/main.ts` under this Node; its log goes to a file, what it complains about also to `tell`. */
export function startChild({
	name,
	floor,
	env,
	logFile,
	tell,
}: {
	name: string;
	floor: 'server' | 'worker';
	env: Record<string, string>;
	logFile: string;
	tell: (line: string) => void;
}): Child {
	mkdirSync(dirname(logFile), { recursive: true });
	if (existsSync(logFile) && statSync(logFile).size > logBytes) renameSync(logFile, `${logFile}.old`);
	const file = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
	// A full disk must not end the studio for want of a log.
	file.on('error', () => {});
	const preload = join(import.meta.dirname, 'end-with-parent.ts');
	const args = ['--disable-warning=ExperimentalWarning', '--import', preload, join(projectDir, floor, 'src/main.ts')];
	const running = spawn(process.execPath, args, {
		cwd: process.cwd(),
		// A group of its own: Ctrl-C reaches us, and we close things in their order.
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		env: { ...environment(), NODE_COMPILE_CACHE: join(cacheDir(), 'compiled'), ...env },
	});
	const complaints: string[] = [];
	const complain = (line: string) => {
		complaints.push(line);
		if (complaints.length > 20) complaints.shift();
		tell(`${name}: ${line}`);
	};
	const read = (stream: Readable | null, each: (line: string) => string | undefined) => {
		if (!stream) return;
		createInterface({ input: stream }).on('line', (line) => {
			file.write(`${line}\n`);
			const said = each(line);
			if (said) complain(said);
		});
	};
	read(running.stdout, complaintOf);
	read(running.stderr, (line) => line);
	let asked = false;
	const exited: Child['exited'] = new Promise((done) => {
		running.once('error', (error) => {
			complain(error.message);
			done({ code: 1, signal: null, asked });
		});
		running.once('close', (code, signal) => {
			file.end();
			done({ code, signal, asked });
		});
	});
	return {
		name,
		pid: running.pid,
		exited,
		complaints,
		async close() {
			asked = true;
			running.kill('SIGTERM');
			const forced = setTimeout(() => running.kill('SIGKILL'), closeLimitMs);
			await exited;
			clearTimeout(forced);
		},
	};
}

/** What an error line of a JSON log says to a person; nothing for the rest. */
function complaintOf(line: string): string | undefined {
	try {
		const { level, msg, err } = JSON.parse(line) as { level?: string; msg?: string; err?: { message?: string } };
		if (level !== 'error' && level !== 'fatal') return undefined;
		return [msg, err?.message].filter(Boolean).join(': ');
	} catch {
		return line;
	}
}
