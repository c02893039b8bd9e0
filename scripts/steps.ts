import { spawn } from 'node:child_process';
import { dirname, delimiter, resolve } from 'node:path';

/** The root folder of the project. */
export const root = resolve(import.meta.dirname, '..');
const modules = `${root}/node_modules`;

/** One thing that is checked by a program of its own. */
export interface Step {
	title: string;
	args: string[];
	folder?: string;
	limitMs: number;
	/** Coverage and colour aside, what else its environment holds. */
	env?: Record<string, string>;
}

/** Format, style, import directions and types of everything; each is one test of `npm test`. */
export const checks: Step[] = [
	{
		title: 'format',
		args: [`${modules}/prettier/bin/prettier.cjs`, '--check', '--log-level', 'warn', '.'],
		limitMs: 3 * 60_000,
	},
	{ title: 'lint', args: [`${modules}/eslint/bin/eslint.js`, '--max-warnings', '0', '.'], limitMs: 5 * 60_000 },
	{
		title: 'types: pure shared part',
		args: [`${modules}/typescript/bin/tsc`, '--noEmit', '-p', 'shared/tsconfig.json'],
		limitMs: 3 * 60_000,
	},
	{
		title: 'types: everything in Node',
		args: [`${modules}/typescript/bin/tsc`, '--noEmit', '-p', 'tsconfig.json'],
		limitMs: 3 * 60_000,
	},
	{
		title: 'types: web (sync)',
		args: [`${root}/web/node_modules/@sveltejs/kit/svelte-kit.js`, 'sync'],
		folder: 'web',
		limitMs: 60_000,
	},
	{
		title: 'types: service worker',
		args: [`${modules}/typescript/bin/tsc`, '--noEmit', '-p', 'src/service-worker/tsconfig.json'],
		folder: 'web',
		limitMs: 60_000,
	},
	{
		title: 'types: web',
		args: [`${root}/web/node_modules/svelte-check/bin/svelte-check`, '--fail-on-warnings', '--output', 'human'],
		folder: 'web',
		limitMs: 4 * 60_000,
	},
];

/** Runs a step under this Node and ends everything it started when its time is over; says whether it passed. */
export async function runStep({ args, folder = '.', limitMs, env = {} }: Step): Promise<boolean> {
	const child = spawn(process.execPath, args, {
		cwd: resolve(root, folder),
		stdio: ['ignore', 'inherit', 'inherit'],
		// A group of its own, so that nothing it started outlives it.
		detached: true,
		env: { ...process.env, ...env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` },
	});
	const endAll = (signal: NodeJS.Signals) => {
		try {
			if (child.pid !== undefined) process.kill(-child.pid, signal);
		} catch {
			// The group is gone already, which is what was wanted.
		}
	};
	let late = false;
	const limit = setTimeout(() => {
		late = true;
		process.stderr.write(`Stopped after ${limitMs / 60_000} minutes.\n`);
		endAll('SIGTERM');
		setTimeout(() => endAll('SIGKILL'), 5_000).unref();
	}, limitMs);
	const interrupted = () => {
		endAll('SIGTERM');
		process.exit(130);
	};
	process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
	const code = await new Promise<number | null>((done) => {
		child.once('exit', done);
		child.once('error', () => done(null));
	});
	clearTimeout(limit);
	endAll('SIGKILL');
	process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
	return code === 0 && !late;
}
