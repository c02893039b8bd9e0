import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;

let server: TestServer;
let owner: Person;
let admin: Person;

beforeAll(async () => {
	server = await aServer({ openStudio });
	[owner, admin] = [await server.person('owner'), await server.person('admin')];
	await server.mongo.db.collection<{ _id: string }>('memberships').insertOne({
		_id: 'membership-admin',
		workspaceId: owner.workspaceId,
		accountId: admin.id,
		role: 'admin',
		joinedAt: new Date(),
	} as { _id: string });
});
afterAll(() => server?.close());

describe('an invitation', () => {
	const invite = async (role: string) =>
		(
			await server.call('post', `/workspaces/${owner.workspaceId}/invitations`, {
				token: owner.token,
				body: { role },
			})
		).json.token;
	const accept = (token: string, who: Person) =>
		server.call('post', `/invitations/${token}/accept`, { token: who.token });

	it('lets anybody join, as often as they like, and lowers nobody', async () => {
		const guest = await server.person();
		const [viewer, editor] = [await invite('viewer'), await invite('editor')];
		const replies = await Promise.all([accept(viewer, guest), accept(viewer, guest), accept(viewer, guest)]);
		expect(replies.map((reply) => [reply.status, reply.json.workspace.role])).toEqual([
			[200, 'viewer'],
			[200, 'viewer'],
			[200, 'viewer'],
		]);
		expect((await accept(editor, guest)).json.workspace.role).toBe('editor');
		expect((await accept(viewer, guest)).json.workspace.role).toBe('editor');
		expect((await accept(viewer, owner)).json.workspace.role).toBe('owner');
	});

	it('shows what it offers, and nothing under an invented token', async () => {
		expect((await server.call('get', `/invitations/${await invite('viewer')}`)).json.role).toBe('viewer');
		expect((await server.call('get', `/invitations/${'x'.repeat(43)}`)).json.code).toBe('not-found');
	});

	it('lets a removed member in again neither by the link they came by nor by one they made, only by a new one', async () => {
		const [guest, other] = [await server.person(), await server.person()];
		const [cameBy, unused] = [await invite('editor'), await invite('viewer')];
		await accept(cameBy, guest);
		const made = await server.call('post', `/workspaces/${owner.workspaceId}/invitations`, {
			token: guest.token,
			body: { role: 'editor' },
		});
		await server.call('delete', `/workspaces/${owner.workspaceId}/members/${guest.id}`, { token: admin.token });
		for (const token of [cameBy, unused, made.json.token]) {
			const reply = await accept(token, guest);
			expect([reply.status, reply.json.code]).toEqual([410, 'invitation-ended']);
		}
		expect((await accept(made.json.token, other)).json.code).toBe('invitation-ended');
		expect((await accept(cameBy, other)).json.workspace.role).toBe('editor');
		expect((await accept(await invite('viewer'), guest)).json.workspace.role).toBe('viewer');
		expect((await accept(cameBy, guest)).json.code).toBe('invitation-ended');
		expect((await server.call('get', `/workspaces/${owner.workspaceId}/members`, { token: guest.token })).status).toBe(
			200,
		);
	});

	it('does not keep a removed member in', async () => {
		const guest = await server.person();
		await accept(await invite('editor'), guest);
		const project = await server.call('post', '/projects', {
			token: guest.token,
			body: { name: 'A film', workspaceId: owner.workspaceId },
		});
		expect(
			(await server.call('delete', `/workspaces/${owner.workspaceId}/members/${guest.id}`, { token: admin.token }))
				.status,
		).toBe(204);
		expect((await server.call('get', `/projects/${project.json.id}`, { token: guest.token })).status).toBe(404);
	});
});
