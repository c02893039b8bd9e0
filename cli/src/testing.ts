import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The worker as it is started, with the settings of its environment; `said` is told what it logs. */
export function aWorkerProcess(
	env: { MONGODB_URI: string; DATA_DIR: string } & Record<string, string>,
	said: (line: string) => void = () => {},
) {
	const child = spawn(process.execPath, [join(import.meta.dirname, '../../worker/src/main.ts')], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { LOG_LEVEL: 'trace', ...env },
	});
	child.stdout.setEncoding('utf8').on('data', said);
	const exited = once(child, 'exit');
	return {
		async kill(): Promise<void> {
			child.kill('SIGKILL');
			await exited;
		},
	};
}
