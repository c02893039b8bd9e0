import { afterEach, beforeEach, expect, test } from 'vitest';
import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { createTakeStore, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createTaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import { claimTask } from '@reelroom/shared/testing/claim-task.ts';
import { aComfyServer, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { aFaultProxy } from '@reelroom/shared/testing/fault-proxy.ts';
import { createComfyProvider } from './provider/comfyui/comfyui.ts';
import { aProvider, aTask } from './testing.ts';
import type { WorkerDeps } from './worker.ts';
import { aWorkshop, type Workshop } from './workshop.testing.ts';

const log = createLog('test', 'silent');
let shop: Workshop;
let { mongo, tasks, closers } = {} as Workshop;
const poll = { timeout: 20_000, interval: 20 };
let takes: TakeStore;
beforeEach(async () => {
	shop = await aWorkshop();
	({ mongo, tasks, closers } = shop);
	takes = createTakeStore(mongo.db);
});
afterEach(() => shop.close());

async function aComfyWorker(more: Partial<WorkerDeps> = {}, throughPort?: number): Promise<FakeComfy> {
	const comfy = await aComfyServer({ paceMs: 5 });
	closers.push(() => comfy.close());
	const url = throughPort === undefined ? comfy.url : `http://127.0.0.1:${throughPort}`;
	const provider = createComfyProvider({ urls: [url], log, workflows: readyWorkflows(), pollMs: 200 });
	closers.push(() => provider.close());
	await shop.worker({ comfyui: provider }, { graceMs: 0, ...more });
	return comfy;
}
/** A picture that takes a minute. */
async function aLongTask(about: Partial<TaskRecord> = {}): Promise<string> {
	const task = aTask({ provider: 'comfyui', ...about });
	if (task.work.kind === 'image') Object.assign(task.work.request, { workflow: 'sd15-text-to-image', steps: 4_000 });
	await tasks.insertMany([task]);
	return task._id;
}
const aTakeOf = (task: TaskRecord) =>
	takes.add({
		...{
			_id: `take-of-${task._id}`,
			projectId: task.projectId,
			shotId: task.shotId ?? '',
			taskId: task._id,
			kind: 'image',
		},
		...{
			provider: 'test',
			style: 'pencil',
			seed: 1,
			fingerprint: 'f',
			sha256: 'a'.repeat(64),
			thumbnailSha256: 'a'.repeat(64),
		},
		...{
			mediaType: 'image/webp',
			widthPx: 1,
			heightPx: 1,
			sizeBytes: 1,
			createdBy: 'account-0001',
			createdAt: new Date(),
		},
	});

test('once what was made is being stored a cancel is refused, and the task succeeds', async () => {
	const task = aTask();
	await tasks.insertMany([task]);
	const claims = createTaskClaims(mongo.db);
	const { claim } = await claimTask(mongo.db, task._id);
	expect(await claims.seal(task._id, claim, new Date())).toBe('running');
	expect(await tasks.cancel(task._id, new Date())).toBeNull();
	// Its worker dies over it: then it can be cancelled again.
	await claims.release(task._id, claim, new Date());
	const again = await claimTask(mongo.db, task._id);
	expect((await tasks.cancel(task._id, new Date()))?.status).toBe('cancelling');
	expect(await claims.seal(task._id, again.claim, new Date())).toBe('cancelling');
	expect(await claims.seal(task._id, claim, new Date())).toBeNull();
});

test('a cancelled task has no take, also when a worker had stored one and died; begun anew it has that one', async () => {
	const task = aTask();
	await tasks.insertMany([task]);
	const claims = createTaskClaims(mongo.db);
	const { claim } = await claimTask(mongo.db, task._id);
	await aTakeOf(task);
	await claims.release(task._id, claim, new Date());
	const { promise: made, resolve: make } = Promise.withResolvers<void>();
	const provider = await aProvider(() => made);
	// It is cancelled while the next worker has it.
	const second = await claimTask(mongo.db, task._id);
	await tasks.cancel(task._id, new Date());
	const later = new Date(Date.now() + 60_000);
	await createTaskClaims(mongo.db, { leaseMs: -1 }).renewAll(second.workerId ?? '', [task._id], new Date());
	await shop.worker({ test: provider });
	await expect.poll(async () => (await tasks.find(task._id))?.status, poll).toBe('cancelled');
	await expect.poll(() => takes.ofTask(task._id), poll).toBeNull();
	await tasks.retry(task._id, later);
	make();
	await expect.poll(async () => (await tasks.find(task._id))?.status, poll).toBe('succeeded');
	expect((await takes.ofTask(task._id))?._id).toBe(`take-of-${task._id}`);
});

test('a project is deleted while its picture is drawn: ComfyUI is told within a second', async () => {
	const comfy = await aComfyWorker();
	const id = await aLongTask();
	await expect.poll(() => comfy.running(), poll).not.toBeNull();
	const promptId = comfy.running() ?? '';
	const at = Date.now();
	await tasks.removeOfProject((await tasks.find(id))?.projectId ?? '');
	await expect.poll(() => comfy.told.has(promptId), poll).toBe(true);
	expect((comfy.told.get(promptId) ?? Infinity) - at).toBeLessThan(1_500);
	await expect.poll(() => comfy.running(), poll).toBeNull();
	expect(await takes.list('project-0001')).toEqual([]);
});

test('a worker dies while its task is cancelled: another one tells ComfyUI', async () => {
	const comfy = await aComfyWorker();
	const reference = { node: comfy.url, promptId: 'sent-by-the-other', clientId: 'of-the-other' };
	const lost = { status: 'cancelling', workerId: 'gone', claim: 1, attempt: 1, leaseUntil: new Date(0) } as const;
	const id = await aLongTask({ ...lost, providerReference: reference });
	await expect.poll(async () => (await tasks.find(id))?.status, poll).toBe('cancelled');
	await expect.poll(() => comfy.told.has('sent-by-the-other'), poll).toBe(true);
});

test('the network loses what ComfyUI is told: it is told again', async () => {
	const comfy = await aComfyServer({ paceMs: 5 });
	closers.push(() => comfy.close());
	const wire = await aFaultProxy(comfy.port);
	closers.push(() => wire.close());
	const provider = createComfyProvider({
		urls: [`http://127.0.0.1:${wire.port}`],
		log,
		workflows: readyWorkflows(),
		pollMs: 60_000,
	});
	closers.push(() => provider.close());
	await shop.worker({ comfyui: provider }, { graceMs: 0 });
	const id = await aLongTask();
	await expect.poll(() => comfy.running(), poll).not.toBeNull();
	wire.to(null);
	wire.cut();
	await tasks.cancel(id, new Date());
	await expect.poll(async () => (await tasks.find(id))?.status, poll).toBe('cancelling');
	setTimeout(() => wire.to(comfy.port), 300);
	await expect.poll(() => comfy.running(), poll).toBeNull();
	await expect.poll(async () => (await tasks.find(id))?.status, poll).toBe('cancelled');
});
