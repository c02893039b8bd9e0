import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFiles } from '@reelroom/shared/node/files.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { createFilmStore } from '@reelroom/shared/node/stores/film-store.ts';
import { createMakingStore } from '@reelroom/shared/node/stores/making-store.ts';
import { createPreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import { createTakeStore, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createTaskClaims, type TaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import { claimTask } from '@reelroom/shared/testing/claim-task.ts';
import { renderFilm } from './cut/render-cut.ts';
import { likenessOf } from './media/likeness.ts';
import { makePoster, makeThumbnail } from './media/thumbnail.ts';
import { createThumbnails } from './media/thumbnails.ts';
import type { Provider } from './provider/provider.ts';
import { runTask } from './task/run-task.ts';
import { createTaskEnds } from './task/task-ends.ts';
import { aProvider, aTask } from './testing.ts';
import type { WorkerDeps } from './worker.ts';
import { aWorkshop, type Workshop } from './workshop.testing.ts';

const log = createLog('test', 'silent');
let shop: Workshop;
let { uri, dataDir, mongo, tasks, closers, reaches } = {} as Workshop;
let takes: TakeStore;
let claims: TaskClaims;

beforeEach(async () => {
	shop = await aWorkshop();
	({ uri, dataDir, mongo, tasks, closers, reaches } = shop);
	takes = createTakeStore(mongo.db);
	claims = createTaskClaims(mongo.db);
});
afterEach(() => shop.close());

const poll = { timeout: 20_000, interval: 25 };
const aWorker = (test: Provider, more?: Partial<WorkerDeps>) => shop.worker({ test }, more);
const submitted: Workshop['submit'] = (about) => shop.submit(about);
/** A provider that goes on until it is stopped, and says when it began. */
const endless = (began: () => void = () => {}) =>
	aProvider((_request, { signal }) => {
		began();
		return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
	});

test('a folder that cannot be written fails the task with its word, and what a killed worker was writing is gone after a start', async () => {
	const old = new Date(Date.now() - 3 * 3_600_000);
	for (const [name, at] of [
		['files/.incoming-old', old],
		['files/.incoming-new', new Date()],
	] as const) {
		await mkdir(join(dataDir, 'files'), { recursive: true });
		await writeFile(join(dataDir, name), 'half');
		await utimes(join(dataDir, name), at, at);
	}
	await mkdir(join(dataDir, 'work/task-old'), { recursive: true });
	await utimes(join(dataDir, 'work/task-old'), old, old);
	await aWorker(await aProvider());
	await expect.poll(() => readdir(join(dataDir, 'work')), poll).toEqual([]);
	expect(await readdir(join(dataDir, 'files'))).toEqual(['.incoming-new']);

	await rm(join(dataDir, 'files'), { recursive: true });
	await writeFile(join(dataDir, 'files'), 'a file where the folder was');
	const id = await submitted();
	await reaches(id, { status: 'failed', takeId: null });
	expect((await tasks.find(id))?.problem?.code).toBe('storage-failed');
	expect(await takes.ofTask(id)).toBeNull();
});

test('files that no take and no film refers to go when they are old, and those of takes stay', async () => {
	const worker = await aWorker(await aProvider());
	const id = await submitted();
	await reaches(id, { status: 'succeeded' });
	await worker.close();
	const take = await takes.ofTask(id);
	const files = createFiles(join(dataDir, 'files'));
	const left = await files.put(new TextEncoder().encode('of a project that was deleted'));
	const old = new Date(Date.now() - 3 * 3_600_000);
	const there = async () =>
		(await readdir(join(dataDir, 'files'), { recursive: true })).filter((name) => name.length > 64);
	for (const name of await there()) await utimes(join(dataDir, 'files', name), old, old);
	expect((await there()).length).toBe(3);
	await aWorker(await aProvider());
	await expect.poll(async () => (await there()).length, poll).toBe(2);
	expect((await there()).some((name) => name.endsWith(left.sha256))).toBe(false);
	for (const sha256 of [take?.sha256 ?? '', take?.thumbnailSha256 ?? ''])
		expect((await files.read(sha256)).length).toBeGreaterThan(0);
});

test('a worker whose project is deleted while it stores its take leaves no take behind', async () => {
	const id = aTask()._id;
	await tasks.insertMany([aTask({ _id: id })]);
	const task = await claimTask(mongo.db, id);
	const charges = { stands: async () => true, settle: async () => {} };
	const deps = {
		tasks,
		claims,
		ends: createTaskEnds({ claims, charges, leaseMs: 10_000, now: () => new Date() }),
		// The last look has been; then the project goes, tasks first, as its deletion does it.
		takes: {
			...takes,
			add: async (take: Parameters<TakeStore['add']>[0]) => {
				await tasks.removeOfProject(task.projectId);
				await takes.removeOfProject(task.projectId);
				return takes.add(take);
			},
		},
		charges,
		makings: createMakingStore(mongo.db),
		films: createFilmStore(mongo.db),
		previews: createPreviewStore(mongo.db),
		files: createFiles(join(dataDir, 'files')),
		providers: { test: await aProvider() },
		renderFilm,
		thumbnailOf: createThumbnails({ takes, files: createFiles(join(dataDir, 'files')), makeThumbnail }),
		makePoster,
		likenessOf,
		stillOf: () => Promise.reject(new Error('no clip is made here')),
		ffmpegPath: () => Promise.reject(new Error('no film is rendered here')),
		workDir: join(dataDir, 'work'),
		leaseMs: 10_000,
		log,
		now: () => new Date(),
		newId: () => 'take-00000001',
	};
	await runTask(deps, task, new AbortController(), () => {});
	expect(await takes.list(task.projectId)).toEqual([]);
});

test('a task gives one take with its picture on disk', async () => {
	await aWorker(await aProvider());
	const id = await submitted();
	await reaches(id, { status: 'succeeded', attempt: 1, workerId: null });
	const take = await takes.ofTask(id);
	expect(take).toMatchObject({ number: 1, widthPx: 64, mediaType: 'image/webp' });
	expect(await tasks.find(id)).toMatchObject({ takeId: take?._id });
	expect(
		(await readdir(join(dataDir, 'files'), { recursive: true })).some((name) => name.endsWith(take?.sha256 ?? '?')),
	).toBe(true);
});

test('what waits is worked on in the order of its turns, not of its coming', async () => {
	const ids: Record<string, string> = {};
	for (const turn of [40, 10, 30, 20]) ids[turn] = await submitted({ turn });
	const begun: string[] = [];
	await aWorker(await aProvider(), { concurrency: 1 });
	for (const turn of [10, 20, 30, 40]) {
		await reaches(ids[turn] ?? '', { status: 'succeeded' });
		begun.push(String((await tasks.find(ids[turn] ?? ''))?.startedAt?.toISOString()));
	}
	expect(begun).toEqual([...begun].sort());
	expect(new Set(begun).size).toBe(4);
});

test('two workers share a queue and make each picture once', async () => {
	let made = 0;
	const provider = await aProvider(async () => void made++);
	await Promise.all([aWorker(provider), aWorker(provider)]);
	const ids = await Promise.all(Array.from({ length: 20 }, () => submitted()));
	for (const id of ids) await reaches(id, { status: 'succeeded', attempt: 1 });
	expect(made).toBe(20);
	expect((await takes.list('project-0001')).map(({ number }) => number).sort((a, b) => a - b)).toEqual(
		ids.map((_, index) => index + 1),
	);
});

test('a running task stops when it is cancelled and leaves no take', async () => {
	await aWorker(await endless());
	const id = await submitted();
	await reaches(id, { status: 'running' });
	await tasks.cancel(id, new Date());
	await reaches(id, { status: 'cancelled', takeId: null });
	expect(await takes.ofTask(id)).toBeNull();
});

test('a cancel that comes after the take is stored is too late', async () => {
	const id = aTask()._id;
	// Stands in for an earlier attempt that stored its take; its holder cancels before the success is written.
	await takes.add({
		_id: 'take-of-before',
		projectId: 'project-0001',
		shotId: 'shot-000001',
		taskId: id,
		kind: 'image',
		provider: 'test',
		style: 'pencil',
		seed: 7,
		fingerprint: 'f'.repeat(64),
		sha256: 'a'.repeat(64),
		thumbnailSha256: 'b'.repeat(64),
		mediaType: 'image/webp',
		widthPx: 64,
		heightPx: 64,
		sizeBytes: 1,
		createdBy: 'account-0001',
		createdAt: new Date(),
	});
	await tasks.insertMany([aTask({ _id: id })]);
	const { claim } = await claimTask(mongo.db, id);
	await tasks.cancel(id, new Date());
	const end = { id, claim, at: new Date() };
	expect(await claims.finishMany([{ ...end, to: 'failed' }])).toEqual([false]);
	expect(await claims.finishMany([{ ...end, to: 'succeeded', takeId: 'take-of-before' }])).toEqual([true]);
	expect(await tasks.find(id)).toMatchObject({ status: 'succeeded', takeId: 'take-of-before' });
});

test('what a provider did not foresee is told as its failure', async () => {
	await aWorker(await aProvider(() => Promise.reject(new TypeError('x is not a function'))));
	const id = await submitted();
	await reaches(id, {
		status: 'failed',
		problem: { code: 'provider-failed', detail: 'The provider could not make it' },
	});
});

test('a closing worker lets what runs come to its end', async () => {
	const { promise: open, resolve: finish } = Promise.withResolvers<void>();
	const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
	const drawing = await aProvider(() => {
		begin();
		return open;
	});
	const worker = await aWorker(drawing);
	const id = await submitted();
	// One that is claimed and not yet begun is given back instead.
	await begun;
	const closed = worker.close();
	const late = await submitted();
	finish();
	await closed;
	expect(await tasks.find(id)).toMatchObject({ status: 'succeeded' });
	expect(await tasks.find(late)).toMatchObject({ status: 'queued' });
	await aWorker(await aProvider());
	await reaches(late, { status: 'succeeded' });
});

test('a closing worker hands what takes too long to another one at once', async () => {
	const closing = await aWorker(await endless(), { graceMs: 0, concurrency: 1 });
	const id = await submitted();
	await reaches(id, { status: 'running' });
	await aWorker(await aProvider());
	await closing.close();
	await reaches(id, { status: 'succeeded', attempt: 1 });
});

test('a worker that is killed in the middle of a task is followed by another, and there is one take', async () => {
	const leaseMs = 600;
	const child = spawn(
		process.execPath,
		[join(import.meta.dirname, 'testing-slow-worker.ts'), uri, dataDir, String(leaseMs)],
		{ stdio: 'inherit' },
	);
	closers.push(() => child.kill('SIGKILL'));
	const exited = once(child, 'exit');
	const id = await submitted();
	await reaches(id, {
		status: 'running',
		attempt: 1,
		progress: { stage: 'layout', value: 1, max: 5 } as TaskRecord['progress'],
	});
	const claim = (await tasks.find(id))?.claim ?? 0;
	child.kill('SIGKILL');
	await exited;
	await aWorker(await aProvider(), { leaseMs });
	await reaches(id, { status: 'succeeded', attempt: 2 });
	expect(await takes.list('project-0001')).toHaveLength(1);
	// The dead worker's claim can write nothing any more.
	expect(await claims.finishMany([{ id, claim, to: 'failed', at: new Date() }])).toEqual([false]);
});

test('a task whose bell was never rung is found all the same', async () => {
	const task = aTask({ queuedAt: new Date(Date.now() - 60_000) });
	await tasks.insertMany([task]);
	await aWorker(await aProvider());
	await reaches(task._id, { status: 'succeeded' });
});

test('of tasks with one recipe at the same time one is made, and the others have its take', async () => {
	let made = 0;
	const provider = await aProvider(async () => void made++);
	await Promise.all([aWorker(provider), aWorker(provider)]);
	const ids = await Promise.all(
		['shot-000001', 'shot-000001', 'shot-000002', 'shot-000003'].map((shotId) =>
			submitted({ shotId, recipeKey: 'workspace/the-same' }),
		),
	);
	for (const id of ids) await reaches(id, { status: 'succeeded' });
	const ended = await Promise.all(ids.map((id) => tasks.find(id)));
	expect(made).toBe(1);
	expect(ended.filter((task) => task?.cached === true)).toHaveLength(3);
	const all = await takes.list('project-0001');
	expect(all.map(({ shotId }) => shotId).sort()).toEqual(['shot-000001', 'shot-000002', 'shot-000003']);
	expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(1);
	expect(new Set(ended.map((task) => task?.takeId))).toEqual(new Set(all.map(({ _id }) => _id)));
});

test('when the one that was to make a recipe has failed or its worker is dead, the next one makes it', async () => {
	const holders = createMakingStore(mongo.db);
	// One that died: its claim has run out.
	const dead = aTask({ status: 'running', claim: 1, attempt: 3, leaseUntil: new Date(Date.now() - 60_000) });
	await tasks.insertMany([dead]);
	await holders.take({ _id: 'workspace/left', taskId: dead._id, claim: 1, at: new Date() });
	// One that failed.
	const failed = aTask({ status: 'failed', finishedAt: new Date() });
	await tasks.insertMany([failed]);
	await holders.take({ _id: 'workspace/failed', taskId: failed._id, claim: 1, at: new Date() });
	await aWorker(await aProvider());
	for (const recipeKey of ['workspace/left', 'workspace/failed']) {
		const id = await submitted({ recipeKey });
		await reaches(id, { status: 'succeeded' });
		expect((await tasks.find(id))?.cached).toBeUndefined();
	}
});

test('the small picture of the same bytes is made once, also when many tasks bring them at the same time', async () => {
	let made = 0;
	const files = createFiles(join(dataDir, 'files'));
	const thumbnailOf = createThumbnails({
		takes,
		files,
		makeThumbnail: async (picture) => {
			made++;
			return makeThumbnail(picture);
		},
	});
	await aWorker(await aProvider());
	const id = await submitted();
	await reaches(id, { status: 'succeeded' });
	const take = await takes.ofTask(id);
	const read = () => files.read(take?.sha256 ?? '');
	expect(await thumbnailOf(take?.sha256 ?? '', read)).toBe(take?.thumbnailSha256);
	expect(made).toBe(0);
	const bytes = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#a53' } })
		.png()
		.toBuffer();
	const { sha256 } = await files.put(bytes);
	const all = await Promise.all([1, 2, 3].map(() => thumbnailOf(sha256, async () => bytes)));
	expect([new Set(all).size, made]).toEqual([1, 1]);
	// Its file is gone from the disk: it is made anew.
	await rm(files.pathOf(take?.thumbnailSha256 ?? ''));
	expect(await thumbnailOf(take?.sha256 ?? '', read)).toBe(take?.thumbnailSha256);
	expect(made).toBe(2);
});

test('a recipe that is run again says how like the first take the new one is', async () => {
	let colour = '#446';
	const provider = await aProvider();
	const make: Provider['make'] = async () => ({
		bytes: new Uint8Array(
			await sharp({ create: { width: 64, height: 64, channels: 3, background: colour } })
				.webp()
				.toBuffer(),
		),
		mediaType: 'image/webp',
		widthPx: 64,
		heightPx: 64,
	});
	await aWorker({ ...provider, make });
	const first = await submitted();
	await reaches(first, { status: 'succeeded' });
	const takeId = (await takes.ofTask(first))?._id ?? '';
	const origin = { heading: '', quote: '', label: '1A', parts: [], negativeParts: [], reproduces: takeId };
	const again = async () => {
		const { work } = aTask();
		if (work.kind === 'render') throw new Error('a picture is asked for');
		const id = await submitted({ work: { ...work, origin } });
		await reaches(id, { status: 'succeeded' });
		return (await takes.ofTask(id))?.reproduces;
	};
	expect(await again()).toEqual({ takeId, verdict: 'equal', likeness: 1 });
	colour = '#454666';
	expect(await again()).toMatchObject({ verdict: 'similar' });
	colour = '#fd2';
	expect(await again()).toMatchObject({ verdict: 'drifted' });
});

test('a picture that a task was to be made of is gone: it fails for that reason, and is not tried again', async () => {
	await aWorker(await aProvider((_request, { readFile }) => readFile('f'.repeat(64))));
	const id = await submitted();
	await reaches(id, {
		status: 'failed',
		attempt: 1,
		problem: { code: 'reference-missing', detail: expect.any(String) },
	});
});
