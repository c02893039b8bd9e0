import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Task } from '@reelroom/shared/task/task.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';
import { makeTask } from './testing.ts';

let server: TestServer;
let token: string;
let paths: Record<'project' | 'workspace' | 'shot' | 'task' | 'take' | 'workflow', string>;
beforeAll(async () => {
	const settings = { COMFYUI_URLS: 'http://127.0.0.1:9', COMFYUI_HOSTS: 'gpu-1', DEFAULT_PLAN: 'studio' };
	server = await aServer({ openStudio, settings });
	const person = await server.person();
	({ token } = person);
	const script = 'INT. CABIN - NIGHT\n\nThe lamp burns.\n\nEXT. FOREST - DAY\n\nSnow falls.\n';
	const project = (await call('post', '/projects', { name: 'Mutated', script })).json.id;
	await call('post', `/projects/${project}/break-down/accept`, {});
	const { tasks } = (await call('post', `/projects/${project}/generate`, {})).json as unknown as { tasks: Task[] };
	const [task] = tasks;
	if (task === undefined) throw new Error('nothing was queued');
	const take = await makeTask(server, task);
	const graph = {
		1: { class_type: 'SaveImage', inputs: { images: ['2', 0] } },
		2: { class_type: 'X', inputs: { seed: 1 } },
	};
	const workflow = (await call('post', `/workspaces/${person.workspaceId}/workflows`, graph)).json.id;
	paths = { project, workspace: person.workspaceId, shot: task.shotId ?? '', task: task.id, take, workflow };
});
afterAll(() => server?.close());

const call = (method: string, path: string, body?: unknown) =>
	server.call(method, path, { token, ...(body === undefined ? {} : { body }) });

const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
/** What may stand where something else belongs. */
const values: unknown[] = [
	...[null, true, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 53), '', ' ', '\u0000', '\ud800', '\u202e\u200b', '🎬'.repeat(50)],
	...['../../etc/passwd', '__proto__', 'constructor', '$where', '(a+)+$', 'NaN', '9'.repeat(400), 'x'.repeat(200_000)],
	...['http://169.254.169.254/', 'javascript:alert(1)', '2026-13-45T99:99:99Z', '00000000-0000-0000-0000-000000000000'],
	...[[], [null], [[]], {}, { $gt: '' }, { $ne: null }, { toString: 1, valueOf: 1 }, deep(60), ['a', 'a', 'a']],
	...[Array.from({ length: 2_000 }, (_, index) => `some-id-${index}`), Object.fromEntries([['__proto__', { a: 1 }]])],
];

/** Every call of the generation side that takes a body, with one that it would take. */
const calls = (): [method: string, path: string, body: Record<string, unknown>][] => {
	const { project, workspace, shot, task, take, workflow } = paths;
	const words = { prompt: 'A lighthouse', width: 320, height: 192, seed: 1, style: 'anime', model: 'sketch' };
	const more = {
		negative_prompt: 'fog',
		num_inference_steps: 4,
		guidance_scale: 3,
		parameters: { '5.cfg': 2 },
		project_id: project,
	};
	const picture = {
		shotIds: [shot],
		kind: 'text-to-image',
		style: 'anime',
		provider: 'sketch',
		seed: 1,
		width: 320,
		height: 192,
	};
	const comfy = {
		provider: 'comfyui',
		workflow: 'sd15-text-to-image',
		steps: 4,
		guidance: 3,
		parameters: { '5.cfg': 2 },
		count: 2,
	};
	return [
		['post', '/images/generate', { ...words, ...more }],
		['post', '/videos/generate', { ...words, duration_seconds: 2, fps: 24 }],
		['post', '/generation/generate', { ...words, type: 'image' }],
		['post', `/projects/${project}/generate`, { ...picture, negativePrompt: 'fog', confirmApproved: true }],
		[
			'post',
			`/projects/${project}/generate`,
			{ shotIds: [shot], ...comfy, references: [{ role: 'reference', takeId: take }], strength: 0.5 },
		],
		[
			'post',
			`/projects/${project}/generate`,
			{ shotIds: [shot], kind: 'image-to-video', provider: 'comfyui', durationFrames: 24, fps: 24 },
		],
		[
			'post',
			`/projects/${project}/render`,
			{ subtitles: 'none', quality: 'draft', width: 320, height: 180, titleCard: true, endCard: true },
		],
		['post', `/projects/${project}/regenerate`, { takeIds: [take], confirmApproved: true }],
		['post', '/tasks/batch', { action: 'cancel', ids: [task], confirmApproved: true }],
		['post', `/tasks/${task}/retry`, { confirmApproved: true }],
		['patch', `/workspaces/${workspace}/workflows/${workflow}`, { revision: 1, title: 'T', about: 'A', shared: true }],
		[
			'post',
			`/workspaces/${workspace}/workflows/${workflow}/try`,
			{ version: 1, prompt: 'x', seed: 1, width: 64, height: 64, steps: 2, parameters: {} },
		],
		[
			'post',
			`/workspaces/${workspace}/workflows/${workflow}/versions`,
			{
				from: 1,
				base: 1,
				kind: 'text-to-image',
				bindings: { seed: [{ nodeId: '2', input: 'seed' }] },
				exposed: [],
				tags: ['a'],
				values: [{ nodeId: '2', input: 'seed', value: 3 }],
			},
		],
		['post', '/farm/nodes', { url: 'http://gpu-1:8188', concurrency: 2, tags: ['a'] }],
		[
			'put',
			`/workspaces/${workspace}/credentials`,
			{ kind: 'openai', apiKey: 'a-key-of-somebody', baseUrl: 'https://api.openai.com/v1', models: ['m'] },
		],
		[
			'put',
			`/workspaces/${workspace}/credentials`,
			{ kind: 'volcengine', accessKey: 'a-key', secretKey: 'a-secret', region: 'cn-north-1' },
		],
		['post', `/projects/${project}/texts`, { task: 'improve', shotId: shot, text: 'a lamp', language: 'en' }],
	];
};
const queries = (): [path: string, fields: string[]][] => [
	['/tasks', ['status', 'kind', 'projectId', 'createdBy', 'provider', 'text', 'limit', 'before']],
	['/generation/history', ['limit', 'before']],
	['/models', ['projectId']],
	[`/projects/${paths.project}/tasks`, ['status', 'limit']],
	[`/workspaces/${paths.workspace}/workflows/${paths.workflow}`, ['version']],
	[`/workspaces/${paths.workspace}/workflows/${paths.workflow}/parameters`, ['version']],
];
/** No single answer may keep everybody else waiting. */
const longestMs = 2_000;

it('whatever stands in any field of any call that generates, the answer says what is wrong, soon, and never that something broke', async () => {
	const faults: string[] = [];
	const counts: Record<string, number> = {};
	const ask = async (method: string, path: string, about: string, body?: unknown) => {
		const began = performance.now();
		const reply = await call(method, path, body);
		const ms = performance.now() - began;
		counts[reply.status] = (counts[reply.status] ?? 0) + 1;
		// Without a worker nobody writes a text or answers for one.
		const isFault = reply.status >= 500 && reply.json.code !== 'no-worker';
		if (isFault) faults.push(`${method} ${path} with ${about}: ${reply.status} ${reply.text}`);
		if (ms > longestMs) faults.push(`${method} ${path} with ${about}: ${Math.round(ms)} ms`);
		if (reply.status >= 400 && reply.json?.code === undefined)
			faults.push(`${method} ${path} with ${about}: ${reply.text}`);
	};
	for (const [method, path, body] of calls()) {
		await ask(method, path, 'what it takes', body);
		for (const field of Object.keys(body))
			for (const value of values)
				await ask(method, path, `${field}: ${JSON.stringify(value).slice(0, 80)}`, { ...body, [field]: value });
		for (const whole of [...values, [body], { ...body, more: 1 }])
			await ask(method, path, JSON.stringify(whole).slice(0, 80), JSON.stringify(whole));
	}
	for (const [path, fields] of queries())
		for (const field of fields)
			for (const value of values) {
				const text = encodeURIComponent(
					typeof value === 'string' ? value.toWellFormed().slice(0, 4_000) : JSON.stringify(value).slice(0, 4_000),
				);
				for (const query of [
					`${field}=${text}`,
					`${field}[]=${text}`,
					`${field}[$ne]=${text}`,
					`${field}=1&${field}=${text}`,
				])
					await ask('get', `${path}?${query}`, '');
			}
	expect(faults).toEqual([]);
	expect(counts['400']).toBeGreaterThan(2_000);
	expect(counts['202']).toBeGreaterThan(50);
}, 120_000);
