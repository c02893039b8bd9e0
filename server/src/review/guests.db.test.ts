import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestNote } from '@reelroom/shared/review/api.ts';
import type { Note } from '@reelroom/shared/review/note.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;
let projectId = '';
let made = 0;

beforeAll(async () => {
	server = await aServer({ openStudio });
	owner = await server.person('Mei');
	projectId = (await server.call('post', '/projects', { token: owner.token, body: { name: 'A film' } })).json.id;
});
afterAll(() => server?.close());

async function aFilm(): Promise<string> {
	const _id = `film-${String(++made).padStart(4, '0')}`;
	await server.mongo.db.collection<{ _id: string }>('films').insertOne({
		_id,
		projectId,
		taskId: _id,
		sha256: 'f'.repeat(64),
		sizeBytes: 1,
		widthPx: 16,
		heightPx: 9,
		fps: 24,
		durationFrames: 240,
		posterSha256: null,
		subtitles: 'none',
		createdBy: owner.id,
		createdAt: new Date(),
	} as { _id: string });
	return _id;
}
async function aLink(filmId: string, kind?: string) {
	const { json, status } = await server.call('post', `/projects/${projectId}/share-links`, {
		token: owner.token,
		body: { filmId, ...(kind === undefined ? {} : { kind }) },
	});
	expect(status).toBe(201);
	return json as unknown as { token: string; link: { id: string; kind: string } };
}
const aNote = (filmId: string, more: object = {}) => ({
	id: `guest-note-${String(++made)}`,
	threadId: null,
	target: { kind: 'film', filmId, frame: 48, point: { x: 0.3, y: 0.6 } },
	text: 'I love this',
	mentions: [],
	...more,
});
async function enter(token: string, name = 'Client') {
	const { json, status } = await server.call('post', `/shared/${token}/guests`, { body: { name } });
	expect(status).toBe(201);
	return json as unknown as { secret: string; guest: { id: string } };
}
const send = (method: string, token: string, path: string, body: object) =>
	server.call(method, `/shared/${token}/notes${path}`, { body });
const read = (token: string) => server.call('get', `/shared/${token}/notes`);

it('a link is for viewing unless it is made for comments, and a viewing link takes no notes', async () => {
	const filmId = await aFilm();
	const { token, link } = await aLink(filmId);
	expect(link.kind).toBe('view');
	expect((await server.call('get', `/shared/${token}`)).json).toMatchObject({ kind: 'view' });
	expect((await server.call('post', `/shared/${token}/guests`, { body: { name: 'X' } })).status).toBe(403);
	expect((await read(token)).status).toBe(403);
});

it('a guest leaves notes under a name, once however often they are sent, and members see whose they are', async () => {
	const filmId = await aFilm();
	const { token } = await aLink(filmId, 'comment');
	const { secret, guest } = await enter(token);
	const note = aNote(filmId);
	const replies = await Promise.all(Array.from({ length: 5 }, () => send('post', token, '', { secret, note })));
	expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
	const seen = (await server.call('get', `/projects/${projectId}/notes`, { token: owner.token }))
		.json as unknown as Note[];
	expect(seen.filter(({ id }) => id === note.id)).toMatchObject([
		{ author: { kind: 'guest', id: guest.id, name: 'Client' }, text: 'I love this' },
	]);
});

it('guests read the threads of their film with the names of members, and nothing else of the project', async () => {
	const [filmId, otherId] = [await aFilm(), await aFilm()];
	const { token } = await aLink(filmId, 'comment');
	const write = (body: object) => server.call('post', `/projects/${projectId}/notes`, { token: owner.token, body });
	const root = aNote(filmId, { text: 'What do you think?' });
	await write(root);
	await write(aNote(otherId, { text: 'Not for this client' }));
	await write(aNote(filmId, { target: null, threadId: root.id, text: 'We wait' }));
	const list = (await read(token)).json as unknown as GuestNote[];
	expect(list.map(({ text, author }) => [text, author.name, author.id])).toEqual([
		['What do you think?', 'Mei', null],
		['We wait', 'Mei', null],
	]);
	const { secret } = await enter(token);
	const elsewhere = await send('post', token, '', { secret, note: aNote(otherId) });
	expect(elsewhere.status).toBe(404);
	const answer = aNote(filmId, { target: null, threadId: root.id, text: 'Lovely' });
	expect((await send('post', token, '', { secret, note: answer })).status).toBe(201);
	const shot = { kind: 'shot', shotId: 'shot-0001', point: null, frame: null };
	expect((await send('post', token, '', { secret, note: aNote(filmId, { target: shot }) })).status).toBe(400);
});

it('only the same guest changes a note, and a secret of one link opens no other', async () => {
	const filmId = await aFilm();
	const [first, second] = [await aLink(filmId, 'comment'), await aLink(filmId, 'comment')];
	const [client, other] = [await enter(first.token), await enter(first.token, 'Other')];
	const note = aNote(filmId);
	await send('post', first.token, '', { secret: client.secret, note });
	for (const [token, secret] of [
		[first.token, other.secret],
		[second.token, client.secret],
		[first.token, 'x'.repeat(43)],
	] as const) {
		expect((await send('patch', token, `/${note.id}`, { secret, text: 'Mine' })).status).toBe(403);
		expect((await send('delete', token, `/${note.id}`, { secret })).status).toBe(403);
	}
	const edited = await send('patch', first.token, `/${note.id}`, { secret: client.secret, text: 'I adore this' });
	expect(edited.json).toMatchObject({ text: 'I adore this' });
	expect((await send('delete', first.token, `/${note.id}`, { secret: client.secret })).json).toMatchObject({
		text: '',
	});
	const dump = JSON.stringify(await server.mongo.db.collection('guests').find().toArray());
	expect(dump).not.toContain(client.secret);
});

it('a revoked link ends reading and writing at once', async () => {
	const filmId = await aFilm();
	const { token, link } = await aLink(filmId, 'comment');
	const { secret } = await enter(token);
	const note = aNote(filmId);
	await send('post', token, '', { secret, note });
	await server.call('delete', `/share-links/${link.id}`, { token: owner.token });
	for (const reply of [
		await read(token),
		await send('post', token, '', { secret, note: aNote(filmId) }),
		await send('patch', token, `/${note.id}`, { secret, text: 'Late' }),
		await send('delete', token, `/${note.id}`, { secret }),
		await server.call('post', `/shared/${token}/guests`, { body: { name: 'Late' } }),
	])
		expect([reply.status, reply.json.code]).toEqual([410, 'share-ended']);
});

it('one address that writes a lot has to wait, and is told how long', async () => {
	const filmId = await aFilm();
	const { token } = await aLink(filmId, 'comment');
	let reply = await server.call('post', `/shared/${token}/guests`, { body: { name: 'Flood' } });
	for (let n = 0; n < 100 && reply.status !== 429; n++)
		reply = await server.call('post', `/shared/${token}/guests`, { body: { name: 'Flood' } });
	expect([reply.status, reply.json.code]).toEqual([429, 'too-many-requests']);
	expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
});

it('a guest has a name that can be seen and spoils no line', async () => {
	const { token } = await aLink(await aFilm(), 'comment');
	for (const name of ['\u200b', 'a\nb', '\u202eieM', 'x'.repeat(81)])
		expect((await server.call('post', `/shared/${token}/guests`, { body: { name } })).status, name).toBe(400);
});
