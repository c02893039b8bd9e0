import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createTaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import { claimTask } from '@reelroom/shared/testing/claim-task.ts';
import { aComfyServer } from '@reelroom/shared/testing/comfyui/server.ts';
import { aTask } from './testing.ts';
import { aWorkshop, type Workshop } from './workshop.testing.ts';

let shop: Workshop;
let { uri, dataDir, mongo, tasks, closers } = {} as Workshop;
const poll = { timeout: 30_000, interval: 25 };

beforeEach(async () => {
	shop = await aWorkshop();
	({ uri, dataDir, mongo, tasks, closers } = shop);
});
afterEach(() => shop.close());

const aWorkerProcess = (comfyUrl: string) =>
	shop.program([join(import.meta.dirname, 'testing-comfy-worker.ts'), uri, dataDir, '1500', comfyUrl]);
async function submitted(steps: number): Promise<string> {
	const task = aTask({ provider: 'comfyui' });
	if (task.work.kind === 'image') Object.assign(task.work.request, { workflow: 'sd15-text-to-image', steps });
	await tasks.insertMany([task]);
	return task._id;
}

test('a worker killed in the middle of a prompt: the next one finds it, shows its previews and stores one take of one prompt', async () => {
	const comfy = await aComfyServer({ paceMs: 5 });
	closers.push(() => comfy.close());
	const first = aWorkerProcess(comfy.url);
	const id = await submitted(400);
	const previews = createPreviewStore(mongo.db);
	await expect.poll(() => previews.find(id), poll).not.toBeNull();
	expect((await tasks.find(id))?.providerReference).toMatchObject({ node: comfy.url, promptId: comfy.received[0]?.id });
	await first.kill();
	aWorkerProcess(comfy.url);
	await expect.poll(async () => (await tasks.find(id))?.status, poll).toBe('succeeded');
	expect(comfy.received).toHaveLength(1);
	expect(await createTakeStore(mongo.db).list('project-0001')).toHaveLength(1);
	expect((await tasks.find(id))?.attempt).toBe(2);
});

test('where a provider works is kept under the claim alone, and forgotten when the task is begun anew by hand', async () => {
	const task = aTask();
	await tasks.insertMany([task]);
	const claims = createTaskClaims(mongo.db);
	const { claim } = await claimTask(mongo.db, task._id);
	const reference = { node: 'http://a', promptId: 'p' };
	expect(await claims.keepReference(task._id, claim - 1, reference)).toBe(false);
	expect(await claims.keepReference(task._id, claim, reference)).toBe(true);
	await claims.finishMany([{ id: task._id, claim, to: 'failed', at: new Date() }]);
	expect(await claims.keepReference(task._id, claim, reference)).toBe(false);
	expect((await tasks.retry(task._id, new Date()))?.providerReference).toBeNull();
});

test('what may be out there and costs money is gone on with when its task is begun anew by hand, until somebody was told that nobody knows', async () => {
	const task = aTask();
	await tasks.insertMany([task]);
	const claims = createTaskClaims(mongo.db);
	const { claim } = await claimTask(mongo.db, task._id);
	const reference = { node: 'openai/picture', promptId: 'asking', isPaid: true as const };
	await claims.keepReference(task._id, claim, reference);
	const end = { id: task._id, to: 'failed' as const, at: new Date() };
	await claims.finishMany([{ ...end, claim, problem: { code: 'time-limit', detail: '' } }]);
	expect((await tasks.retry(task._id, new Date()))?.providerReference).toEqual(reference);
	const again = await claimTask(mongo.db, task._id);
	await claims.finishMany([{ ...end, claim: again.claim, problem: { code: 'provider-outcome-unknown', detail: '' } }]);
	expect((await tasks.retry(task._id, new Date()))?.providerReference).toBeNull();
});
