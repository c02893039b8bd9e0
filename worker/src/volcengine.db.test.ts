import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { aVisualApi } from '@reelroom/shared/testing/cloud/volcengine.ts';
import { aTask } from './testing.ts';
import { aWorkshop, type Workshop } from './workshop.testing.ts';

let shop: Workshop;
let { uri, dataDir, mongo, tasks, closers } = {} as Workshop;
const poll = { timeout: 40_000, interval: 25 };

beforeEach(async () => {
	shop = await aWorkshop();
	({ uri, dataDir, mongo, tasks, closers } = shop);
});
afterEach(() => shop.close());

/** The worker as it is started, with the keys of its environment. */
const aWorkerProcess = (baseUrl: string) =>
	shop.program([join(import.meta.dirname, 'main.ts')], {
		stdio: ['ignore', 'ignore', 'inherit'],
		env: {
			MONGODB_URI: uri,
			DATA_DIR: dataDir,
			LOG_LEVEL: 'silent',
			VOLCENGINE_ACCESS_KEY: 'AKLTthe-right-access-key',
			VOLCENGINE_SECRET_KEY: 'the-right-secret-key==',
			VOLCENGINE_BASE_URL: baseUrl,
		},
	});
async function submitted(): Promise<string> {
	const task = aTask({ provider: 'volcengine' });
	Object.assign(task.work.request, { model: 'jimeng-image-3' });
	await tasks.insertMany([task]);
	return task._id;
}

test('a worker killed while Volcengine draws: the next one asks for the same work, and one take of one submission is stored', async () => {
	const service = await aVisualApi({ looks: 1_000_000 });
	closers.push(() => service.close());
	const first = aWorkerProcess(service.url);
	const id = await submitted();
	await expect.poll(async () => (await tasks.find(id))?.providerReference?.promptId, poll).toMatch(/^id:\d+$/);
	await first.kill();
	const looks = service.received.length;
	aWorkerProcess(service.url);
	await expect.poll(() => service.received.length, poll).toBeGreaterThan(looks);
	service.finish();
	await expect.poll(async () => (await tasks.find(id))?.status, poll).toBe('succeeded');
	expect(service.submitted()).toHaveLength(1);
	expect(await createTakeStore(mongo.db).list('project-0001')).toHaveLength(1);
	expect((await tasks.find(id))?.attempt).toBe(2);
});

test('a worker killed while it was submitting: nobody submits again, and the task says that it may have been made', async () => {
	const service = await aVisualApi();
	closers.push(() => service.close());
	service.fail(/SubmitTask/, 'hang');
	const first = aWorkerProcess(service.url);
	const id = await submitted();
	await expect.poll(() => service.received.length, poll).toBe(1);
	await first.kill();
	aWorkerProcess(service.url);
	await expect.poll(async () => (await tasks.find(id))?.status, poll).toBe('failed');
	expect((await tasks.find(id))?.problem?.code).toBe('provider-outcome-unknown');
	expect(service.received).toHaveLength(1);
});
