// Builds the web part when its sources changed since the last build. Plain JS: it runs before anything is known to work.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sources = [
	'web/src',
	'web/static',
	'web/package.json',
	'web/vite.config.ts',
	'shared/src',
	'shared/defaults',
	'pnpm-lock.yaml',
];

/** Also the setup of the e2e tests. */
export default buildWeb;

/** Builds the web part, or finds it built from the very sources that are there now. */
export async function buildWeb() {
	const web = join(root, 'web');
	const stampFile = join(web, 'build', '.built-from');
	if (!existsSync(join(web, 'vite.config.ts'))) throw new Error('The web part has no vite.config.ts.');
	const stamp = stampOf(sources);
	if (existsSync(join(web, 'build/handler.js')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp)
		return;
	process.stderr.write('Building the web part (about 15 s, only when its sources changed) …\n');
	const node = join(root, 'node_modules/node/bin/node');
	const child = spawn(node, [join(web, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
		cwd: web,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, NODE_ENV: 'production', PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
	});
	const words = [];
	child.stdout.on('data', (chunk) => words.push(chunk));
	child.stderr.on('data', (chunk) => words.push(chunk));
	const limit = setTimeout(() => child.kill('SIGKILL'), 5 * 60_000);
	const code = await new Promise((done) => {
		child.once('close', done);
		child.once('error', () => done(1));
	});
	clearTimeout(limit);
	if (code !== 0) throw new Error(`The web part could not be built:\n${Buffer.concat(words).toString().slice(-4000)}`);
	writeFileSync(stampFile, stamp);
}

function stampOf(paths) {
	const hash = createHash('sha256');
	for (const path of paths) {
		const full = join(root, path);
		if (!existsSync(full)) continue;
		const inside = statSync(full).isDirectory()
			? readdirSync(full, { recursive: true })
					.map((name) => join(full, name))
					.sort()
			: [full];
		for (const file of inside) {
			const { size, mtimeMs } = statSync(file);
			if (!/\.test\.ts$/.test(file) && statSync(file).isFile()) hash.update(`${file} ${size} ${mtimeMs}\n`);
		}
	}
	return hash.digest('hex');
}
