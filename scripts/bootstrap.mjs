// Gets from whatever Node the machine has (18 or newer) to the project's own Node 24 with its packages. No dependencies.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const pnpm = 'pnpm@10.34.9';
const node = join(root, 'node_modules/node/bin/node');
const stampFile = join(root, 'node_modules/.reelroom-stamp');

/** Installs the packages when they are missing or the lockfile changed since. */
export async function installIfNeeded() {
	const stamp = createHash('sha256');
	for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
		stamp.update(readFileSync(join(root, name)));
	const wanted = `${process.platform} ${process.arch} ${stamp.digest('hex')}\n`;
	if (existsSync(node) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
	process.stderr.write('Installing packages (once, about half a minute) …\n');
	const began = Date.now();
	const args = [
		'--yes',
		pnpm,
		'install',
		'--frozen-lockfile',
		'--config.confirmModulesPurge=false',
		'--reporter=append-only',
	];
	const { code, output } = await capture(process.platform === 'win32' ? 'npx.cmd' : 'npx', args);
	if (code !== 0 || !existsSync(node)) {
		process.stderr.write(
			`${output.slice(-6000)}\nThe packages could not be installed (npx ${args.join(' ')}). Is the npm registry reachable?\n`,
		);
		process.exit(1);
	}
	writeFileSync(stampFile, wanted);
	process.stderr.write(`Packages are installed (${Math.round((Date.now() - began) / 1000)} s).\n`);
}

function capture(command, args) {
	return new Promise((done) => {
		const child = spawn(command, args, {
			cwd: root,
			stdio: ['ignore', 'pipe', 'pipe'],
			shell: process.platform === 'win32',
		});
		let output = '';
		child.stdout.on('data', (chunk) => (output += chunk));
		child.stderr.on('data', (chunk) => (output += chunk));
		passSignals(child);
		child.once('error', (error) => done({ code: 1, output: `${output}${error.message}` }));
		child.once('close', (code) => done({ code, output }));
	});
}

/** Runs a script of ours under Node 24, hands signals on, and ends with its exit code. */
export function runScript(script, args) {
	const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
		stdio: 'inherit',
		env: {
			...process.env,
			PATH: [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter),
			NODE_COMPILE_CACHE:
				process.env.NODE_COMPILE_CACHE ?? join(process.env.REELROOM_CACHE || join(root, '.cache'), 'compiled'),
		},
	});
	passSignals(child);
	child.once('error', (error) => {
		process.stderr.write(`Node 24 could not be started: ${error.message}\n`);
		process.exit(1);
	});
	child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function passSignals(child) {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}
