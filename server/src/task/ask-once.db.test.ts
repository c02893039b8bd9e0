import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let token: string;
let project: string;
beforeAll(async () => {
	server = await aServer({ openStudio });
	token = (await server.person()).token;
	const script = 'INT. CABIN - NIGHT\n\nThe lamp burns.\n\nEXT. FOREST - DAY\n\nSnow falls.\n';
	project = (await server.call('post', '/projects', { token, body: { name: 'Once', script } })).json.id;
	await server.call('post', `/projects/${project}/break-down/accept`, { token, body: {} });
});
afterAll(() => server?.close());

type Tasks = { tasks: { id: string }[] };
const ask = (key: string, body: object, path = 'generate', by = token) =>
	server.call('post', `/projects/${project}/${path}`, { token: by, body, headers: { 'Idempotency-Key': key } });
const idsOf = ({ json }: { json: unknown }) => (json as Tasks).tasks.map(({ id }) => id);

describe('a request under an idempotency key', () => {
	it('is carried out once, also when its repeats come at the same time', async () => {
		const replies = await Promise.all(Array.from({ length: 8 }, () => ask('the-first-key', { count: 2 })));
		expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
		const [first = [], ...others] = replies.map(idsOf);
		expect(first.length).toBeGreaterThan(2);
		for (const other of others) expect(other).toEqual(first);
		expect(idsOf(await ask('the-first-key', { count: 2 }))).toEqual(first);
		expect(await server.mongo.db.collection('tasks').countDocuments({ projectId: project })).toBe(first.length);
	});

	it('is refused when the key was used for something else', async () => {
		for (const [body, path] of [
			[{ count: 1 }, 'generate'],
			[{}, 'render'],
		] as const) {
			const reply = await ask('the-first-key', body, path);
			expect([reply.status, reply.json.code]).toEqual([422, 'idempotency-key-reused']);
		}
	});

	it('renders one film', async () => {
		const films = await Promise.all(Array.from({ length: 4 }, () => ask('the-film-key', {}, 'render')));
		expect(new Set(films.map(({ json }) => json.id)).size).toBe(1);
	});

	it('belongs to the account that sent it, and must look like a key', async () => {
		const stranger = await server.person();
		expect((await ask('the-first-key', { count: 2 }, 'generate', stranger.token)).status).toBe(404);
		const reply = await ask('no', { count: 1 });
		expect([reply.status, reply.json.errors.map(({ pointer }) => pointer)]).toEqual([
			400,
			['#/headers/Idempotency-Key'],
		]);
	});
});
