import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectMongo, type Mongo } from '../../shared/node/mongo.ts';
import { projectDir } from '../../shared/node/tools/cache.ts';
import { freePort } from '../../shared/node/tools/free-port.ts';
import { startMongod } from '../../shared/node/tools/mongod.ts';
import { accountApi } from '../../shared/src/account/api.ts';
import { apiPrefix } from '../../shared/src/http/endpoint.ts';
import { projectApi } from '../../shared/src/project/api.ts';
import { password, signUpBare } from '../product.ts';
import type { Door } from './listener.ts';

export type RoomsName = 'socket.io' | 'ws' | 'ours';
/** A server of hints in a process of its own, on a mongod of its own, with a project that clients look at. */
export type Rooms = { name: RoomsName; pid: number; mongo: Mongo; door: Door; close(): Promise<void> };

/** Starts one of them. */
export async function openRooms(name: RoomsName): Promise<Rooms> {
	const folder = await mkdtemp(join(tmpdir(), 'reelroom-hints-'));
	const mongod = await startMongod({ dataDir: folder });
	const uri = mongod.uri.replace(/(\/)(\?|$)/, '/hints$2');
	const port = await freePort();
	const args =
		name === 'ours'
			? [join(projectDir, 'server/src/main.ts')]
			: [join(projectDir, 'bench/hints/plain-rooms.ts'), name, uri, String(port)];
	const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
		cwd: projectDir,
		env: {
			...process.env,
			PORT: String(port),
			HOST: '127.0.0.1',
			DATA_DIR: folder,
			MONGODB_URI: uri,
			LOG_LEVEL: 'error',
		},
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	const url = `http://127.0.0.1:${port}`;
	while (!(await answers(url))) {
		if (child.exitCode !== null) throw new Error(`The server of ${name} ended by itself.`);
		await wait(50);
	}
	const mongo = await connectMongo(uri);
	return {
		name,
		pid: child.pid ?? 0,
		mongo,
		door: { port, ...(name === 'ours' ? await aProject(url) : { projectId: 'project-0001', isPlain: name === 'ws' }) },
		async close() {
			await mongo.close();
			const exited = once(child, 'exit');
			child.kill('SIGKILL');
			await exited;
			await mongod.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

const answers = (url: string): Promise<boolean> =>
	fetch(`${url}/nothing-here`).then(
		() => true,
		() => false,
	);

/** An empty project, and the token of whoever may see it. */
async function aProject(url: string): Promise<Pick<Door, 'projectId' | 'token'>> {
	const { caller, email } = await signUpBare(url, 'Crowd');
	const { id } = await caller.call(projectApi.create, { body: { name: 'Crowd' } });
	const reply = await fetch(url + apiPrefix + accountApi.login.path, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ email, password }),
	});
	const { accessToken } = (await reply.json()) as { accessToken: string };
	return { projectId: id, token: accessToken };
}
