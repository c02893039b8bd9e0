import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStudio } from '@reelroom/server/open-studio.ts';
import { aServer, type TestServer } from '@reelroom/server/testing.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { anOpenai, type OpenaiOptions } from '@reelroom/shared/testing/cloud/openai.ts';
import { aVisualApi } from '@reelroom/shared/testing/cloud/volcengine.ts';
import { aWorkerProcess } from './testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
type Credential = {
	kind: string;
	ending: string | null;
	hasKey: boolean;
	setByName: string;
	listed: string[];
	check: { ok: boolean; code: string | null; detail: string } | null;
};
const apiKey = 'sk-right-key-0123456789';
const poll = { timeout: 30_000, interval: 50 };
const closers: (() => unknown)[] = [];
let lines: string[];
let server: TestServer;
let owner: Person;

/** A log of everything, as lines. */
const aLog = (name: string) =>
	createLog(
		name,
		'trace',
		new Writable({
			write(chunk: Buffer, _encoding, done) {
				lines.push(chunk.toString());
				done();
			},
		}),
	);
beforeEach(async () => {
	lines = [];
	server = await aServer({ openStudio, log: aLog('server') });
	closers.push(() => server.close());
	owner = await server.person('Mei');
});
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function aService(options: OpenaiOptions = {}) {
	const service = await anOpenai(options);
	closers.push(() => service.close());
	return service;
}
function aWorker(env: Record<string, string> = {}): void {
	const worker = aWorkerProcess({ MONGODB_URI: server.uri, DATA_DIR: server.dataDir, ...env }, (line) =>
		lines.push(line),
	);
	closers.push(worker.kill);
}
const path = (rest = '') => `/workspaces/${owner.workspaceId}/credentials${rest}`;
const ask = async (method: string, rest: string, body?: unknown) => {
	const { status, json, text } = await server.call(method, path(rest), {
		token: owner.token,
		...(body === undefined ? {} : { body }),
	});
	return { status, text, json: json as unknown as Credential & { code: string; errors: { pointer: string }[] } };
};
const listed = async () => (await ask('get', '')).json as unknown as { credentials: Credential[]; ofInstall: string[] };
async function generate(body: object): Promise<string> {
	const reply = await server.call('post', '/images/generate', { token: owner.token, body });
	expect(reply.status, reply.text).toBe(202);
	return reply.json.id;
}
const taskOf = (id: string) => createTaskStore(server.mongo.db).find(id);
/** Everything the database holds, as text. */
async function dump(): Promise<string> {
	const collections = await server.mongo.db.collections();
	const all = await Promise.all(collections.map((collection) => collection.find().toArray()));
	return JSON.stringify(all);
}
const encodings = (secret: string): string[] => [
	secret,
	Buffer.from(secret).toString('base64').replace(/=+$/, ''),
	Buffer.from(secret).toString('hex'),
	encodeURIComponent(secret),
];

test('a key is added, tried, used for a picture and removed; neither the database nor any log line nor any reply ever holds it', async () => {
	const service = await aService({ models: ['gpt-image-1', 'gpt-4o'] });
	const visual = await aVisualApi();
	closers.push(() => visual.close());
	aWorker({ PROVIDER_HOSTS: `${service.host},${visual.host}` });
	const replies: string[] = [];
	const put = await ask('put', '', { kind: 'openai', apiKey, baseUrl: service.baseUrl });
	replies.push(put.text);
	expect(put.json).toMatchObject({ kind: 'openai', ending: '6789', hasKey: true, setByName: 'Mei', check: null });
	const checked = await ask('post', '/openai/check');
	replies.push(checked.text);
	expect(checked.json).toMatchObject({ check: { ok: true, code: null }, listed: ['gpt-image-1', 'gpt-4o'] });
	const keys = { accessKey: 'AKLTthe-right-access-key', secretKey: 'the-right-secret-key==' };
	replies.push((await ask('put', '', { kind: 'volcengine', baseUrl: visual.url, ...keys })).text);
	expect((await ask('post', '/volcengine/check')).json.check).toMatchObject({ ok: true });

	const models = (await server.call('get', '/models', { token: owner.token })).json as unknown as { id: string }[];
	expect(models.map(({ id }) => id)).toEqual(
		expect.arrayContaining(['sketch', 'openai/gpt-image-1', 'volcengine/jimeng-image-3']),
	);
	expect(models.map(({ id }) => id)).not.toContain('openai/gpt-4o');
	const ids = [
		await generate({ prompt: 'A lamp', model: 'openai/gpt-image-1', width: 640, height: 360 }),
		await generate({ prompt: 'A lamp', model: 'volcengine/jimeng-image-3', width: 640, height: 360 }),
	];
	for (const id of ids) await expect.poll(async () => (await taskOf(id))?.status, poll).toBe('succeeded');
	replies.push((await ask('get', '')).text);
	const store = await dump();
	for (const secret of [apiKey, keys.secretKey, keys.accessKey])
		for (const form of encodings(secret)) {
			expect(store).not.toContain(form);
			expect(lines.join('')).not.toContain(form);
			expect(replies.join('')).not.toContain(form);
		}
	expect(lines.length).toBeGreaterThan(0);
	expect((await ask('delete', '/openai')).status).toBe(204);
	expect((await ask('delete', '/openai')).status).toBe(404);
	expect((await listed()).credentials.map(({ kind }) => kind)).toEqual(['volcengine']);
});

test('a key that is not taken, and an address that may not be called, are told with their reasons, and the key stays secret in them', async () => {
	const service = await aService();
	aWorker({ PROVIDER_HOSTS: service.host });
	await ask('put', '', { kind: 'openai', apiKey: 'sk-wrong-key-0123456789', baseUrl: service.baseUrl });
	expect((await ask('post', '/openai/check')).json.check).toEqual({
		at: expect.any(String) as string,
		ok: false,
		code: 'credential-refused',
		detail: 'Incorrect API key provided: Bearer ….',
	});
	await ask('put', '', { kind: 'openai', apiKey, baseUrl: 'http://127.0.0.1:9/v1' });
	expect((await ask('post', '/openai/check')).json.check).toMatchObject({ ok: false, code: 'address-refused' });
	await ask('put', '', { kind: 'text', baseUrl: service.baseUrl, apiKey, model: 'no-such-model' });
	expect((await ask('post', '/text/check')).json.check).toMatchObject({ ok: false, code: 'provider-refused' });
	await ask('put', '', { kind: 'text', baseUrl: service.baseUrl, model: 'gpt-4o' });
	expect((await ask('post', '/text/check')).json).toMatchObject({ check: { ok: true }, hasKey: true });
	expect(lines.join('')).not.toContain('sk-wrong');
});

test('without a worker it is said that nobody could try the key', async () => {
	await ask('put', '', { kind: 'ark', apiKey: 'ark-key-0123456789' });
	const reply = await ask('post', '/ark/check');
	expect([reply.status, reply.json.code]).toEqual([503, 'unavailable']);
	expect(await server.mongo.db.collection('asks').countDocuments()).toBe(0);
});

test('who changes the address must know the key; other settings are changed without it', async () => {
	const put = (body: object) => ask('put', '', { kind: 'openai', ...body });
	expect((await put({})).json).toMatchObject({ code: 'invalid-input', errors: [{ pointer: '#/apiKey' }] });
	expect((await put({ apiKey })).status).toBe(200);
	expect((await put({ models: ['gpt-image-1-mini'] })).json).toMatchObject({ hasKey: true, ending: '6789' });
	const moved = await put({ baseUrl: 'https://evil.example/v1' });
	// What stands there afterwards is a service without a key, not the key sent elsewhere.
	expect(moved.json).toMatchObject({ hasKey: false, ending: null });
	expect((await ask('put', '', { kind: 'volcengine', accessKey: 'AKLTonly' })).json.errors).toMatchObject([
		{ pointer: '#/secretKey' },
	]);
	for (const baseUrl of ['ftp://x.example', 'https://u:p@x.example', 'https://x.example/?a=b', 'not an address'])
		expect((await put({ apiKey, baseUrl })).status, baseUrl).toBe(400);
	for (const bad of ['two words', 'line\nbreak', 'ключ', ''])
		expect((await put({ apiKey: bad })).status, bad).toBe(400);
});

test('a key that somebody moves to another workspace or another address within the database opens nothing there', async () => {
	const service = await aService();
	aWorker({ PROVIDER_HOSTS: service.host });
	const other = await server.person('Leo');
	await ask('put', '', { kind: 'openai', apiKey, baseUrl: service.baseUrl });
	const credentials = server.mongo.db.collection<{ _id: string }>('credentials');
	const record = await credentials.findOne({ _id: `${owner.workspaceId}/openai` });
	const stolen = { ...record, _id: `${other.workspaceId}/openai`, workspaceId: other.workspaceId };
	await credentials.insertOne(stolen as { _id: string });
	const theirs = await server.call('post', `/workspaces/${other.workspaceId}/credentials/openai/check`, {
		token: other.token,
	});
	expect((theirs.json as unknown as Credential).check).toMatchObject({ ok: false, code: 'credential-missing' });
	await credentials.updateOne(
		{ _id: `${owner.workspaceId}/openai` },
		{ $set: { baseUrl: `${service.url}/elsewhere` } },
	);
	expect((await ask('post', '/openai/check')).json.check).toMatchObject({ ok: false, code: 'credential-missing' });
	expect(service.received).toEqual([]);
});

test('with a new master key in front of the old one all keys go on, and are encrypted with the new one as they are used', async () => {
	const service = await aService();
	await ask('put', '', { kind: 'openai', apiKey, baseUrl: service.baseUrl });
	const fresh = `fresh:${randomBytes(32).toString('base64')}`;
	aWorker({ PROVIDER_HOSTS: service.host, CREDENTIAL_KEYS: fresh });
	expect((await ask('post', '/openai/check')).json.check).toMatchObject({ ok: true });
	const record = await server.mongo.db.collection<{ _id: string }>('credentials').findOne({});
	expect(record).toMatchObject({ sealed: { keyId: 'fresh' } });
	expect((await ask('post', '/openai/check')).json.check).toMatchObject({ ok: true });
});

test('the keys of the install are for every workspace and never told; one of its own comes before them', async () => {
	const [install, own] = [await aService(), await aService()];
	const settings = { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: install.baseUrl, OPENAI_MODELS: 'gpt-image-1' };
	const beside = await aServer({ openStudio, settings, beside: server });
	closers.push(() => beside.close());
	aWorker({ ...settings, PROVIDER_HOSTS: own.host });
	expect(await listed()).toMatchObject({ ofInstall: [] });
	const there = await beside.call('get', path(), { token: owner.token });
	expect(there.json).toMatchObject({ ofInstall: ['openai'], credentials: [] });
	expect(there.text).not.toContain(apiKey);
	const wish = { prompt: 'A lamp', model: 'openai/gpt-image-1', width: 640, height: 360 };
	const first = await beside.call('post', '/images/generate', { token: owner.token, body: wish });
	await expect.poll(async () => (await taskOf(first.json.id))?.status, poll).toBe('succeeded');
	await ask('put', '', { kind: 'openai', apiKey, baseUrl: own.baseUrl });
	const second = await generate({ ...wish, seed: 5 });
	await expect.poll(async () => (await taskOf(second))?.status, poll).toBe('succeeded');
	expect([install.received.length, own.received.length]).toEqual([1, 1]);
});

test('a task whose key was removed while it waited says so', async () => {
	const service = await aService();
	await ask('put', '', { kind: 'openai', apiKey, baseUrl: service.baseUrl, models: ['gpt-image-1'] });
	const queued = await generate({ prompt: 'A lamp', model: 'openai/gpt-image-1' });
	await ask('delete', '/openai');
	aWorker({ PROVIDER_HOSTS: service.host });
	await expect.poll(async () => (await taskOf(queued))?.problem?.code, poll).toBe('credential-missing');
	expect(service.received).toEqual([]);
});
