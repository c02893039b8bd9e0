// What `npm start`, `npm test` … run: node scripts/launch.mjs <command> [arguments]. Works from Node 18 on.
import { installIfNeeded, runScript } from './bootstrap.mjs';
import { buildWeb } from './build-web.mjs';

const scripts = {
	start: ['cli/src/main.ts', 'start'],
	cluster: ['cli/src/main.ts', 'start', '--servers', '2'],
	chaos: ['bench/chaos/main.ts'],
	render: ['cli/src/main.ts', 'render'],
	doctor: ['cli/src/main.ts', 'doctor'],
	test: ['scripts/test.ts'],
	bench: ['scripts/bench.ts'],
	check: ['scripts/check.ts'],
	'env-example': ['scripts/write-env-example.ts'],
	'style-pictures': ['scripts/write-style-pictures.ts'],
};

const [command = '', ...rest] = process.argv.slice(2);
const known = Object.hasOwn(scripts, command) ? scripts[command] : undefined;
if (!known) {
	process.stderr.write(`Usage: node scripts/launch.mjs <${Object.keys(scripts).join('|')}> [arguments]\n`);
	process.exit(2);
}
const [script, ...first] = known;
await installIfNeeded();
if ((command === 'start' || command === 'cluster') && !rest.includes('--help')) {
	try {
		await buildWeb();
	} catch (error) {
		process.stderr.write(`${error.message}\n`);
		process.exit(1);
	}
}
runScript(script, [...first, ...rest]);
