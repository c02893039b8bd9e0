import { once } from 'node:events';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { socketPath, type ProjectState } from '@reelroom/shared/live/events.ts';
import { createDurationStore } from '@reelroom/shared/node/stores/duration-store.ts';
import { createTaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import { createWorkerStore } from '@reelroom/shared/node/stores/worker-store.ts';
import type { SceneJob } from '@reelroom/shared/task/job.ts';
import type { Task, TaskDetails, TaskPause } from '@reelroom/shared/task/task.ts';
import { claimTask } from '@reelroom/shared/testing/claim-task.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let token: string;
let project: string;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
	server = await aServer({
		openStudio: async (context) => ({ ...(await openStudio(context)), generateBoard: async () => {} }),
		settings: { DEFAULT_PLAN: 'pro' },
	});
});
afterAll(async () => {
	for (const close of closers) await close();
	await server?.close();
});
beforeEach(async () => {
	for (const name of ['tasks', 'workers', 'pauses', 'durations']) await server.mongo.db.collection(name).deleteMany({});
	token = (await server.person()).token;
	project = (await call<{ id: string }>('post', '/projects', { name: 'The queue' })).id;
});

async function call<T>(method: string, path: string, body?: object): Promise<T> {
	const reply = await server.call(method, path, { token, body });
	expect(reply.status, reply.text).toBeLessThan(300);
	return reply.json as unknown as T;
}
const asked = async () => (await call<Task>('post', '/images/generate', { prompt: 'A boat', projectId: project })).id;
const read = (id: string) => call<Task>('get', `/tasks/${id}`);
/** A worker that lives, as far as it tells. */
const aWorker = (places: number, sketch: { up: number; room: number } | null = null, at = new Date()) =>
	createWorkerStore(server.mongo.db).put({
		_id: 'worker-0001',
		name: 'gpu-2',
		places: { image: places, video: 1, render: 1 },
		providers: { image: { sketch }, video: {}, render: { ffmpeg: null } },
		bell: { host: '127.0.0.1', port: 9, token: 'x' },
		at,
	});
/** What changes slowly is looked at again after a second. */
const reaches = (id: string, about: Partial<Task>) =>
	expect.poll(() => read(id), { timeout: 5_000, interval: 50 }).toMatchObject(about);

it('each task says why it waits and for how long: no worker, nothing that can do it, its turn, its person’s limit', async () => {
	const ids = [await asked(), await asked(), await asked()];
	await reaches(ids[0] ?? '', { status: 'queued', why: 'no-worker', place: null, eta: null });
	await aWorker(2, { up: 0, room: 0 });
	await reaches(ids[0] ?? '', { why: 'no-provider', place: null, eta: null });
	await createDurationStore(server.mongo.db).learn(new Map([['image/sketch', [10_000]]]), new Date());
	await aWorker(1);
	await reaches(ids[2] ?? '', { why: 'turn', place: 3, eta: { leastMs: 15_000, mostMs: 60_000 } });
	await server.mongo.db.collection('tasks').updateMany({}, { $set: { atOnce: 1 } });
	await claimTask(server.mongo.db, ids[0] ?? '');
	expect(await read(ids[1] ?? '')).toMatchObject({ why: 'user-limit', place: 1 });
	const running = await read(ids[0] ?? '');
	expect([running.why, (running.eta?.mostMs ?? 0) > 10_000]).toEqual([null, true]);
	// A worker that is silent is gone.
	await aWorker(1, null, new Date(Date.now() - 60_000));
	await reaches(ids[1] ?? '', { why: 'no-worker' });
});

it('a paused project begins nothing, says who paused it to everybody, and goes on when it is resumed', async () => {
	await aWorker(1);
	const socket = io(server.url, { path: socketPath, transports: ['websocket'], auth: { token }, reconnection: false });
	closers.push(() => socket.close());
	await once(socket as never, 'connect');
	const { state } = (await socket.emitWithAck('project.join', { projectId: project })) as { state: ProjectState };
	expect(state.pause).toEqual({ projectId: project, isPaused: false, by: null, at: null });
	const id = await asked();
	const heard = once(socket as never, 'tasks.paused') as Promise<[TaskPause]>;
	const paused = await call<TaskPause>('post', `/projects/${project}/tasks/pause`);
	expect(paused).toMatchObject({ isPaused: true, by: { name: expect.stringContaining('Person') as string } });
	expect((await heard)[0]).toEqual(paused);
	expect(await call('get', `/projects/${project}/tasks/pause`)).toEqual(paused);
	expect(await read(id)).toMatchObject({ why: 'paused', place: null, eta: null });
	// Of several at once the first one stands.
	const again = await Promise.all([1, 2, 3].map(() => call<TaskPause>('post', `/projects/${project}/tasks/pause`)));
	expect(new Set(again.map(({ at }) => at))).toEqual(new Set([paused.at]));
	const changed = new Promise<Task>((resolve) =>
		socket.on('task.changed', (task: Task) => task.id === id && task.why === 'turn' && resolve(task)),
	);
	expect(await call('post', `/projects/${project}/tasks/resume`)).toMatchObject({ isPaused: false });
	expect(await changed).toMatchObject({ place: 1 });
});

it('the details of a task tell its attempts, what the provider is asked for and the limits it is held to', async () => {
	await aWorker(1);
	const id = await asked();
	const { claim } = await claimTask(server.mongo.db, id, 'gpu-2');
	const claims = createTaskClaims(server.mongo.db);
	const problem = { code: 'provider-busy', detail: 'Too fast' };
	const retryAt = new Date(Date.now() + 60_000);
	await claims.keepReference(id, claim, { node: 'http://gpu-2:8188', promptId: 'p' });
	await claims.again(id, claim, { problem, retryAt, now: new Date() });
	const details = await call<TaskDetails>('get', `/tasks/${id}/details`);
	expect(details).toMatchObject({
		task: { status: 'queued', why: 'retry', retryAt: retryAt.toISOString(), problem, place: null },
		attempts: [{ number: 1, worker: 'gpu-2', node: 'http://gpu-2:8188', outcome: 'failed', problem }],
		mostAttempts: 3,
		limitMs: 300_000,
	});
	expect(details.request).toMatchObject({ shot: { prompt: 'A boat' } });
	// Who does not want to wait need not.
	expect(await call('post', `/tasks/${id}/retry`)).toMatchObject({ retryAt: null, why: 'turn', place: 1 });
	expect((await server.call('post', `/tasks/${id}/retry`, { token })).status).toBe(409);
});

it('each admission leaves one scene job, however many tasks it has, and so do a retry by hand and a project that goes on', async () => {
	const jobs = server.mongo.db.collection('agendaJobs');
	const left = () =>
		jobs
			.find({ 'data.projectId': project }, { sort: { _id: 1 } })
			.map(({ data }) => data as SceneJob)
			.toArray();
	const speech = 'ANNA\nI have a great deal to tell you about all of this, so sit down.\n\n';
	const script = `INT. CABIN - NIGHT\n\n${speech.repeat(6)}`;
	project = (await call<{ id: string }>('post', '/projects', { name: 'A board', script })).id;
	await call('post', `/projects/${project}/break-down/accept`, {});
	const { tasks } = await call<{ tasks: Task[] }>('post', `/projects/${project}/generate`, {});
	expect(tasks.length).toBeGreaterThan(3);
	const asked = { projectId: project, reason: 'asked', taskId: tasks[0]?.id, kinds: ['image'] };
	await expect.poll(left).toEqual([asked]);
	const last = tasks.at(-1)?.id ?? '';
	await call('post', `/tasks/${last}/cancel`);
	await call('post', `/tasks/${last}/retry`);
	await expect.poll(left).toEqual([asked, { ...asked, taskId: last }]);
	await call('post', `/projects/${project}/tasks/pause`);
	await call('post', `/projects/${project}/tasks/resume`);
	const resumed = { projectId: project, reason: 'resumed', taskId: null, kinds: ['image', 'video', 'render'] };
	await expect.poll(left).toEqual([asked, { ...asked, taskId: last }, resumed]);
});
