import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createFiles } from '@reelroom/shared/node/files.ts';
import { createFilmStore } from '@reelroom/shared/node/stores/film-store.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;
let project: string;
let film: string;
// More than the buffers between a server and a reader who does not read.
const sizeBytes = 80_000_000;
beforeAll(async () => {
	server = await aServer({ openStudio });
	owner = await server.person();
});
afterAll(() => server?.close());
let count = 0;
beforeEach(async () => {
	project = (await server.call('post', '/projects', { token: owner.token, body: { name: 'Film' } })).json.id;
	const { sha256 } = await createFiles(join(server.dataDir, 'files')).put(new Uint8Array(sizeBytes).fill(7));
	film = `film-0000000${++count}`;
	await createFilmStore(server.mongo.db).add({
		_id: film,
		projectId: project,
		taskId: `task-0000000${count}`,
		sha256,
		sizeBytes,
		widthPx: 64,
		heightPx: 64,
		fps: 24,
		durationFrames: 24,
		posterSha256: null,
		subtitles: 'none',
		createdBy: owner.id,
		createdAt: new Date(),
	});
});

/** Begins to read a film and then stops reading, as a player does whose buffer is full. */
async function open(path: string, token?: string): Promise<IncomingMessage> {
	const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
	const [reply] = (await once(get(`${server.url}/api/v1${path}`, { headers }), 'response')) as [IncomingMessage];
	expect(reply.statusCode).toBe(200);
	await once(reply, 'readable');
	return reply;
}
/** How many bytes arrive until the reply ends, whole or cut off. */
async function rest(reply: IncomingMessage): Promise<number> {
	let bytes = 0;
	reply.on('data', (chunk: Buffer) => (bytes += chunk.length));
	await new Promise<void>((resolve) => reply.once('close', resolve).once('error', () => {}));
	return bytes;
}
const share = async () => {
	const made = await server.call('post', `/projects/${project}/share-links`, {
		token: owner.token,
		body: { filmId: film, kind: 'view' },
	});
	return made.json as unknown as { token: string; link: { id: string } };
};
// However busy the machine is: what has gathered meanwhile is not read at once.
const chunkBytes = 65_536;
/** Reads on as slowly as a player plays, until it is cut off: the whole film would take longer than the wait. */
async function cutOff(reply: IncomingMessage): Promise<number> {
	let bytes = 0;
	reply.once('error', () => {});
	const read = () => {
		bytes += ((reply.read(chunkBytes) as Buffer | null) ?? (reply.read() as Buffer | null) ?? '').length;
		return reply.closed;
	};
	await expect.poll(read, { timeout: 40_000, interval: 20 }).toBe(true);
	return bytes;
}

it('a link that is revoked ends the players that are open, and those of other links go on', async () => {
	const [ending, staying] = [await share(), await share()];
	const [player, other] = [
		await open(`/shared/${ending.token}/film.mp4`),
		await open(`/shared/${staying.token}/film.mp4`),
	];
	const revoked = await server.call('delete', `/share-links/${ending.link.id}`, { token: owner.token });
	expect(revoked.status).toBe(204);
	expect(await cutOff(player)).toBeLessThan(sizeBytes);
	expect(await rest(other)).toBe(sizeBytes);
}, 90_000);

it('a project that is deleted ends the downloads of its films, by members and by link', async () => {
	const { token } = await share();
	const readers = [await open(`/films/${film}/file`, owner.token), await open(`/shared/${token}/film.mp4`)];
	expect((await server.call('delete', `/projects/${project}`, { token: owner.token })).status).toBe(204);
	for (const bytes of await Promise.all(readers.map(cutOff))) expect(bytes).toBeLessThan(sizeBytes);
}, 90_000);
