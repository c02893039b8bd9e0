import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { signUp } from '../cli/src/call.ts';
import type { Caller } from '../cli/src/call.ts';
import { projectDir } from '../shared/node/tools/cache.ts';
import { freePort } from '../shared/node/tools/free-port.ts';
import { projectApi } from '../shared/src/project/api.ts';
import { scriptApi } from '../shared/src/script/api.ts';
import type { StyleName } from '../shared/src/style/style.ts';
import { taskApi } from '../shared/src/task/api.ts';
import { workspaceApi } from '../shared/src/workspace/api.ts';
import { isFinished } from '../shared/src/task/task.ts';
import type { Task } from '../shared/src/task/task.ts';

const readyLimitMs = 120_000;
const pollMs = 20;
export const password = 'a long enough secret';

/** `npm start`, running. */
export interface Product {
	url: string;
	/** From the command to the first page that was answered. */
	readyMs: number;
	/** Resident memory of its processes in MB, those of the same kind together. */
	memory(): Promise<Record<ProcessKind, number>>;
	/** Presses Ctrl-C; the answer is how long it took to end. */
	stop(): Promise<number>;
}
export type ProcessKind = 'server' | 'worker' | 'mongod' | 'launcher';

/** Runs `npm start` on a data folder, with a port of its own. */
export async function startProduct(dataDir: string, env: Record<string, string> = {}): Promise<Product> {
	const port = await freePort();
	const url = `http://localhost:${port}`;
	const began = performance.now();
	const npm = spawn('npm', ['start'], {
		cwd: projectDir,
		// A group of its own, as a terminal would give it: Ctrl-C goes to all of it.
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir, MONGODB_URI: '' },
	});
	let words = '';
	for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk: Buffer) => void (words += chunk.toString()));
	const { pid } = npm;
	if (pid === undefined) throw new Error('npm could not be started.');
	const ended = once(npm, 'close');
	const stop = async () => {
		const asked = performance.now();
		if (npm.exitCode === null && npm.signalCode === null) process.kill(-pid, 'SIGINT');
		await ended;
		return performance.now() - asked;
	};
	while (!(await answersWithPage(`${url}/register`))) {
		if (npm.exitCode !== null) throw new Error(`npm start ended by itself:\n${words}`);
		if (performance.now() - began > readyLimitMs) {
			await stop();
			throw new Error(`npm start was not ready within ${readyLimitMs / 1000} s:\n${words}`);
		}
		await wait(pollMs);
	}
	return { url, readyMs: performance.now() - began, memory: () => memoryOf(pid), stop };
}

/** Gives the work a product on an empty data folder, which is gone afterwards. */
export async function withProduct<Result>(
	work: (product: Product) => Promise<Result>,
	env: Record<string, string> = {},
): Promise<Result> {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-bench-'));
	try {
		const product = await startProduct(dataDir, env);
		try {
			return await work(product);
		} finally {
			await product.stop();
		}
	} finally {
		await rm(dataDir, { recursive: true, force: true });
	}
}

async function answersWithPage(url: string): Promise<boolean> {
	try {
		const reply = await fetch(url, { signal: AbortSignal.timeout(5_000) });
		const page = await reply.text();
		return reply.ok && page.includes('</html>');
	} catch {
		// Nobody listens yet.
		return false;
	}
}

/** An account with no projects: its samples are taken away before they are drawn. */
export async function signUpBare(url: string, name: string): Promise<{ caller: Caller; email: string }> {
	const email = `${name.toLowerCase().replace(/\W/g, '')}@example.org`;
	const caller = await signUp(url, { email, password, name, language: 'en' }, new AbortController().signal);
	for (const { id } of await caller.call(projectApi.list, {})) await caller.call(projectApi.delete, { params: { id } });
	return { caller, email };
}

/** Makes the guest an editor in the host's workspace. */
export async function invitationFor(host: Caller, guest: Caller): Promise<void> {
	const [own] = await host.call(workspaceApi.list, {});
	if (own === undefined) throw new Error('The host has no workspace.');
	const { token } = await host.call(workspaceApi.invite, { params: { id: own.id }, body: { role: 'editor' } });
	await guest.call(workspaceApi.acceptInvitation, { params: { token } });
}

/** A project of the English sample script, broken down: its shots are on the board, nothing is drawn. */
export async function sampleProject(
	caller: Caller,
	style: StyleName = 'anime',
): Promise<{ id: string; shots: number }> {
	const script = await readFile(join(projectDir, 'shared/defaults/samples/the-little-match-girl.fountain'), 'utf8');
	const { id } = await caller.call(projectApi.create, {
		body: { name: 'The Little Match Girl', aspectRatio: '16:9', fps: 24, style, script },
	});
	const { shots } = await caller.call(scriptApi.acceptBreakDown, { params: { id }, body: {} });
	return { id, shots };
}

/** Waits until every task of the project has come to its end, and well. */
export async function allSucceeded(caller: Caller, projectId: string): Promise<Task[]> {
	for (;;) {
		const tasks = await caller.call(taskApi.list, { params: { id: projectId }, query: { status: 'all', limit: 500 } });
		const bad = tasks.find(({ status }) => status === 'failed' || status === 'cancelled');
		if (bad !== undefined) throw new Error(`The task of ${bad.label} ${bad.status}: ${bad.problem?.detail ?? ''}`);
		if (tasks.every(({ status }) => isFinished(status))) return tasks;
		await wait(100);
	}
}

/** Milliseconds from one moment of a task to another. */
export function taskMs(from: string | null, to: string | null): number {
	if (from === null || to === null) throw new Error('The task has not come so far.');
	return Date.parse(to) - Date.parse(from);
}

async function memoryOf(root: number): Promise<Record<ProcessKind, number>> {
	const sums = { server: 0, worker: 0, mongod: 0, launcher: 0 };
	const parents = new Map<number, number>();
	const sizes = new Map<number, { kind: ProcessKind; megabytes: number }>();
	for (const name of await readdir('/proc')) {
		const pid = Number(name);
		if (!Number.isInteger(pid)) continue;
		try {
			const status = await readFile(`/proc/${pid}/status`, 'utf8');
			const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
			parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
			const kind = (['server', 'worker'] as const).find((floor) => command.includes(`/${floor}/src/main.ts`));
			const megabytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
			sizes.set(pid, { kind: kind ?? (/mongod\0/.test(command) ? 'mongod' : 'launcher'), megabytes });
		} catch {
			// It ended while we looked.
		}
	}
	const isOurs = (pid: number | undefined): boolean =>
		pid === root || (pid !== undefined && pid > 1 && isOurs(parents.get(pid)));
	for (const [pid, { kind, megabytes }] of sizes) if (isOurs(pid)) sums[kind] += megabytes;
	return sums;
}
