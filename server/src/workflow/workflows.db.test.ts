import { afterAll, beforeAll, expect, test } from 'vitest';
import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { createFarmStore, farmNodeId } from '@reelroom/shared/node/stores/farm-store.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { createWorkflowStore } from '@reelroom/shared/node/stores/workflow-store.ts';
import { formatExactJson, parseExactJson } from '@reelroom/shared/provider/exact-json.ts';
import { parseObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import { everyModel, nodesWith } from '@reelroom/shared/testing/comfyui/nodes.ts';
import type { Model } from '@reelroom/shared/task/generation-api.ts';
import type { WorkflowDetail, WorkflowSummary } from '@reelroom/shared/workflow/own-workflow.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
const node = 'http://127.0.0.1:8188';
let server: TestServer;
let owner: Person;
let editor: Person;
let stranger: Person;
const path = (rest = '') => `/workspaces/${owner.workspaceId}/workflows${rest}`;
const graph = readyWorkflows().find(({ name }) => name === 'sd15-text-to-image')?.graph ?? {};

async function tellOf(models: Record<string, readonly string[]>): Promise<void> {
	const farm = createFarmStore(server.mongo.db);
	const at = new Date();
	const classes = parseObjectInfo(nodesWith(models));
	await farm.report({
		_id: farmNodeId(node),
		workerId: 'worker-0001',
		at,
		state: 'up',
		fault: '',
		version: '0.3.64',
		devices: [],
		running: 0,
		waiting: 0,
		models: { checkpoints: [], diffusionModels: [], loras: [], vaes: [], controlNets: [], upscalers: [], samplers: [] },
		classes: await farm.keepClasses(classes, at),
		classCount: Object.keys(classes).length,
	});
}
beforeAll(async () => {
	server = await aServer({ openStudio, settings: { COMFYUI_URLS: node } });
	// Before anybody signs up: their first board asks what there is to draw with, and the answer is kept for a moment.
	await tellOf(everyModel);
	[owner, editor, stranger] = [await server.person('Owner'), await server.person('Editor'), await server.person()];
	await server.mongo.db.collection<{ _id: string }>('memberships').insertOne({
		_id: 'membership-editor',
		workspaceId: owner.workspaceId,
		accountId: editor.id,
		role: 'editor',
		joinedAt: new Date(),
	} as { _id: string });
});
afterAll(() => server?.close());

async function imported(text: string, who = owner): Promise<WorkflowDetail> {
	const reply = await server.call('post', path(), { token: who.token, body: text });
	expect(reply.status, reply.text).toBe(201);
	return reply.json as unknown as WorkflowDetail;
}
const listed = async (who: Person): Promise<WorkflowSummary[]> =>
	(await server.call('get', path(), { token: who.token })).json as unknown as WorkflowSummary[];
const versionOf = ({ version, kind, bindings }: WorkflowDetail) => ({ from: version, kind, bindings });

test('a graph that is taken in has its bindings guessed, is checked against the servers, and is seen by its maker until it is shared', async () => {
	const detail = await imported(formatExactJson(graph));
	expect(detail).toMatchObject({ source: 'own', kind: 'text-to-image', version: 1, shared: false, faults: [] });
	expect(detail.bindings.prompt).toEqual([{ nodeId: '2', input: 'text' }]);
	expect(detail.runs).toEqual({ able: 1, of: 1 });
	expect(
		detail.nodes.find(({ id }) => id === '5')?.inputs.find(({ name }) => name === 'sampler_name')?.choices,
	).toContain('euler');
	expect((await listed(editor)).some(({ id }) => id === detail.id)).toBe(false);
	const one = path(`/${detail.id}`);
	expect((await server.call('get', one, { token: editor.token })).status).toBe(404);
	const share = { revision: 1, shared: true, title: 'Harbour' };
	expect((await server.call('patch', one, { token: owner.token, body: share })).status).toBe(200);
	expect((await listed(editor)).find(({ id }) => id === detail.id)?.titles.en).toBe('Harbour');
	// What others use already is taken back by its maker alone, or by who looks after the workspace.
	const hide = { revision: 2, shared: false };
	expect((await server.call('patch', one, { token: editor.token, body: hide })).status).toBe(403);
	expect((await server.call('get', one, { token: stranger.token })).status).toBe(404);
	expect(
		(await server.call('get', `/workspaces/${stranger.workspaceId}/workflows/${detail.id}`, { token: stranger.token }))
			.status,
	).toBe(404);
});

test('the ready workflows are listed with whether they run, and stay as they are', async () => {
	const ready = (await listed(owner)).filter(({ source }) => source === 'ready');
	expect(ready).toHaveLength(readyWorkflows().length);
	for (const { id, runs } of ready) expect([id, runs.able]).toEqual([id, 1]);
	const save = { from: 1, kind: 'upscale', bindings: {} };
	const reply = await server.call('post', path('/upscale/versions'), { token: owner.token, body: save });
	expect([reply.status, reply.json.code]).toEqual([403, 'not-allowed']);
});

test('of many who save a new version of the same one, one does; every version stays as it was', async () => {
	const detail = await imported(formatExactJson(graph));
	const save = (steps: number) =>
		server.call('post', path(`/${detail.id}/versions`), {
			token: owner.token,
			body: { ...versionOf(detail), values: [{ nodeId: '5', input: 'steps', value: steps }] },
		});
	const replies = await Promise.all(Array.from({ length: 12 }, (_, index) => save(index + 1)));
	expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 11 }, () => 409)]);
	expect(replies.find(({ status }) => status === 409)?.json.code).toBe('changed-meanwhile');
	const versions = (await server.call('get', path(`/${detail.id}/versions`), { token: owner.token }))
		.json as unknown as {
		version: number;
	}[];
	expect(versions.map(({ version }) => version)).toEqual([2, 1]);
	const first = await server.call('get', path(`/${detail.id}/file?version=1`), { token: owner.token });
	expect((parseExactJson(first.text) as { graph: typeof graph }).graph).toEqual(graph);
	const store = createWorkflowStore(server.mongo.db);
	expect(await store.text(detail.id, 1)).not.toBe(await store.text(detail.id, 2));
	expect(await store.text(detail.id, 3)).toBeNull();
});

test('a seed of 64 bits goes in, through a page and out again digit by digit', async () => {
	const detail = await imported(formatExactJson(graph).replace('"seed":0', '"seed":18446744073709551615'));
	const body = { ...versionOf(detail), values: [{ nodeId: '3', input: 'text', value: 'no people' }] };
	expect((await server.call('post', path(`/${detail.id}/versions`), { token: owner.token, body })).status).toBe(201);
	const file = await server.call('get', path(`/${detail.id}/file`), { token: owner.token });
	expect(file.text).toContain('"seed":18446744073709551615');
	expect(file.headers.get('content-disposition')).toContain('.json');
	const again = await imported(file.text);
	expect(again.bindings).toEqual(detail.bindings);
});

test('faults are told at the input they belong to: of models, links, values, and of nodes that may not run', async () => {
	const broken = structuredClone(graph) as typeof graph;
	Object.assign(broken['5']?.inputs ?? {}, { sampler_name: 'magic', positive: ['99', 0], steps: 0 });
	broken['20'] = { class_type: 'ExecuteShell', inputs: { command: 'x' } };
	const detail = await imported(formatExactJson(broken));
	expect(detail.faults.map(({ code, nodeId, input }) => `${code} ${nodeId}.${input}`).sort()).toEqual([
		'class-not-allowed 20.',
		'link-broken 5.positive',
		'not-a-choice 5.sampler_name',
		'too-small 5.steps',
	]);
	expect(detail.runs.able).toBe(0);
});

test('what the editor saves is turned into a graph by the node classes that the servers told', async () => {
	const saved = {
		nodes: [
			{ id: 1, type: 'EmptyImage', widgets_values: [64, 48, 1, 255] },
			{ id: 2, type: 'SaveImage', inputs: [{ name: 'images', type: 'IMAGE', link: 1 }], widgets_values: ['plain'] },
		],
		links: [[1, 1, 0, 2, 0, 'IMAGE']],
	};
	const detail = await imported(JSON.stringify(saved));
	expect(detail.faults).toEqual([]);
	const file = await server.call('get', path(`/${detail.id}/file`), { token: owner.token });
	expect((parseExactJson(file.text) as { graph: unknown }).graph).toMatchObject({
		1: { inputs: { width: 64, height: 48 } },
		2: { inputs: { images: ['1', 0], filename_prefix: 'plain' } },
	});
});

test('a removed workflow is off the list, and comes back as it was', async () => {
	const detail = await imported(formatExactJson(graph));
	const one = path(`/${detail.id}`);
	expect((await server.call('delete', one, { token: owner.token })).status).toBe(204);
	expect((await server.call('get', one, { token: owner.token })).status).toBe(404);
	expect((await server.call('post', `${one}/restore`, { token: owner.token })).status).toBe(200);
	expect(((await server.call('get', one, { token: owner.token })).json as unknown as WorkflowDetail).bindings).toEqual(
		detail.bindings,
	);
});

test('a workflow is tried by a task like every other, in the version that was asked for, with a picture where it begins with one', async () => {
	const detail = await imported(
		formatExactJson(readyWorkflows().find(({ name }) => name === 'sdxl-image-to-image')?.graph),
	);
	const one = path(`/${detail.id}/try`);
	const body = { prompt: 'A lighthouse', parameters: { sampler: 'euler' } };
	const ask = { token: owner.token, body, headers: { 'Idempotency-Key': 'try-the-same-twice' } };
	const [first, again] = [await server.call('post', one, ask), await server.call('post', one, ask)];
	expect([first.status, again.status, again.json.id]).toEqual([202, 202, first.json.id]);
	const task = await createTaskStore(server.mongo.db).find(first.json.id);
	expect(task).toMatchObject({ provider: 'comfyui', kind: 'image', createdBy: owner.id });
	expect(task?.work.request).toMatchObject({
		kind: 'image-to-image',
		workflow: detail.id,
		workflowVersion: 1,
		prompt: 'A lighthouse',
		references: [{ role: 'reference' }],
		parameters: { sampler: 'euler' },
	});
	expect((await server.call('post', one, { token: editor.token, body })).status).toBe(404);
	expect((await server.call('post', `${one}`, { token: owner.token, body: { ...body, version: 9 } })).status).toBe(404);
	// A ready one has no versions of the workspace's.
	const ready = await server.call('post', path('/sd15-text-to-image/try'), { token: owner.token, body });
	const tried = await createTaskStore(server.mongo.db).find(ready.json.id);
	expect(tried?.work.request).not.toHaveProperty('workflowVersion');
	// One that is only led by a picture begins with one all the same.
	const led = await server.call('post', path('/sd15-controlnet-canny/try'), { token: owner.token, body });
	const leading = await createTaskStore(server.mongo.db).find(led.json.id);
	expect(leading?.work.request).toMatchObject({ references: [{ role: 'control' }, { role: 'reference' }] });
});

test('what is shared is generated with by everybody of the workspace, in the version that is newest, and what cannot run says why', async () => {
	const detail = await imported(formatExactJson(graph));
	const project = await server.call('post', '/projects', {
		token: owner.token,
		body: { name: 'A film', workspaceId: owner.workspaceId },
	});
	const offered = async (who: Person) => {
		const { json } = await server.call('get', `/models?projectId=${project.json.id}`, { token: who.token });
		return (json as unknown as Model[]).find(({ id }) => id === detail.id);
	};
	expect(await offered(owner)).toMatchObject({ workflow: detail.id, workflowVersion: 1, makes: ['text-to-image'] });
	expect(await offered(editor)).toBeUndefined();
	const one = path(`/${detail.id}`);
	await server.call('patch', one, { token: owner.token, body: { revision: 1, shared: true } });
	const save = { ...versionOf(detail), exposed: [{ nodeId: '7', input: 'filename_prefix' }] };
	await server.call('post', `${one}/versions`, { token: editor.token, body: save });
	expect(await offered(editor)).toMatchObject({ workflowVersion: 2 });
	const body = {
		prompt: 'A lighthouse',
		projectId: project.json.id,
		model: detail.id,
		num_inference_steps: 7,
		parameters: { sampler: 'euler', '7.filename_prefix': 'ours' },
	};
	const reply = await server.call('post', '/images/generate', { token: editor.token, body });
	expect(reply.status, reply.text).toBe(202);
	const task = await createTaskStore(server.mongo.db).find(reply.json.id);
	expect(task?.work.request).toMatchObject({
		workflow: detail.id,
		workflowVersion: 2,
		steps: 7,
		parameters: body.parameters,
	});

	const broken = { ...versionOf(detail), from: 2, values: [{ nodeId: '1', input: 'ckpt_name', value: 'none.ckpt' }] };
	expect((await server.call('post', `${one}/versions`, { token: owner.token, body: broken })).status).toBe(201);
	expect((await offered(editor))?.refused).toMatch(/CheckpointLoaderSimple #1, ckpt_name: none.ckpt/);
	const refused = await server.call('post', '/images/generate', { token: editor.token, body });
	expect([refused.status, refused.json.code]).toEqual([422, 'workflow-refused']);
	// Of another workspace nobody generates with it.
	const theirs = { ...body, projectId: undefined };
	expect((await server.call('post', '/images/generate', { token: stranger.token, body: theirs })).status).toBe(400);
});

test('what is too large, no text or no workflow is refused with a word', async () => {
	const code = async (body: unknown) => {
		const { status, json } = await server.call('post', path(), { token: owner.token, body });
		return [status, json?.code];
	};
	expect(await code('x'.repeat(limits.workflowBytes + 1))).toEqual([413, 'too-large']);
	expect(await code('{"1":{"class_type":"A","inputs":{"__proto__":{}}}}')).toEqual([422, 'not-a-workflow']);
	expect(await code('not json')).toEqual([422, 'not-a-workflow']);
	const detail = await imported(formatExactJson(graph));
	const body = { ...versionOf(detail), bindings: { prompt: [{ nodeId: 'constructor', input: 'name' }] } };
	const reply = await server.call('post', path(`/${detail.id}/versions`), { token: owner.token, body });
	expect([reply.status, reply.json.code]).toEqual([400, 'invalid-input']);
});
