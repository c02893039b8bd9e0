import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { projectDir } from '@reelroom/shared/node/tools/cache.ts';
import { freePort } from '@reelroom/shared/node/tools/free-port.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

const settings = { SKETCH_UNITS: '1', DEFAULT_PLAN: 'studio' };
let server: TestServer | undefined;
let doomed: ChildProcess | undefined;
afterAll(async () => {
	doomed?.kill('SIGKILL');
	await server?.close();
});

/** A server in a process of its own over the same database; resolves when it listens. */
async function aProcess({ uri, dataDir }: TestServer): Promise<{ child: ChildProcess; url: string }> {
	const port = await freePort();
	const child = spawn(
		process.execPath,
		['--disable-warning=ExperimentalWarning', join(projectDir, 'server/src/main.ts')],
		{
			stdio: ['ignore', 'pipe', 'inherit'],
			env: {
				...process.env,
				NODE_ENV: 'production',
				MONGODB_URI: uri,
				PORT: String(port),
				HOST: '127.0.0.1',
				DATA_DIR: dataDir,
				WEB_BUILD_DIR: join(dataDir, 'no-web'),
				...settings,
			},
		},
	);
	await new Promise<void>((resolve, reject) => {
		child.stdout.on('data', (bytes: Buffer) => bytes.includes('listening') && resolve());
		child.once('exit', () => reject(new Error('The server ended by itself.')));
	});
	return { child, url: `http://127.0.0.1:${port}` };
}

it('what a removed member had under way is cancelled and given back, though the server that removed them died before it came to that', async () => {
	const first = await aServer({ openStudio, settings });
	server = first;
	const [owner, member] = await Promise.all([first.person('Mei'), first.person('Leo')]);
	const script = Array.from({ length: 60 }, (_, scene) => `INT. ROOM ${scene} - DAY\n\nA chair stands there.\n\n`);
	const as = (who: typeof owner, method: string, path: string, body?: unknown) =>
		first.call(method, path, { token: who.token, ...(body === undefined ? {} : { body }) });
	const { id: projectId } = (
		await as(owner, 'post', '/projects', { name: 'A film', script: script.join(''), workspaceId: owner.workspaceId })
	).json;
	await as(owner, 'post', `/projects/${projectId}/break-down/accept`);
	const { json } = await as(owner, 'post', `/workspaces/${owner.workspaceId}/invitations`, { role: 'editor' });
	await as(member, 'post', `/invitations/${json.token}/accept`);
	expect((await as(member, 'post', `/projects/${projectId}/generate`, { count: 4 })).status).toBe(202);
	const tasks = first.mongo.db.collection('tasks');
	const left = () => tasks.countDocuments({ createdBy: member.id, projectId, status: { $in: ['queued', 'running'] } });
	const asked = await left();
	expect(asked).toBeGreaterThan(50);

	const { child, url } = await aProcess(first);
	doomed = child;
	// The first task that is cancelled says that the membership is gone: the next moment is too late for the rest.
	const changes = tasks.watch([{ $match: { 'updateDescription.updatedFields.status': 'cancelled' } }]);
	const ended = once(child, 'exit');
	changes.once('change', () => child.kill('SIGKILL'));
	await once(changes, 'resumeTokenChanged');
	await fetch(`${url}/api/v1/workspaces/${owner.workspaceId}/members/${member.id}`, {
		method: 'DELETE',
		headers: { Authorization: `Bearer ${owner.token}` },
	}).catch(() => undefined);
	await ended;
	await changes.close();
	expect((await as(member, 'post', `/projects/${projectId}/ticket`)).status).toBe(404);
	expect(await left()).toBeGreaterThan(0);
	expect(await left()).toBeLessThan(asked);

	// `npm start` starts a dead server again.
	doomed = (await aProcess(first)).child;
	await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: 20_000, interval: 50 });
	const reserved = async () => {
		const days = await first.mongo.db.collection<{ holds: { projectId: string }[] }>('quotas').find().toArray();
		return days.flatMap(({ holds }) => holds).filter((hold) => hold.projectId === projectId).length;
	};
	// The one that it died over is settled by the workers' sweep.
	await vi.waitFor(async () => expect(await reserved()).toBeLessThanOrEqual(1), { timeout: 5_000 });
});
