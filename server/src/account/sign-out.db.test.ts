import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { io, type Socket } from 'socket.io-client';
import { socketPath } from '@reelroom/shared/live/events.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import type { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { saved, textOf, when } from '../live/testing.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type SignIn = { id: string; token: string; refreshToken: string };
let servers: [TestServer, TestServer];
let mei: Awaited<ReturnType<TestServer['person']>>;
let projectId = '';
const opened: Socket[] = [];

beforeAll(async () => {
	const one = await aServer({ openStudio });
	servers = [one, await aServer({ openStudio, beside: one })];
	mei = await one.person('Mei');
	projectId = (await one.call('post', '/projects', { token: mei.token, body: { name: 'A film' } })).json.id;
});
afterEach(() => opened.splice(0).forEach((socket) => socket.disconnect()));
afterAll(async () => {
	for (const server of [...(servers ?? [])].reverse()) await server.close();
});

/** Mei signs in on one more device. */
async function aSignIn(): Promise<SignIn> {
	const body = { email: mei.email, password: 'a long password' };
	const { json } = await servers[0].call('post', '/auth/login', { body });
	return { id: mei.id, token: json.accessToken, refreshToken: json.refreshToken };
}
/** A connection for hints; `ended` resolves when the server closes it. */
async function hints(server: TestServer, { token }: SignIn) {
	const socket = io(server.url, {
		path: socketPath,
		transports: ['websocket'],
		reconnection: false,
		extraHeaders: { Authorization: `Bearer ${token}` },
	});
	opened.push(socket);
	const ended = new Promise<string>((resolve) => socket.once('disconnect', resolve));
	await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
	return { socket, ended };
}
/** Both kinds of connection on both servers, as one device might have them. */
async function everywhere(signIn: SignIn) {
	const documents = servers.map((server) => server.live(signIn, projectId));
	const sockets = await Promise.all(servers.map((server) => hints(server, signIn)));
	await Promise.all(documents.map(saved));
	return { documents, sockets };
}
const signedOut = (document: LiveDocument) => when(document, () => document.closedFor === 4401);

/** How long it took until the server has closed everything. */
async function closing({ documents, sockets }: Awaited<ReturnType<typeof everywhere>>, end: () => Promise<unknown>) {
	const began = performance.now();
	await end();
	await Promise.all([...documents.map(signedOut), ...sockets.map(({ ended }) => ended)]);
	return performance.now() - began;
}
async function goesOn({ documents, sockets }: Awaited<ReturnType<typeof everywhere>>, word: string) {
	const [here, there] = documents as [LiveDocument, LiveDocument];
	scriptOf(here.doc).insert(0, word);
	await Promise.all([saved(here), when(there, () => textOf(there).startsWith(word))]);
	for (const { socket } of sockets) expect(socket.connected).toBe(true);
}
const post = (path: string, body: object) => servers[1].call('post', path, { body });

it('a log-out ends within two seconds what that device has open on every server, and nothing of another device', async () => {
	const [leaving, staying] = [await aSignIn(), await aSignIn()];
	const [gone, kept] = [await everywhere(leaving), await everywhere(staying)];
	const tookMs = await closing(gone, () => post('/auth/logout', { refreshToken: leaving.refreshToken }));
	expect(tookMs).toBeLessThan(2_000);
	await goesOn(kept, 'Still here. ');
	// Whoever kept the access token gets in nowhere with it, for as long as it says that it is good.
	for (const server of servers) {
		await signedOut(server.live(leaving, projectId));
		await expect(hints(server, leaving)).rejects.toThrow('sign-in-required');
	}
});

it('a refresh token that comes again ends what its sign-in has open', async () => {
	const [stolen, staying] = [await aSignIn(), await aSignIn()];
	const [gone, kept] = [await everywhere(stolen), await everywhere(staying)];
	const next = (await post('/auth/refresh', { refreshToken: stolen.refreshToken })).json.refreshToken;
	expect((await post('/auth/refresh', { refreshToken: next })).status).toBe(200);
	const tookMs = await closing(gone, () => post('/auth/refresh', { refreshToken: stolen.refreshToken }));
	expect(tookMs).toBeLessThan(2_000);
	await goesOn(kept, 'Here, too. ');
});

it('a renewed sign-in keeps what it has open', async () => {
	const signIn = await aSignIn();
	const kept = await everywhere(signIn);
	expect((await post('/auth/refresh', { refreshToken: signIn.refreshToken })).status).toBe(200);
	await goesOn(kept, 'Renewed. ');
});

it('a revoked API key ends what was opened with it', async () => {
	const [one, two] = servers;
	const made = await one.call('post', '/api-keys', { token: mei.token, body: { name: 'A robot', scopes: ['write'] } });
	const { key, apiKey } = made.json as unknown as { key: string; apiKey: { id: string } };
	const documents = servers.map((server) => server.live({ id: mei.id, headers: { 'X-API-Key': key } }, projectId));
	await Promise.all(documents.map(saved));
	expect((await two.call('delete', `/api-keys/${apiKey.id}`, { token: mei.token })).status).toBe(204);
	await Promise.all(documents.map(signedOut));
});
