import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actingAccountHeader } from '@reelroom/shared/account/acting-account.ts';
import { operations } from '@reelroom/shared/http/openapi.ts';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import { createSessionStore } from '@reelroom/shared/node/stores/session-store.ts';
import { connectMongo, type Mongo } from '@reelroom/shared/node/mongo.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import { aServer, type TestServer } from '../testing.ts';
import { createRefreshTokens } from './refresh-tokens.ts';

let server: TestServer;
beforeAll(async () => void (server = await aServer()));
afterAll(() => server?.close());

describe('signing in', () => {
	it('makes the first account of this machine the administrator, and no later one', async () => {
		const [first, second] = [await server.person('Ada'), await server.person('Bob')];
		expect((await server.call('get', '/account', { token: first.token })).json.administrator).toBe(true);
		expect((await server.call('get', '/account', { token: second.token })).json.administrator).toBe(false);
	});

	it('makes one administrator of many who come at once to an empty install', async () => {
		const empty = await aServer();
		try {
			const people = await Promise.all(Array.from({ length: 8 }, () => empty.person()));
			const accounts = await Promise.all(people.map(({ token }) => empty.call('get', '/account', { token })));
			expect(accounts.filter(({ json }) => json.administrator)).toHaveLength(1);
		} finally {
			await empty.close();
		}
	});

	it('names the workspace of a new account in that account’s language', async () => {
		const body = { email: 'li.mei@example.com', password: 'a long password', name: '李梅', language: 'zh-CN' };
		const { accessToken } = (await server.call('post', '/auth/register', { body })).json;
		const own = (await server.call('get', '/workspaces', { token: accessToken })).json as unknown as { name: string }[];
		expect(own.map(({ name }) => name)).toEqual(['李梅的工作室']);
	});

	it('does nothing for a window whose account is not the one that is signed in now', async () => {
		const [first, second] = [await server.person('Ada'), await server.person('Bob')];
		const create = (meant: string) =>
			server.call('post', '/projects', {
				token: second.token,
				body: { name: 'Whose' },
				headers: { [actingAccountHeader]: meant },
			});
		expect((await create(second.id)).status).toBe(201);
		const refused = await create(first.id);
		expect([refused.status, refused.json.code]).toEqual([409, 'other-account']);
	});

	it('refuses an e-mail that is taken, however it is written', async () => {
		const { email } = await server.person();
		const again = await server.call('post', '/auth/register', {
			body: { email: ` ${email.toUpperCase()} `, password: 'a long password', name: 'Eve' },
		});
		expect([again.status, again.json.code]).toEqual([409, 'email-taken']);
	});

	it('answers an unknown e-mail as it answers a wrong password', async () => {
		const { email } = await server.person();
		const wrong = await server.call('post', '/auth/login', { body: { email, password: 'not the password' } });
		const unknown = await server.call('post', '/auth/login', {
			body: { email: 'nobody@example.com', password: 'not the password' },
		});
		expect([wrong.status, wrong.json.code]).toEqual([401, 'wrong-credentials']);
		expect([unknown.status, unknown.json.code]).toEqual([401, 'wrong-credentials']);
	});

	it('gives browsers cookies that scripts cannot read', async () => {
		const { email } = await server.person();
		const reply = await server.call('post', '/auth/login', { body: { email, password: 'a long password' } });
		const cookies = reply.headers.getSetCookie();
		expect(cookies).toHaveLength(2);
		for (const cookie of cookies) expect(cookie).toMatch(/^reelroom_(access|refresh)=[^;]+;.*HttpOnly; SameSite=Lax$/);
		const cookie = cookies.map((line) => line.split(';')[0]).join('; ');
		expect((await server.call('get', '/account', { headers: { Cookie: cookie } })).status).toBe(200);
	});

	it('names the field of a wrong input', async () => {
		const { status, json, headers } = await server.call('post', '/auth/register', {
			body: { email: 'no', password: 'short', name: 'Eve', extra: 1 },
		});
		expect([status, json.code, headers.get('content-type')]).toEqual([
			400,
			'invalid-input',
			'application/problem+json; charset=utf-8',
		]);
		expect(json.errors.map((error) => error.pointer).sort()).toEqual(['#/email', '#/extra', '#/password']);
		expect((await server.call('post', '/auth/login', { body: '{"email":' })).json.code).toBe('invalid-input');
		expect((await server.call('post', '/auth/login', { body: `{"email":"${'x'.repeat(2 ** 21)}"}` })).json.code).toBe(
			'too-large',
		);
	});

	it('refuses changes that another site asks a browser for', async () => {
		const { email } = await server.person();
		const login = (headers: Record<string, string>) =>
			server.call('post', '/auth/login', { body: { email, password: 'a long password' }, headers });
		const signedIn = await login({ Origin: server.url });
		expect(signedIn.status).toBe(200);
		const cookie = signedIn.headers
			.getSetCookie()
			.map((line) => line.split(';')[0])
			.join('; ');
		for (const headers of [
			{ Origin: 'https://evil.example' },
			{ Origin: 'null' },
			{ 'Sec-Fetch-Site': 'cross-site' },
			{ Cookie: cookie },
		]) {
			const reply = await login(headers as Record<string, string>);
			expect([reply.status, reply.json.code]).toEqual([403, 'foreign-origin']);
		}
		const own = await server.call('post', '/projects', {
			body: { name: 'Mine' },
			headers: { Cookie: cookie, Origin: server.url },
		});
		expect(own.status).toBe(201);
	});

	it('slows down who guesses passwords, and nobody else', async () => {
		const [victim, bystander] = [await server.person(), await server.person()];
		const guess = () => server.call('post', '/auth/login', { body: { email: victim.email, password: 'a guess' } });
		let last = await guess();
		for (let tries = 1; tries < 25 && last.status === 401; tries++) last = await guess();
		expect([last.status, last.json.code]).toEqual([429, 'too-many-requests']);
		expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
		expect(
			(await server.call('post', '/auth/login', { body: { email: bystander.email, password: 'a long password' } }))
				.status,
		).toBe(200);
	});

	it('ends with signing out', async () => {
		const { refreshToken } = await server.person();
		expect((await server.call('post', '/auth/logout', { body: { refreshToken } })).status).toBe(204);
		expect((await server.call('post', '/auth/refresh', { body: { refreshToken } })).json.code).toBe('token-invalid');
	});
});

describe('the API', () => {
	it('lists every operation in its OpenAPI document', async () => {
		const { json } = await server.call('get', '/openapi.json');
		for (const { endpoint } of operations) {
			const path = apiPrefix + endpoint.path.replace(/:([A-Za-z]+)/g, '{$1}');
			expect(Object.keys(json.paths[path] ?? {}), path).toContain(endpoint.method);
		}
	});

	it('shows a reference page made of our own files', async () => {
		const page = await server.call('get', '/docs');
		const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
		expect(links.length).toBe(3);
		for (const link of links) expect((await fetch(server.url + link)).status, link).toBe(200);
	});

	it('tells that it is well, and answers unknown paths with a problem', async () => {
		expect((await server.call('get', '/health')).json).toEqual({ status: 'ok', version: '0.0.0', mongo: 'ok' });
		const nothing = await server.call('get', '/no-such-thing');
		expect([nothing.status, nothing.json.code]).toEqual([404, 'not-found']);
	});
});

describe('a refresh token', () => {
	let mongo: Mongo;
	let time = Date.now();
	const make = () =>
		createRefreshTokens({
			secret: new Uint8Array(32).fill(3),
			sessions: createSessionStore(mongo.connection),
			newId: () => crypto.randomUUID(),
			now: () => new Date(time),
			log: { warn: () => {} },
		});
	let tokens: ReturnType<typeof make>;
	beforeAll(async () => {
		mongo = await connectMongo((await aDatabase()).uri);
		tokens = make();
	});
	afterAll(() => mongo?.close());

	it('has one successor, however many ask for it at once', async () => {
		const { token } = await tokens.begin('account-1');
		const replies = await Promise.all(Array.from({ length: 50 }, () => tokens.rotate(token)));
		expect(new Set(replies.map((reply) => reply.token)).size).toBe(1);
		expect(replies[0]?.token).not.toBe(token);
	});

	it('ends its sign-in when it comes again later', async () => {
		const { token } = await tokens.begin('account-1');
		const successor = await tokens.rotate(token);
		time += 11_000;
		await expect(tokens.rotate(token)).rejects.toMatchObject({ code: 'token-invalid' });
		await expect(tokens.rotate(successor.token)).rejects.toMatchObject({ code: 'token-invalid' });
	});

	it('ends its sign-in when an older one than the last comes again, even at once', async () => {
		const { token } = await tokens.begin('account-1');
		const second = await tokens.rotate(token);
		const third = await tokens.rotate(second.token);
		await expect(tokens.rotate(token)).rejects.toMatchObject({ code: 'token-invalid' });
		await expect(tokens.rotate(third.token)).rejects.toMatchObject({ code: 'token-invalid' });
	});

	it('that was invented ends nothing', async () => {
		const { session, token } = await tokens.begin('account-1');
		await expect(tokens.rotate(`${session}.0.${'A'.repeat(43)}`)).rejects.toMatchObject({ code: 'token-invalid' });
		expect((await tokens.rotate(token)).session).toBe(session);
	});
});
