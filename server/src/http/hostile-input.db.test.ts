import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;
let ids: Record<string, string>;
type Operation = { method: string; path: string; body: 'json' | 'bytes' | null };
let operations: Operation[];

beforeAll(async () => {
	server = await aServer({ openStudio });
	owner = await server.person();
	const project = await server.call('post', '/projects', { token: owner.token, body: { name: 'Hostile' } });
	ids = { id: (project.json as unknown as { id: string }).id, token: 'x'.repeat(43) };
	const document = (await server.call('get', '/openapi.json')).json as unknown as {
		paths: Record<string, Record<string, { requestBody?: { content: object } }>>;
	};
	operations = Object.entries(document.paths)
		.flatMap(([path, methods]) =>
			Object.entries(methods).map(([method, { requestBody }]): Operation => ({
				method,
				path: path.replace(/^\/api\/v1/, ''),
				body: requestBody === undefined ? null : 'application/json' in requestBody.content ? 'json' : 'bytes',
			})),
		)
		.filter(({ path }) => !/auth\/(logout|login|register|refresh)/.test(path));
});
afterAll(() => server?.close());

const filled = (path: string): string => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'nobody');
/** Strings that break parsers: NUL, half a surrogate pair, a traversal, a regular expression, a Mongo operator, very long. */
const nasty = fc.constantFrom(
	'\u0000',
	'\ud800',
	'../../etc/passwd',
	'(a+)+$',
	'$where',
	'__proto__',
	'9'.repeat(400),
	'1e309',
	'‮',
	'<script>',
);

describe('hostile input', () => {
	it('no address answers nonsense with a fault of the server, and every refusal is problem+json', async () => {
		expect(operations.length).toBeGreaterThan(25);
		const bodies = fc.oneof(
			fc.json({ maxDepth: 4 }),
			fc.json({ maxDepth: 2 }).map((text) => text.slice(0, -1)),
			fc.constant('['.repeat(20_000)),
			nasty.map((text) => JSON.stringify({ name: text, email: text, ids: [text], width: text })),
		);
		await fc.assert(
			fc.asyncProperty(fc.nat(), bodies, nasty, fc.boolean(), async (pick, body, text, real) => {
				const operation = operations[pick % operations.length];
				if (operation === undefined) throw new Error('There are no operations.');
				const path = real
					? filled(operation.path)
					: operation.path.replace(/\{\w+\}/g, encodeURIComponent(text.toWellFormed()));
				// The project must outlive the test.
				if (operation.method === 'delete' && real) return;
				const reply = await server.call(operation.method, `${path}?limit=${encodeURIComponent(text.toWellFormed())}`, {
					token: owner.token,
					...(operation.body === null ? {} : { body }),
				});
				expect(reply.status, `${operation.method} ${path} ${body.slice(0, 200)}`).toBeLessThan(500);
				if (reply.status >= 400)
					expect(reply.headers.get('content-type'), `${operation.method} ${path}`).toContain(
						'application/problem+json',
					);
			}),
			{ numRuns: 400, seed: 24 },
		);
	}, 60_000);

	it('names the field of a picture that is too large or too small, and the style that nobody knows', async () => {
		const { id } = ids;
		for (const [field, value] of [
			['width', 0],
			['width', 100_000],
			['height', -1],
			['style', 'crayon'],
		] as const) {
			const reply = await server.call('post', `/projects/${id}/generate`, {
				token: owner.token,
				body: { [field]: value },
			});
			const found =
				field === 'style'
					? await server.call('post', '/projects', { token: owner.token, body: { name: 'x', style: value } })
					: reply;
			expect(found.status).toBe(400);
			expect(
				(found.json as unknown as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer),
			).toContain(`#/${field}`);
		}
	});

	it('says which methods an address has, and refuses the others', async () => {
		const reply = await server.call('put', '/projects', { token: owner.token, body: {} });
		expect([reply.status, (reply.json as unknown as { code: string }).code]).toEqual([405, 'method-not-allowed']);
		expect(reply.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
		expect((await server.call('options', '/projects', {})).status).toBe(204);
	});

	it('does not take a body that is missing for an empty script', async () => {
		const put = (body?: string) =>
			server.call('put', `/projects/${ids.id}/script?replace=true`, {
				token: owner.token,
				...(body === undefined ? {} : { body }),
			});
		expect((await put('INT. ROOM - DAY\n\nA chair.\n')).status).toBe(200);
		expect((await put()).status).toBe(400);
		expect((await server.call('get', `/projects/${ids.id}/script.fountain`, { token: owner.token })).text).toContain(
			'A chair.',
		);
	});
});
