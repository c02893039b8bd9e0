import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { createFiles } from '@reelroom/shared/node/files.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createTaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import { claimTask } from '@reelroom/shared/testing/claim-task.ts';
import { join } from 'node:path';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;
let key: string;
beforeAll(async () => {
	// The boards of the sample projects are not what is listed here.
	server = await aServer({ openStudio });
	owner = await server.person();
	key = (await aKey({ name: 'Test', scopes: ['read', 'generate'] })).key;
});
afterAll(() => server?.close());

type Body = {
	key: string;
	apiKey: { id: string; begins: string };
	taskId: string;
	projectId: string;
	status: string;
	imageUrl: string | null;
	items: { taskId: string }[];
	next: string | null;
};
const bodyOf = (reply: { json: unknown }) => reply.json as Body;
const aKey = async (body: object) => bodyOf(await server.call('post', '/api-keys', { token: owner.token, body }));
/** Asks with a key instead of a sign-in. */
const ask = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
	server.call(method, path, { body, headers: { 'X-API-Key': key, ...headers } });
const wish = {
	prompt: 'A lighthouse in the fog',
	width: 320,
	height: 192,
	num_inference_steps: 20,
	negative_prompt: 'people',
};

/** Lets a task succeed as a worker would. */
async function made(taskId: string): Promise<void> {
	const { db } = server.mongo;
	const [claims, takes] = [createTaskClaims(db), createTakeStore(db)];
	const claimed = await claimTask(db, taskId);
	const pixel = { width: 320, height: 192, channels: 3, background: '#446' } as const;
	const { sha256, sizeBytes } = await createFiles(join(server.dataDir, 'files')).put(
		await sharp({ create: pixel }).webp().toBuffer(),
	);
	const { _id } = await takes.add({
		_id: `take-${taskId}`,
		projectId: claimed.projectId,
		shotId: claimed.shotId ?? '',
		taskId,
		kind: 'image',
		provider: 'sketch',
		style: 'anime',
		seed: 1,
		fingerprint: 'f',
		sha256,
		thumbnailSha256: sha256,
		mediaType: 'image/webp',
		widthPx: 320,
		heightPx: 192,
		sizeBytes,
		createdBy: claimed.createdBy,
		createdAt: new Date(),
	});
	await claims.finishMany([{ id: taskId, claim: claimed.claim, to: 'succeeded', at: new Date(), takeId: _id }]);
}

describe('generating from words alone', () => {
	it('is accepted with a key and the spelling of other APIs, and the picture is there as PNG until it is deleted', async () => {
		const reply = await ask('post', '/images/generate', wish);
		const { taskId, imageUrl, status } = bodyOf(reply);
		expect([reply.status, status, imageUrl]).toEqual([202, 'queued', null]);
		expect(reply.headers.get('location')).toBe(`/api/v1/generation/tasks/${taskId}`);
		expect((await ask('get', `/files/images/${taskId}.png`)).status).toBe(404);
		await made(taskId);
		expect(bodyOf(await ask('get', `/generation/tasks/${taskId}`))).toMatchObject({
			status: 'succeeded',
			imageUrl: `/api/v1/files/images/${taskId}.png`,
		});
		const png = await fetch(`${server.url}/api/v1/files/images/${taskId}.png`, { headers: { 'X-API-Key': key } });
		expect([png.status, png.headers.get('content-type')]).toEqual([200, 'image/png']);
		expect(await sharp(await png.arrayBuffer()).metadata()).toMatchObject({ format: 'png', width: 320, height: 192 });
		for (const id of [taskId, `take-${taskId}`])
			expect(bodyOf(await ask('get', `/results/${id}`))).toMatchObject({ taskId, take: { id: `take-${taskId}` } });
		const gone = await server.call('delete', `/results/${taskId}`, { token: owner.token });
		expect(gone.status).toBe(204);
		expect((await server.call('delete', `/results/${taskId}`, { token: owner.token })).status).toBe(404);
		expect((await ask('get', `/files/images/${taskId}.png`)).status).toBe(404);
		expect(bodyOf(await ask('get', `/results/${taskId}`))).toMatchObject({ taskId, take: null });
	});

	it('sent three times under one key makes one task and answers one body, and other words under it are refused', async () => {
		const once = { 'Idempotency-Key': 'lighthouse-0001' };
		const replies = await Promise.all([1, 2, 3].map(() => ask('post', '/generation/generate', wish, once)));
		expect(replies.map(({ status }) => status)).toEqual([202, 202, 202]);
		expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
		const other = await ask('post', '/generation/generate', { ...wish, prompt: 'A windmill' }, once);
		expect([other.status, other.json.code]).toEqual([422, 'idempotency-key-reused']);
	});

	it('keeps pictures of one account in one project, also when the first ones come at the same time', async () => {
		const other = await server.person();
		const replies = await Promise.all(
			[1, 2, 3, 4].map(() => server.call('post', '/images/generate', { token: other.token, body: wish })),
		);
		expect(new Set(replies.map((reply) => bodyOf(reply).projectId)).size).toBe(1);
		const foreign = { ...wish, project_id: bodyOf(replies[0] ?? { json: {} }).projectId };
		expect((await ask('post', '/images/generate', foreign)).status).toBe(404);
	});

	it('lists what one has generated page by page, newest first, and nothing of others', async () => {
		for (const _ of [1, 2, 3]) await ask('post', '/images/generate', wish);
		const pages: string[][] = [];
		let before = '';
		for (let page = 0; page < 20; page++) {
			const { items, next } = bodyOf(await ask('get', `/generation/history?limit=2${before}`));
			pages.push(items.map(({ taskId }) => taskId));
			if (next === null) break;
			before = `&before=${next}`;
		}
		const all = pages.flat();
		expect(new Set(all).size).toBe(all.length);
		expect(all.length).toBe(await server.mongo.db.collection('tasks').countDocuments({ createdBy: owner.id }));
		const stranger = await server.person('Stranger');
		const theirs = bodyOf(await server.call('get', '/generation/history', { token: stranger.token })).items;
		expect(theirs.filter(({ taskId }) => all.includes(taskId))).toEqual([]);
	});

	it('says what there is to generate with, and refuses what nothing makes', async () => {
		expect((await ask('get', '/models')).json).toMatchObject([{ id: 'sketch', kinds: ['image', 'video'], price: 0 }]);
		const unknown = await ask('post', '/images/generate', { ...wish, model: 'no-such-model' });
		expect([unknown.status, unknown.json.errors[0]?.pointer]).toEqual([400, '#/model']);
		const empty = await ask('post', '/images/generate', { ...wish, prompt: '', width: 9 });
		expect(empty.json.errors.map(({ pointer }) => pointer).sort()).toEqual(['#/prompt', '#/width']);
	});
});

describe('a key of the API', () => {
	it('is stored as a digest alone, shown by its beginning, and notes when it was used', async () => {
		const { key: fresh, apiKey } = await aKey({ name: 'CI' });
		expect(fresh.startsWith(apiKey.begins)).toBe(true);
		await server.call('get', '/projects', { headers: { 'X-API-Key': fresh } });
		const list = await server.call('get', '/api-keys', { token: owner.token });
		expect(list.text).not.toContain(fresh);
		expect(
			(list.json as unknown as { id: string; lastUsedAt: string | null }[]).find(({ id }) => id === apiKey.id)
				?.lastUsedAt,
		).not.toBeNull();
		expect(JSON.stringify(await server.mongo.db.collection('apiKeys').find().toArray())).not.toContain(fresh.slice(12));
	});

	it('does no more than its scopes say, and never what is for people alone', async () => {
		const { key: reader } = await aKey({ name: 'Reader', scopes: ['read'] });
		const by = { headers: { 'X-API-Key': reader } };
		expect((await server.call('get', '/projects', by)).status).toBe(200);
		expect((await server.call('post', '/images/generate', { ...by, body: wish })).status).toBe(403);
		const all = { headers: { 'X-API-Key': (await aKey({ name: 'All', scopes: ['read', 'generate', 'write'] })).key } };
		expect((await server.call('post', '/projects', { ...all, body: { name: 'By key' } })).status).toBe(201);
		for (const [method, path] of [
			['get', '/api-keys'],
			['post', '/api-keys'],
			['get', '/account'],
			['patch', '/account'],
		] as const)
			expect(
				(await server.call(method, path, { ...all, body: method === 'get' ? undefined : { name: 'x' } })).status,
			).toBe(403);
	});

	it('ends at once when it is revoked, at its time, and is nobody else’s to revoke', async () => {
		const { key: fresh, apiKey } = await aKey({ name: 'Short', days: 1 });
		const read = () => server.call('get', '/projects', { headers: { 'X-API-Key': fresh } });
		expect((await read()).status).toBe(200);
		const stranger = await server.person();
		expect((await server.call('delete', `/api-keys/${apiKey.id}`, { token: stranger.token })).status).toBe(404);
		const keys = server.mongo.db.collection<{ _id: string }>('apiKeys');
		await keys.updateOne({ _id: apiKey.id }, { $set: { expiresAt: new Date(Date.now() - 1) } });
		expect((await read()).json.code).toBe('token-invalid');
		await keys.updateOne({ _id: apiKey.id }, { $set: { expiresAt: null } });
		expect((await read()).status).toBe(200);
		expect((await server.call('delete', `/api-keys/${apiKey.id}`, { token: owner.token })).status).toBe(204);
		expect((await read()).json.code).toBe('token-invalid');
		expect((await server.call('get', '/projects', { headers: { 'X-API-Key': 'rr_forged' } })).status).toBe(401);
	});
});
