import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '@reelroom/shared/http/openapi.ts';
import { createFarmStore, farmNodeId } from '@reelroom/shared/node/stores/farm-store.ts';
import { createWorkflowStore } from '@reelroom/shared/node/stores/workflow-store.ts';
import { actions, can, type Action, type Role } from '@reelroom/shared/workspace/access.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
const memberRoles = ['owner', 'admin', 'editor', 'reviewer', 'viewer'] as const;
const everybody = [...memberRoles, 'stranger'] as const;

const fileSha256 = 'f'.repeat(64);
let server: TestServer;
const people = new Map<Role | 'stranger', Person>();
let workspaceId = '';
const person = (name: Role | 'stranger'): Person => {
	const found = people.get(name);
	if (found === undefined) throw new Error(`nobody is ${name}`);
	return found;
};

beforeAll(async () => {
	server = await aServer({ openStudio });
	for (const name of everybody) people.set(name, await server.person(name));
	workspaceId = person('owner').workspaceId;
	// The picture and film that the things below name: without it an answer that nobody may get would be a 404 all the same.
	await mkdir(join(server.dataDir, 'files/ff'), { recursive: true });
	const pixel = { width: 1, height: 1, channels: 3, background: '#446' } as const;
	await writeFile(join(server.dataDir, 'files/ff', fileSha256), await sharp({ create: pixel }).webp().toBuffer());
	const memberships = server.mongo.db.collection<{ _id: string }>('memberships');
	for (const role of memberRoles.slice(1))
		await memberships.insertOne({
			_id: `membership-${role}`,
			workspaceId,
			accountId: person(role).id,
			role,
			joinedAt: new Date(),
		} as { _id: string });
});
afterAll(() => server?.close());

const aNoteTarget = { kind: 'script', start: 'AAAA', end: 'AAAA', quote: 'A chair' };
/** Inputs that reach the question of rights; an operation without one here is asked with an empty body. */
const bodies: Record<string, unknown> = {
	'workspace.invite': { role: 'viewer' },
	'project.edit': { name: 'Renamed' },
	'share.create': { filmId: 'no-such-film' },
	'version.name': { name: 'First draft' },
	'note.create': { id: 'note-by-matrix', threadId: null, target: aNoteTarget, text: 'A note', mentions: [] },
	'note.edit': { text: 'Other words', mentions: [] },
	'review.set': { status: 'approved' },
	'take.vote': { vote: true },
	'take.regenerate': { takeIds: ['no-such-take'] },
	'version.rename': { name: 'Second draft' },
	'activity.see': { at: new Date().toISOString() },
	'workflow.save': { from: 1, kind: 'upscale', bindings: {} },
	'workflow.edit': { revision: 1 },
	'workflow.try': { prompt: 'A lighthouse' },
	'farm.add': { url: 'http://localhost:1' },
	'farm.edit': { revision: 1 },
	'farm.allowClasses': { revision: 0, added: [] },
	'text.write': { task: 'translate', text: 'A lamp', language: 'zh-CN' },
	'credential.put': { kind: 'ark', apiKey: 'a-key-for-the-matrix' },
};
/** What a role that may is answered, where the operation then finds nothing to do. */
const nothingToDo: Record<string, number> = {
	'script.proposeBreakDown': 409,
	'script.acceptBreakDown': 409,
	// Nothing was proposed for these words.
	'script.acceptImport': 409,
	// It is asked with words, and there is none.
	'bible.addPicture': 422,
	// There is no such shot.
	'take.upload': 404,
	'take.regenerate': 409,
	// It was made of no recipe.
	'take.reproduce': 409,
	'bible.picture': 404,
	'bible.thumbnail': 404,
	'task.generate': 409,
	'task.render': 409,
	'share.create': 404,
	'task.cancel': 409,
	'task.preview': 404,
	'review.set': 404,
	// The script that every operation with bytes is sent is none.
	'workflow.import': 422,
	'credential.remove': 404,
	// There is no text model, and rules do not translate.
	'text.write': 422,
	'text.read': 404,
	'text.stop': 404,
	'credential.check': 404,
};

/** Puts a note of this author into a project; nobody may change what others wrote. */
async function aNote(projectId: string, authorId: string): Promise<string> {
	const at = new Date();
	await server.mongo.db.collection<{ _id: string }>('notes').insertOne({
		_id: `${projectId}/note-0001`,
		projectId,
		noteId: 'note-0001',
		threadId: 'note-0001',
		target: aNoteTarget,
		filmId: null,
		text: 'A note',
		mentions: [],
		author: { kind: 'member', id: authorId, name: 'Somebody' },
		linkId: null,
		digest: '',
		createdAt: at,
		editedAt: null,
		deletedAt: null,
		resolvedAt: null,
		resolvedBy: null,
		revision: 1,
		changedAt: at,
	} as { _id: string });
	return 'note-0001';
}

/** Puts a workflow that is shared into the workspace; answers its id. */
async function aWorkflow(): Promise<string> {
	const _id = `workflow-${Math.random().toString(36).slice(2)}`;
	const at = new Date();
	const about = { workspaceId, title: 'Ours', about: '', shared: true, version: 1, revision: 1 };
	const record = { _id, ...about, createdBy: person('owner').id, createdAt: at, changedAt: at, deletedAt: null };
	const graph = { 1: { class_type: 'PreviewImage', inputs: { images: ['2', 0] } } };
	await createWorkflowStore(server.mongo.db).add(record, JSON.stringify({ kind: 'upscale', bindings: {}, graph }));
	return _id;
}

/** Puts one task, take, film or share link of a project into its collection, as far as the question of rights looks at it; answers its id. */
async function aThing(kind: string, projectId: string): Promise<string> {
	const _id = `thing-${Math.random().toString(36).slice(2)}`;
	const sha256 = fileSha256;
	const at = new Date();
	const things: Record<string, [string, object]> = {
		// A cancelled task can be read and retried, and is too late to cancel.
		tasks: [
			'tasks',
			{
				kind: 'image',
				shotId: 'shot-0001',
				label: '1A',
				provider: 'sketch',
				style: 'anime',
				status: 'cancelled',
				work: { kind: 'image', request: {} },
				claim: 0,
				attempt: 0,
				progress: null,
				problem: null,
				takeId: null,
				filmId: null,
				createdBy: 'somebody',
				createdByName: 'Somebody',
				createdAt: at,
				queuedAt: at,
				startedAt: null,
				finishedAt: at,
				revision: 1,
			},
		],
		takes: [
			'takes',
			{
				shotId: _id,
				number: 1,
				taskId: _id,
				sha256,
				thumbnailSha256: sha256,
				mediaType: 'image/webp',
				createdBy: 'somebody',
				createdAt: at,
			},
		],
		films: ['films', { taskId: _id, sha256, createdAt: at }],
		versions: [
			'versions',
			{
				kind: 'named',
				name: 'First draft',
				by: 'somebody',
				authors: [],
				at,
				sizeBytes: 2,
				scenes: 0,
				shots: 0,
				words: 0,
				digest: _id,
				update: brotliCompressSync(Uint8Array.of(0, 0)),
				owners: [],
			},
		],
		'share-links': [
			'shareLinks',
			{
				filmId: 'film-0001',
				tokenHash: _id,
				createdBy: 'somebody',
				createdByName: 'Somebody',
				createdAt: at,
				revokedAt: null,
				views: 0,
			},
		],
	};
	const [collection, fields] = things[kind] ?? [];
	if (collection === undefined) throw new Error(`nothing is known of ${kind}`);
	await server.mongo.db
		.collection<{ _id: string }>(collection)
		.insertOne({ _id, projectId, ...fields } as { _id: string });
	return _id;
}

const isAction = (allow: string): allow is Action => (actions as string[]).includes(allow);
const byProject = operations.filter(
	({ endpoint }) => isAction(endpoint.allow) && endpoint.path.startsWith('/projects/:id'),
);
const byWorkspace = operations.filter(
	({ endpoint }) => isAction(endpoint.allow) && endpoint.path.startsWith('/workspaces/:id'),
);
const answeredHere = [...byProject, ...byWorkspace];
const byThing = operations.filter(
	({ endpoint }) =>
		isAction(endpoint.allow) &&
		/^\/(tasks|takes|films|share-links|versions|results|generation\/tasks|files\/images)\/:id/.test(endpoint.path),
);
const byAdministrator = operations.filter(({ endpoint }) => endpoint.allow === 'administrator');
const signedInOnly = operations.filter(({ endpoint }) => endpoint.allow !== 'public');

describe('rights', () => {
	for (const { id, endpoint } of answeredHere) {
		it.each(everybody)(`${id} is answered to the role %s as the table says`, async (who) => {
			// A fresh thing for each question, so that one role's deletion is not another's absence.
			const project = await server.call('post', '/projects', {
				token: person('owner').token,
				body: { name: 'A film', workspaceId },
			});
			expect(project.status).toBe(201);
			const target = endpoint.path.startsWith('/workspaces') ? workspaceId : project.json.id;
			const path = (
				endpoint.path.includes(':noteId')
					? endpoint.path.replace(':noteId', await aNote(target, person(who).id))
					: endpoint.path
			)
				.replace(':id', target)
				.replace(':accountId', person('owner').id)
				.replace(':workflowId', await aWorkflow())
				.replace(':shotId', 'no-such-shot')
				.replace(':kind', 'openai')
				.replace(':digest', fileSha256)
				.replace(':textId', 'no-such-text');
			const body =
				endpoint.body === undefined
					? endpoint.bytesLimit === undefined
						? undefined
						: 'INT. ROOM - DAY'
					: (bodies[id] ?? {});
			const reply = await server.call(endpoint.method, path, { token: person(who).token, body });
			const action = endpoint.allow as Action;
			if (who === 'stranger') expect([reply.status, reply.json.code]).toEqual([404, 'not-found']);
			else if (!can(who, action)) expect([reply.status, reply.json.code]).toEqual([403, 'not-allowed']);
			else if (id === 'workspace.removeMember')
				expect([reply.status, reply.json.code], 'the owner stays').toEqual([403, 'not-allowed']);
			else
				expect(reply.status, reply.text).toBe(
					nothingToDo[id] ??
						endpoint.status ??
						(endpoint.reply === undefined && endpoint.file === undefined ? 204 : 200),
				);
		});
	}

	for (const { id, endpoint } of byThing) {
		it.each(everybody)(
			`${id} of a thing in somebody's project is answered to the role %s as the table says`,
			async (who) => {
				const project = await server.call('post', '/projects', {
					token: person('owner').token,
					body: { name: 'A film', workspaceId },
				});
				const room = endpoint.path.split('/')[1] ?? '';
				const thing = await aThing(
					{ results: 'takes', generation: 'tasks', files: 'takes' }[room] ?? room,
					project.json.id,
				);
				const reply = await server.call(endpoint.method, endpoint.path.replace(':id', thing), {
					token: person(who).token,
					body: endpoint.body === undefined ? undefined : (bodies[id] ?? {}),
				});
				if (who === 'stranger') expect([reply.status, reply.json.code]).toEqual([404, 'not-found']);
				else if (!can(who, endpoint.allow as Action))
					expect([reply.status, reply.json.code]).toEqual([403, 'not-allowed']);
				else
					expect(reply.status, reply.text).toBe(
						nothingToDo[id] ??
							endpoint.status ??
							(endpoint.reply === undefined && endpoint.file === undefined ? 204 : 200),
					);
			},
		);
	}

	for (const { id, endpoint } of byAdministrator) {
		it(`${id} is answered to who administrates the install, and to nobody else whatever their role`, async () => {
			const farm = createFarmStore(server.mongo.db);
			const url = `http://localhost:${1000 + byAdministrator.findIndex((each) => each.id === id)}`;
			const about = { source: 'page', enabled: true, draining: false, concurrency: 1, tags: [], revision: 1 } as const;
			const at = { removedAt: null, addedBy: null, addedAt: new Date() };
			await farm.add({ _id: farmNodeId(url), url, ...about, tags: [], ...at });
			const path = endpoint.path.replace(':id', farmNodeId(url));
			// The first account of an install, made from its own machine, administrates it.
			for (const who of everybody.toReversed()) {
				const ask = { token: person(who).token, body: endpoint.body === undefined ? undefined : (bodies[id] ?? {}) };
				const reply = await server.call(endpoint.method, path, ask);
				if (who === 'owner') expect(reply.status, reply.text).toBe(endpoint.status ?? 200);
				else expect([reply.status, reply.json.code]).toEqual([403, 'not-allowed']);
			}
		});
	}

	it.each(signedInOnly.map(({ id, endpoint }) => [id, endpoint] as const))(
		'%s asks a visitor to sign in, and takes no forged token',
		async (_, endpoint) => {
			const path = endpoint.path.replace(':kind', 'openai').replace(/:[A-Za-z]+/g, 'no-such-thing-at-all');
			const visitor = await server.call(endpoint.method, path);
			expect([visitor.status, visitor.json.code]).toEqual([401, 'sign-in-required']);
			const forged = await server.call(endpoint.method, path, { token: `${person('owner').token.slice(0, -4)}AAAA` });
			expect([forged.status, forged.json.code]).toEqual([401, 'token-invalid']);
		},
	);

	it('a project may be made by who may make one there, and not by others', async () => {
		for (const who of everybody) {
			const reply = await server.call('post', '/projects', {
				token: person(who).token,
				body: { name: 'A film', workspaceId },
			});
			expect(reply.status, who).toBe(who === 'stranger' ? 404 : can(who, 'project.create') ? 201 : 403);
		}
	});
});
