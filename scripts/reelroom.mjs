#!/usr/bin/env node
// The command `reelroom`: start | render | doctor. Works from Node 18 on.
import { installIfNeeded, runScript } from './bootstrap.mjs';
import { buildWeb } from './build-web.mjs';

const args = process.argv.slice(2);
await installIfNeeded();
if (args[0] === 'start' && !args.includes('--help')) {
	try {
		await buildWeb();
	} catch (error) {
		process.stderr.write(`${error.message}\n`);
		process.exit(1);
	}
}
runScript('cli/src/main.ts', args);
