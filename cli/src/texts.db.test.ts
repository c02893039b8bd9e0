import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStudio } from '@reelroom/server/open-studio.ts';
import { aServer, type TestServer } from '@reelroom/server/testing.ts';
import { readBoard } from '@reelroom/shared/project/document.ts';
import type { WrittenText } from '@reelroom/shared/provider/text.ts';
import { anOpenai, type OpenaiOptions } from '@reelroom/shared/testing/cloud/openai.ts';
import { aWorkerProcess } from './testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
const closers: (() => unknown)[] = [];
let server: TestServer;
let owner: Person;
let projectId: string;
let shotId: string;

beforeEach(async () => {
	server = await aServer({ openStudio });
	closers.push(() => server.close());
	owner = await server.person('Mei');
	const script = 'EXT. MARKET STREET - NIGHT\n\nA girl in red lights a match.\n';
	projectId = (await server.call('post', '/projects', { token: owner.token, body: { name: 'A film', script } })).json
		.id;
	await server.call('post', `/projects/${projectId}/break-down/accept`, { token: owner.token });
	const live = server.live(owner, projectId);
	await expect
		.poll(() => (shotId = readBoard(live.doc).scenes[0]?.shots[0]?.id ?? ''), { timeout: 20_000 })
		.not.toBe('');
});
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function aModel(options: OpenaiOptions = {}) {
	const service = await anOpenai({ models: ['qwen'], apiKey: null, ...options });
	closers.push(() => service.close());
	const body = { kind: 'text', baseUrl: service.baseUrl, model: 'qwen' };
	const put = await server.call('put', `/workspaces/${owner.workspaceId}/credentials`, { token: owner.token, body });
	expect(put.status, put.text).toBe(200);
	return service;
}
function aWorker(host: string) {
	const worker = aWorkerProcess({ MONGODB_URI: server.uri, DATA_DIR: server.dataDir, PROVIDER_HOSTS: host });
	closers.push(worker.kill);
	return worker;
}
const ask = async (method: string, path: string, body?: unknown, who = owner) => {
	const { status, json, text } = await server.call(method, `/projects/${projectId}/texts${path}`, {
		token: who.token,
		...(body === undefined ? {} : { body }),
	});
	return { status, text, json: json as unknown as WrittenText & { code: string; model: string | null } };
};
/** Reads until it is done; answers each state. */
async function readAll(id: string): Promise<WrittenText[]> {
	const all: WrittenText[] = [];
	for (let after = 0; all.at(-1)?.done !== true; after = all.at(-1)?.text.length ?? 0) {
		const { status, json, text } = await ask('get', `/${id}?after=${after}`);
		expect(status, text).toBe(200);
		all.push(json);
	}
	return all;
}

test('a model writes a prompt for a shot, word by word for whoever asked, and for nobody else', async () => {
	const service = await aModel({
		says: () => '<think>hm</think>"A girl in red, match light, night street"',
		paceMs: 60,
	});
	aWorker(service.host);
	expect((await ask('get', '')).json).toEqual({ model: 'qwen' });
	const begun = await ask('post', '', { task: 'write-prompt', shotId });
	expect([begun.status, begun.json.by, begun.json.done]).toEqual([202, 'model', false]);
	const states = await readAll(begun.json.id);
	expect(states.at(-1)).toMatchObject({ text: 'A girl in red, match light, night street', problem: null });
	expect(states.length).toBeGreaterThan(2);
	const sent = service.received.find(({ target }) => target.endsWith('/chat/completions'))?.json;
	expect(JSON.stringify(sent)).toContain('A girl in red lights a match.');
	const { json: invited } = await server.call('post', `/workspaces/${owner.workspaceId}/invitations`, {
		token: owner.token,
		body: { role: 'editor' },
	});
	const editor = await server.person('Leo');
	await server.call('post', `/invitations/${invited.token}/accept`, { token: editor.token });
	expect((await ask('get', `/${begun.json.id}`, undefined, editor)).status).toBe(404);
	expect((await ask('delete', `/${begun.json.id}`)).status).toBe(204);
	expect((await ask('get', `/${begun.json.id}`)).status).toBe(404);
});

test('a text that is stopped is stopped at the service too; one person has a few written at a time', async () => {
	const service = await aModel({ says: () => 'on and on '.repeat(200), paceMs: 30 });
	aWorker(service.host);
	const begun = await Promise.all([1, 2, 3, 4].map(() => ask('post', '', { task: 'improve-prompt', text: 'A lamp' })));
	expect(begun.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
	expect((await ask('post', '', { task: 'improve-prompt', text: 'A lamp' })).json.code).toBe('too-many-requests');
	for (const { json } of begun) expect((await ask('delete', `/${json.id}`)).status).toBe(204);
	await expect.poll(() => service.underWay(), { timeout: 20_000 }).toBe(0);
	expect((await ask('post', '', { task: 'improve-prompt', text: 'A lamp' })).status).toBe(202);
});

test('what goes wrong is told with the text: refused words, no worker', async () => {
	const service = await aModel();
	const worker = aWorker(service.host);
	const refused = await ask('post', '', { task: 'translate', text: 'forbidden', language: 'zh-CN' });
	expect((await readAll(refused.json.id)).at(-1)?.problem?.code).toBe('content-refused');
	await worker.kill();
	const nobody = await ask('post', '', { task: 'translate', text: 'A lamp', language: 'zh-CN' });
	let reply = await ask('get', `/${nobody.json.id}`);
	while (reply.status === 200) reply = await ask('get', `/${nobody.json.id}`);
	expect([reply.status, reply.json.code]).toEqual([503, 'unavailable']);
});

test('without a model rules write what they can, at once, and what they cannot is said', async () => {
	expect((await ask('get', '')).json).toEqual({ model: null });
	const written = await ask('post', '', { task: 'write-prompt', shotId });
	expect(written.json).toMatchObject({ by: 'rules', done: true, problem: null });
	expect(written.json.text).toContain('A girl in red lights a match');
	const translated = await ask('post', '', { task: 'translate', text: 'A lamp', language: 'zh-CN' });
	expect([translated.status, translated.json.code]).toEqual([422, 'credential-missing']);
	expect((await ask('post', '', { task: 'write-prompt', shotId: 'no-such-shot' })).status).toBe(404);
});
