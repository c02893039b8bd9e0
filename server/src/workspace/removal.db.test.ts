import { afterAll, beforeAll, expect, it } from 'vitest';
import { io, type Socket } from 'socket.io-client';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { socketPath } from '@reelroom/shared/live/events.ts';
import { createTaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { claimTask } from '@reelroom/shared/testing/claim-task.ts';
import { saved, textOf, when } from '../live/testing.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
const script = 'INT. ROOM - DAY\n\nA chair stands by the window.\n';
// The sample of a new account has used up the day of the free plan.
const settings = { SKETCH_UNITS: '1', DEFAULT_PLAN: 'pro' };
let servers: [TestServer, TestServer];
let owner: Person, member: Person;
let projectId = '';
const sockets: Socket[] = [];

beforeAll(async () => {
	const one = await aServer({ openStudio, settings });
	servers = [one, await aServer({ openStudio, settings, beside: one })];
	[owner, member] = await Promise.all([one.person('Mei'), one.person('Leo')]);
	projectId = (await as(owner, 'post', '/projects', { name: 'A film', script, workspaceId: owner.workspaceId })).json
		.id;
	await as(owner, 'post', `/projects/${projectId}/break-down/accept`);
});
afterAll(async () => {
	for (const socket of sockets) socket.disconnect();
	for (const server of [...(servers ?? [])].reverse()) await server.close();
});

const as = (who: Person, method: string, path: string, body?: unknown, at = 0) =>
	(servers[at] ?? servers[0]).call(method, path, { token: who.token, ...(body === undefined ? {} : { body }) });
async function join(): Promise<void> {
	const { json } = await as(owner, 'post', `/workspaces/${owner.workspaceId}/invitations`, { role: 'editor' });
	expect((await as(member, 'post', `/invitations/${json.token}/accept`)).status).toBe(200);
}
const remove = () => as(owner, 'delete', `/workspaces/${owner.workspaceId}/members/${member.id}`);
const quota = async () => (await as(member, 'get', '/quota')).text;
const tasksOf = (status: object | string) =>
	servers[0].mongo.db.collection('tasks').countDocuments({ createdBy: member.id, projectId, status });

/** Socket.IO in the project; `ended` resolves when the right is gone. */
async function hints(server: TestServer) {
	const socket = io(server.url, {
		path: socketPath,
		transports: ['websocket'],
		extraHeaders: { Authorization: `Bearer ${member.token}` },
	});
	sockets.push(socket);
	const ended = new Promise<void>((resolve) => socket.once('access.ended', () => resolve()));
	const join = () => socket.emitWithAck('project.join', { projectId }) as Promise<{ ok: boolean }>;
	await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
	expect((await join()).ok).toBe(true);
	return { ended, join };
}

it('a member who is removed while typing and while their tasks run is out everywhere within two seconds, and what they had under way is cancelled and given back', async () => {
	await join();
	const before = await quota();
	const [here, there] = servers;
	const watching = here.live(owner, projectId);
	const typing = [here.live(member, projectId), there.live(member, projectId)];
	await Promise.all([watching, ...typing].map(saved));
	const told = await Promise.all(servers.map(hints));

	const generated = await as(member, 'post', `/projects/${projectId}/generate`, { count: 2 }, 1);
	expect(generated.status, generated.text).toBe(202);
	expect(await quota()).not.toBe(before);
	const store = createTaskStore(here.mongo.db);
	const [running] = await store.unfinishedOf(member.id, [projectId]);
	const claimed = await claimTask(here.mongo.db, running ?? '');

	let letters = 0;
	const keys = setInterval(() => {
		for (const client of typing) scriptOf(client.doc).insert(0, `${letters++} `);
	}, 15);
	await when(watching, () => textOf(watching).includes('10 '));
	const at = performance.now();
	expect((await remove()).status).toBeLessThan(300);
	await Promise.all([
		...typing.map((client) => when(client, () => client.closedFor === 4403)),
		...told.map(({ ended }) => ended),
	]);
	expect(performance.now() - at).toBeLessThan(2_000);
	clearInterval(keys);

	// The next word of theirs is nobody's any more: not by the connection, not by the API, not by hints.
	for (const client of typing) scriptOf(client.doc).insert(0, 'FORBIDDEN ');
	for (const server of servers) {
		expect((await server.call('post', `/projects/${projectId}/ticket`, { token: member.token })).status).toBe(404);
		const write = await server.call('post', `/projects/${projectId}/generate`, { token: member.token, body: {} });
		expect([write.status, write.json.code]).toEqual([404, 'not-found']);
	}
	for (const { join } of told) expect((await join()).ok).toBe(false);
	scriptOf(watching.doc).insert(0, 'Still here. ');
	await saved(watching);
	const elsewhere = there.live(owner, projectId);
	await when(elsewhere, () => textOf(elsewhere).startsWith('Still here. '));
	for (const client of [watching, elsewhere]) expect(textOf(client)).not.toContain('FORBIDDEN');

	// What waited is cancelled at once; the worker of what ran is told by its very next word.
	expect(await tasksOf({ $in: ['queued', 'running'] })).toBe(0);
	const claims = createTaskClaims(here.mongo.db);
	expect(await claims.seal(running ?? '', claimed.claim, new Date())).toBe('cancelling');
	expect(await tasksOf('cancelled')).toBe(1);
});

it('whatever a member asks for at the very moment of their removal, nothing of it is left to run, and their day is as it was', async () => {
	const day = await quota();
	for (let round = 0; round < 4; round++) {
		await join();
		await Promise.all([
			remove(),
			...[0, 1, 0, 1].map((at) => as(member, 'post', `/projects/${projectId}/generate`, { count: 1 }, at)),
			as(member, 'post', `/projects/${projectId}/render`, {}, 1),
		]);
		expect(await tasksOf({ $in: ['queued', 'running'] })).toBe(0);
	}
	expect(await quota()).toBe(day);
});
