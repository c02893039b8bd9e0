import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { socketPath, type TaskListChange } from '@reelroom/shared/live/events.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
/** Two servers over one database: what changes at one is told at the other. */
let servers: [TestServer, TestServer];
let mei: Person;
let rob: Person;
let project = '';
const sockets: Socket[] = [];
const poll = { timeout: 10_000 };

beforeAll(async () => {
	const first = await aServer({ openStudio });
	servers = [first, await aServer({ openStudio, beside: first })];
});
afterAll(async () => {
	for (const server of servers.toReversed()) await server.close();
});
beforeEach(async () => {
	const [server] = servers;
	[mei, rob] = [await server.person('Mei'), await server.person('Rob')];
	await server.mongo.db.collection<{ _id: string }>('memberships').insertOne({
		_id: `membership-${rob.id}`,
		workspaceId: mei.workspaceId,
		accountId: rob.id,
		role: 'viewer',
		joinedAt: new Date(),
	} as { _id: string });
	const script = 'INT. CABIN - NIGHT\n\nA lamp.\n\nEXT. HARBOUR - DAY\n\nA boat.\n';
	project = (await server.call('post', '/projects', { token: mei.token, body: { name: 'Film', script } })).json.id;
	await server.call('post', `/projects/${project}/break-down/accept`, { token: mei.token, body: {} });
});
afterEach(() => {
	for (const socket of sockets.splice(0)) socket.close();
});

/** What somebody is told who follows all their tasks at the second server, newest state by task. */
async function follow({ token }: Person): Promise<{ tasks: Map<string, Task>; removed: Set<string>; told: number }> {
	const auth = { token };
	const socket = io(servers[1].url, { path: socketPath, transports: ['websocket'], auth, reconnection: false });
	sockets.push(socket);
	await once(socket as never, 'connect');
	const heard = { tasks: new Map<string, Task>(), removed: new Set<string>(), told: 0 };
	socket.on('taskList.changed', (changes: TaskListChange[]) => {
		heard.told++;
		for (const change of changes) {
			if ('task' in change) heard.tasks.set(change.task.id, change.task);
			else heard.removed.add(change.removed);
		}
	});
	socket.emit('taskList.follow');
	// What was sent before is heard before: an answer says that it follows.
	await socket.emitWithAck('project.join', { projectId: 'no-such-project' });
	return heard;
}
async function generate(): Promise<Task[]> {
	const reply = await servers[0].call('post', `/projects/${project}/generate`, { token: mei.token, body: {} });
	return (reply.json as unknown as { tasks: Task[] }).tasks;
}
const call = (method: string, path: string, who = mei) => servers[0].call(method, path, { token: who.token });

it('who follows all their tasks is told of each that is asked for, changes, is deleted or put back, at any server', async () => {
	const heard = await follow(rob);
	const tasks = await generate();
	const [one] = tasks;
	await expect.poll(() => [...heard.tasks.keys()].sort(), poll).toEqual(tasks.map(({ id }) => id).sort());
	expect(heard.tasks.get(one?.id ?? '')).toMatchObject({ projectId: project, status: 'queued', createdByName: 'Mei' });
	await call('post', `/tasks/${one?.id}/cancel`);
	await expect.poll(() => heard.tasks.get(one?.id ?? '')?.status, poll).toBe('cancelled');
	await call('delete', `/tasks/${one?.id}`);
	await expect.poll(() => heard.removed.has(one?.id ?? ''), poll).toBe(true);
	heard.tasks.clear();
	expect((await call('post', `/tasks/${one?.id}/restore`)).status).toBe(200);
	await expect.poll(() => heard.tasks.get(one?.id ?? '')?.status, poll).toBe('cancelled');
});

it('a task that changes a hundred times a second is told a few times, with its last state', async () => {
	const heard = await follow(mei);
	const [one] = await generate();
	await expect.poll(() => heard.tasks.size, poll).toBeGreaterThan(0);
	const records = servers[0].mongo.db.collection<{ _id: string; revision: number; progress: unknown }>('tasks');
	const before = heard.told;
	const began = Date.now();
	for (let value = 1; value <= 100; value++)
		await records.updateOne(
			{ _id: one?.id ?? '' },
			{
				$set: { status: 'running', progress: { stage: 'sampling', value, max: 100, etaMs: null } },
				$inc: { revision: 1 },
			},
		);
	await expect.poll(() => heard.tasks.get(one?.id ?? '')?.progress?.value, poll).toBe(100);
	expect(heard.told - before).toBeLessThanOrEqual(2 + Math.ceil((Date.now() - began) / 250));
});

it('nobody is told of what is not theirs, nor of a workspace they were removed from', async () => {
	const [stranger, robs, meis] = [await follow(await servers[0].person()), await follow(rob), await follow(mei)];
	const tasks = await generate();
	await expect.poll(() => robs.tasks.size, poll).toBe(tasks.length);
	await call('delete', `/workspaces/${mei.workspaceId}/members/${rob.id}`);
	robs.tasks.clear();
	for (const { id } of tasks) await call('post', `/tasks/${id}/cancel`);
	await expect
		.poll(() => [...meis.tasks.values()].map(({ status }) => status), poll)
		.toEqual(tasks.map(() => 'cancelled'));
	expect([robs.tasks.size, stranger.told]).toEqual([0, 0]);
});
