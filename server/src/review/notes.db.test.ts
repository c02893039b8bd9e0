import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Shot } from '@reelroom/shared/board/shot.ts';
import { editShot, moveShot, readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import type { Note, NoteTarget } from '@reelroom/shared/review/note.ts';
import type { Notification } from '@reelroom/shared/review/notification.ts';
import type { Review } from '@reelroom/shared/review/review.ts';
import { saved } from '../live/testing.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
let server: TestServer;
let owner: Person, reviewer: Person, viewer: Person, stranger: Person;
let projectId = '';
let shotId = '';
let made = 0;

const script = 'INT. ROOM - DAY\n\nA chair stands by the window.\n';
const newId = () => `note-${String(++made).padStart(6, '0')}`;
const aShotTarget = (): NoteTarget => ({ kind: 'shot', shotId, point: { x: 0.5, y: 0.25 }, frame: null });
const body = (more: object = {}) => ({
	id: newId(),
	threadId: null,
	target: aShotTarget(),
	text: 'Too dark',
	mentions: [],
	...more,
});
const ask = (who: Person, method: string, path: string, sent?: unknown) =>
	server.call(method, path, { token: who.token, ...(sent === undefined ? {} : { body: sent }) });
const write = async (who: Person, more: object = {}) => {
	const reply = await ask(who, 'post', `/projects/${projectId}/notes`, body(more));
	expect(reply.status, reply.text).toBe(201);
	return reply.json as unknown as Note;
};
const notes = async (who = owner, query = '') =>
	(await ask(who, 'get', `/projects/${projectId}/notes${query}`)).json as unknown as Note[];
const noteOf = (reply: { json: unknown }) => reply.json as Note;
const told = async (who: Person) =>
	(await ask(who, 'get', '/notifications')).json as unknown as { unread: number; notifications: Notification[] };

async function join(who: Person, role: string): Promise<void> {
	const { json } = await ask(owner, 'post', `/workspaces/${owner.workspaceId}/invitations`, { role });
	expect((await ask(who, 'post', `/invitations/${json.token}/accept`)).status).toBe(200);
}

beforeAll(async () => {
	server = await aServer({ openStudio });
	[owner, reviewer, viewer, stranger] = await Promise.all([
		server.person('Mei'),
		server.person('Akua'),
		server.person('Vera'),
		server.person('Stan'),
	]);
	await join(reviewer, 'reviewer');
	await join(viewer, 'viewer');
});
afterAll(() => server?.close());
beforeEach(async () => {
	const project = await ask(owner, 'post', '/projects', { name: 'A film', script, workspaceId: owner.workspaceId });
	projectId = project.json.id;
	const drawn = await ask(owner, 'post', `/projects/${projectId}/break-down/accept`, {});
	expect(drawn.status, drawn.text).toBeLessThan(300);
	const generated = await ask(owner, 'post', `/projects/${projectId}/generate`, {});
	shotId = (generated.json as unknown as { tasks: { shotId: string }[] }).tasks[0]?.shotId ?? '';
});

describe('a note', () => {
	it('is read by every member, in full and since an instant', async () => {
		const first = await write(reviewer);
		expect(first).toMatchObject({ threadId: first.id, text: 'Too dark', author: { kind: 'member', name: 'Akua' } });
		const second = await write(owner, { text: 'Brighter?' });
		expect((await notes(viewer)).map(({ id }) => id)).toEqual([first.id, second.id]);
		expect((await notes(viewer, `?since=${second.changedAt}`)).map(({ id }) => id)).toContain(second.id);
		expect(await notes(viewer, `?since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
	});

	it('sent again under its id is the same note, also from several sockets at once', async () => {
		const sent = body({ mentions: [owner.id] });
		const replies = await Promise.all(
			Array.from({ length: 12 }, () => ask(reviewer, 'post', `/projects/${projectId}/notes`, sent)),
		);
		expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 201));
		expect(await notes()).toHaveLength(1);
		expect((await told(owner)).notifications.filter(({ noteId }) => noteId === sent.id)).toHaveLength(1);
	});

	it('sent again after it was edited or deleted changes nothing', async () => {
		const sent = body();
		const path = `/projects/${projectId}/notes`;
		await ask(reviewer, 'post', path, sent);
		await ask(reviewer, 'patch', `${path}/${sent.id}`, { text: 'Much too dark', mentions: [] });
		expect(noteOf(await ask(reviewer, 'post', path, sent)).text).toBe('Much too dark');
		await ask(reviewer, 'delete', `${path}/${sent.id}`);
		expect(noteOf(await ask(reviewer, 'post', path, sent)).deletedAt).not.toBeNull();
	});

	it('under the id of another one is refused, whoever wrote that', async () => {
		const { id } = await write(reviewer);
		for (const who of [reviewer, owner]) {
			const reply = await ask(who, 'post', `/projects/${projectId}/notes`, body({ id, text: 'Other words' }));
			expect([reply.status, reply.json.code]).toEqual([409, 'note-id-used']);
		}
	});

	it('of two different ones under one id at once exactly one is kept', async () => {
		const id = newId();
		const replies = await Promise.all(
			['one', 'two', 'three', 'four'].map((text) =>
				ask(reviewer, 'post', `/projects/${projectId}/notes`, body({ id, text })),
			),
		);
		expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
		expect(await notes()).toHaveLength(1);
	});

	it('takes only what there is: a shot, film or thread of another project is not found', async () => {
		const { id: threadId } = await write(reviewer);
		const elsewhere = (await ask(stranger, 'post', '/projects', { name: 'Elsewhere' })).json.id;
		for (const more of [
			{ target: { kind: 'shot', shotId: 'no-such-shot', point: null, frame: null } },
			{ target: { kind: 'film', filmId: 'no-such-film', frame: 1, point: null } },
			{ target: null, threadId: 'no-such-thread' },
		]) {
			const reply = await ask(reviewer, 'post', `/projects/${projectId}/notes`, body(more));
			expect([reply.status, reply.json.code], JSON.stringify(more)).toEqual([404, 'not-found']);
		}
		const answer = await ask(stranger, 'post', `/projects/${elsewhere}/notes`, body({ target: null, threadId }));
		expect(answer.status).toBe(404);
	});

	it.each([
		{ text: '' },
		{ text: 'x'.repeat(5_001) },
		{ target: null },
		{ threadId: 'note-000001' },
		{ mentions: [{ $ne: null }] },
		{ target: { kind: 'shot', shotId: 'shot-0001', point: { x: 1.5, y: 0 }, frame: null } },
		{ target: { kind: 'shot', shotId: { $gt: '' }, point: null, frame: null } },
		{ target: { kind: 'script', start: '<script>', end: 'AAAA', quote: 'x' } },
		{ id: '../../etc' },
		{ resolvedAt: 'now' },
	])('that is not well-formed is refused: %j', async (more) => {
		const reply = await ask(owner, 'post', `/projects/${projectId}/notes`, body(more));
		expect([reply.status, reply.json.code]).toEqual([400, 'invalid-input']);
	});

	it('is edited and deleted by its author alone; whoever looks after the workspace may delete it too', async () => {
		const { id } = await write(reviewer);
		const path = `/projects/${projectId}/notes/${id}`;
		expect((await ask(owner, 'patch', path, { text: 'Mine', mentions: [] })).status).toBe(403);
		expect(noteOf(await ask(reviewer, 'patch', path, { text: 'Darker', mentions: [] }))).toMatchObject({
			text: 'Darker',
		});
		const other = await write(owner);
		expect((await ask(reviewer, 'delete', `/projects/${projectId}/notes/${other.id}`)).status).toBe(403);
		expect(noteOf(await ask(owner, 'delete', path)).deletedAt).not.toBeNull();
		expect((await ask(reviewer, 'patch', path, { text: 'Again', mentions: [] })).json.code).toBe('note-deleted');
	});

	it('that is deleted loses its words and names and keeps its place, however often it is deleted', async () => {
		const { id } = await write(reviewer, { mentions: [owner.id] });
		const path = `/projects/${projectId}/notes/${id}`;
		const replies = await Promise.all(Array.from({ length: 4 }, () => ask(reviewer, 'delete', path)));
		for (const reply of replies) expect(noteOf(reply)).toMatchObject({ text: '', mentions: [] });
		const [stored] = await server.mongo.db.collection('notes').find({ projectId }).toArray();
		expect(JSON.stringify(stored)).not.toContain('Too dark');
		expect((await told(owner)).notifications.some(({ noteId }) => noteId === id)).toBe(false);
	});

	it('is gone with its project, and one that is written in that moment too', async () => {
		const writing = Array.from({ length: 8 }, () => ask(reviewer, 'post', `/projects/${projectId}/notes`, body()));
		const deleting = ask(owner, 'delete', `/projects/${projectId}`);
		await Promise.all([...writing, deleting]);
		expect(await server.mongo.db.collection('notes').countDocuments({ projectId })).toBe(0);
		expect((await ask(reviewer, 'post', `/projects/${projectId}/notes`, body())).status).toBe(404);
	});
});

describe('a thread', () => {
	it('is settled once by two at once, opened again, and only as a whole', async () => {
		const { id } = await write(reviewer);
		const answer = await write(owner, { target: null, threadId: id, text: 'I turn the lamp up' });
		const path = `/projects/${projectId}/notes/${id}`;
		const replies = await Promise.all(
			[owner, reviewer, owner, reviewer].map((who) => ask(who, 'post', `${path}/resolve`)),
		);
		const by = replies.map((reply) => noteOf(reply).resolvedBy?.name);
		expect(new Set(by).size, 'everybody is told the same').toBe(1);
		expect(noteOf(replies[0] ?? { json: null }).revision).toBe(2);
		expect(noteOf(await ask(reviewer, 'post', `${path}/reopen`))).toMatchObject({ resolvedAt: null, resolvedBy: null });
		expect((await ask(owner, 'post', `/projects/${projectId}/notes/${answer.id}/resolve`)).status).toBe(404);
	});
});

describe('notifications', () => {
	it('tell who is named and whose note is answered, nobody else, and are read once', async () => {
		const before = (await told(owner)).unread;
		const { id } = await write(owner);
		await write(reviewer, {
			target: null,
			threadId: id,
			text: '@Vera look',
			mentions: [viewer.id, stranger.id, reviewer.id],
		});
		const [mine] = (await told(owner)).notifications;
		expect(mine).toMatchObject({
			kind: 'answer',
			threadId: id,
			byName: 'Akua',
			text: '@Vera look',
			target: { kind: 'shot' },
		});
		const veras = await told(viewer);
		expect(veras.notifications[0]).toMatchObject({ kind: 'mention', projectName: 'A film' });
		expect((await told(stranger)).notifications).toEqual([]);
		expect((await told(owner)).unread).toBe(before + 1);
		await ask(owner, 'post', '/notifications/read', { ids: [mine?.id, veras.notifications[0]?.id] });
		expect((await told(owner)).unread).toBe(before);
		expect((await told(viewer)).unread, 'what is another’s stays unread').toBe(veras.unread);
		await ask(viewer, 'post', '/notifications/read', {});
		expect((await told(viewer)).unread).toBe(0);
	});

	it('tell a removed member nothing of what they may not see any more', async () => {
		const leaving = await server.person('Leo');
		await join(leaving, 'viewer');
		await write(owner, { text: 'Secret, @Leo', mentions: [leaving.id] });
		expect((await told(leaving)).unread).toBe(1);
		await ask(owner, 'delete', `/workspaces/${owner.workspaceId}/members/${leaving.id}`);
		expect(await told(leaving)).toEqual({ unread: 0, notifications: [] });
	});
});

describe('the review of a shot', () => {
	const set = (who: Person, status: string, shot = shotId) =>
		ask(who, 'put', `/projects/${projectId}/reviews/${shot}`, { status });
	const list = async () => (await ask(viewer, 'get', `/projects/${projectId}/reviews`)).json as unknown as Review[];

	it('is said by reviewers and above with who and when, and read by all', async () => {
		expect((await set(viewer, 'approved')).status).toBe(403);
		expect((await set(reviewer, 'approved')).status).toBe(200);
		expect(await list()).toMatchObject([{ shotId, status: 'approved', by: { name: 'Akua' } }]);
		expect((await set(owner, 'in-review')).status).toBe(200);
		expect(await list()).toMatchObject([{ shotId, status: 'in-review', by: { name: 'Mei' } }]);
	});

	it('that is approved tells who changed the shot since, however it was changed, until it is approved again', async () => {
		await set(reviewer, 'approved');
		const approval = async () => (await list()).find((one) => one.shotId === shotId);
		expect((await approval())?.changed).toBeUndefined();
		const program = server.live(owner, projectId);
		await saved(program);
		const edit = async (change: Partial<Shot>) => {
			editShot(program.doc, { origin: 'program' }, shotId, change);
			await saved(program);
		};
		await edit({ action: 'Another story' });
		await expect.poll(async () => (await approval())?.changed).toMatchObject({ by: { id: owner.id, name: 'Mei' } });
		expect(await approval()).toMatchObject({ status: 'approved', by: { name: 'Akua' } });
		expect(Date.parse((await approval())?.changed?.at ?? '')).toBeGreaterThan(Date.now() - 10_000);

		await set(reviewer, 'approved');
		expect((await approval())?.changed).toBeUndefined();
		// A change nobody was seen to make shows all the same.
		await edit({ durationFrames: 7 });
		await server.mongo.db.collection('reviews').updateMany({}, { $unset: { changedBy: 1, changedAt: 1 } });
		expect((await approval())?.changed).toBeDefined();
		// Where the shot stands and what stands around its words is none of what was approved.
		await set(reviewer, 'approved');
		scriptOf(program.doc).insert(0, 'EXT. BEFORE - DAY\n\nNew.\n\n');
		moveShot(program.doc, { origin: 'program' }, shotId, {
			sceneId: readBoard(program.doc).scenes[0]?.id ?? '',
			after: null,
		});
		await saved(program);
		expect((await approval())?.changed).toBeUndefined();
	});

	it('that is approved guards the shot: a program must confirm that it may have another picture', async () => {
		await set(reviewer, 'approved');
		const generate = (more: object) => ask(owner, 'post', `/projects/${projectId}/generate`, more);
		const refused = await generate({ shotIds: [shotId] });
		expect([refused.status, refused.json.code]).toEqual([409, 'shot-approved']);
		expect((await generate({ shotIds: [shotId], confirmApproved: true })).status).toBe(202);
		await set(owner, 'in-review');
		expect((await generate({ shotIds: [shotId] })).status).toBe(202);
	});

	it('is one, whoever says it at the same moment, and of no shot that is not there', async () => {
		await Promise.all(['approved', 'in-review', 'changes-requested', 'none'].map((status) => set(owner, status)));
		expect(await list()).toHaveLength(1);
		expect((await set(owner, 'approved', 'no-such-shot')).status).toBe(404);
		expect((await set(owner, 'excellent')).status).toBe(400);
		await ask(owner, 'delete', `/projects/${projectId}`);
		expect(await server.mongo.db.collection('reviews').countDocuments({ projectId })).toBe(0);
	});
});
