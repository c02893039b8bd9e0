import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectDir } from '../shared/node/tools/cache.ts';

/** Installs what we are measured against into a folder apart from the workspace, where it is not there already, and tells the versions of these packages. */
export async function installPeers(
	folder: string,
	packages: readonly string[],
	tell: (line: string) => void,
): Promise<void> {
	if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) {
		tell(`installing the peers into ${relative(projectDir, folder)}, once`);
		// Nothing has to be compiled: Hocuspocus' SQLite is the one that Node brings along.
		const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
		const [code] = (await once(npm, 'close')) as [number];
		if (code !== 0) throw new Error('The peers could not be installed.');
	}
	const versionOf = (name: string) =>
		(JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
			.version;
	tell(packages.map((name) => `${name} ${versionOf(name)}`).join(', '));
}
