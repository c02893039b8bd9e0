import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readyWorkflows } from '../../defaults/workflows/ready-workflows.ts';
import { safeClasses } from '../../defaults/comfyui/safe-classes.ts';
import { everyModel, nodesWith } from '../../testing/comfyui/nodes.ts';
import { Problem } from '../problem.ts';
import { formatExactJson, parseExactJson } from '../provider/exact-json.ts';
import { guessBindings } from '../provider/guess-bindings.ts';
import { parseObjectInfo } from '../provider/object-info.ts';
import { guessKind } from './guess-kind.ts';
import { judge } from './judge.ts';
import { readWorkflow } from './read-workflow.ts';
import { parametersOf, setValues, viewGraph } from './view-graph.ts';

const classes = parseObjectInfo(nodesWith(everyModel));
const ready = readyWorkflows();
const graphOf = (name: string) => {
	const found = ready.find((each) => each.name === name);
	if (found === undefined) throw new Error(`There is no workflow ${name}`);
	return structuredClone(found.graph);
};
const codeOf = (text: string): string => {
	try {
		readWorkflow(text, classes);
		return 'read';
	} catch (error) {
		return error instanceof Problem ? error.code : String(error);
	}
};

for (const { name, kind, graph } of ready)
	test(`what ${name} makes is guessed of its graph alone`, () => {
		expect(guessKind(graph, guessBindings(graph))).toBe(kind);
	});

test('a graph is read in API format, as the body of a prompt, and as it was exported; what was bound by hand comes back', () => {
	const graph = graphOf('sdxl-text-to-image');
	const bindings = { prompt: [{ nodeId: '3', input: 'text' }] };
	for (const whole of [graph, { prompt: graph, client_id: 'x' }]) {
		const { content } = readWorkflow(formatExactJson(whole), classes);
		expect(content.graph).toEqual(graph);
		expect(content.bindings).toEqual(guessBindings(graph));
		expect(content.kind).toBe('text-to-image');
	}
	const exported = { title: 'Ours', kind: 'image-to-image', bindings, exposed: [{ nodeId: '5', input: 'cfg' }], graph };
	const { title, content } = readWorkflow(`\uFEFF${formatExactJson(exported)}`, classes);
	expect([title, content.kind, content.bindings, content.exposed]).toEqual([
		'Ours',
		'image-to-image',
		bindings,
		exported.exposed,
	]);
});

test('bindings that lead to what is not in the graph are guessed anew instead of being believed', () => {
	const graph = graphOf('upscale');
	const { content } = readWorkflow(
		formatExactJson({ graph, bindings: { prompt: [{ nodeId: '99', input: 'text' }] } }),
		classes,
	);
	expect(content.bindings).toEqual(guessBindings(graph));
});

test('seeds of 64 bits come in and go out digit by digit', () => {
	const text = formatExactJson(graphOf('sd15-text-to-image')).replace('"seed":0', '"seed":18446744073709551615');
	const { content } = readWorkflow(text, classes);
	expect(content.graph['5']?.inputs['seed']).toBe(18446744073709551615n);
	expect(formatExactJson(content.graph)).toContain('18446744073709551615');
	const seen = viewGraph(content.graph, classes)
		.find(({ id }) => id === '5')
		?.inputs.find(({ name }) => name === 'seed');
	expect(seen).toMatchObject({ value: '18446744073709551615', type: 'INT' });
	const edit = { nodeId: '5', input: 'seed', value: '9223372036854775809' };
	expect(setValues(content.graph, [edit], classes)['5']?.inputs['seed']).toBe(9223372036854775809n);
	expect(parseExactJson('18446744073709551615')).toBe(18446744073709551615n);
});

test('keys that reach into objects, nesting without end and everything that is no graph are refused', () => {
	const node = '{"class_type":"SaveImage","inputs":{}}';
	for (const text of [
		`{"1":${node},"__proto__":${node}}`,
		`{"1":{"class_type":"SaveImage","inputs":{"__proto__":{"polluted":true}}}}`,
		`{"1":{"class_type":"SaveImage","inputs":{"a":{"constructor":{"prototype":{}}}}}}`,
		`${'['.repeat(100_000)}${']'.repeat(100_000)}`,
		`{"1":{"class_type":"A","inputs":{"x":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}}}`,
		'null',
		'[]',
		'{}',
		'"graph"',
		'{"nodes":[]}',
		'{"1":{"class_type":7,"inputs":{}}}',
		'{"a":1}',
		'not json',
		'',
	])
		expect([text.slice(0, 60), codeOf(text)]).toEqual([text.slice(0, 60), 'not-a-workflow']);
	expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('links to what every object inherits lead nowhere', () => {
	const graph = {
		1: { class_type: 'SaveImage', inputs: { images: ['toString', 0], filename_prefix: 'a' } },
		2: { class_type: 'KSampler', inputs: { latent_image: ['hasOwnProperty', 0], positive: ['valueOf', 0] } },
	};
	const { content } = readWorkflow(JSON.stringify(graph), classes);
	const { faults } = judge(content, [{ id: 'a', tags: [], classes }], null);
	expect(faults.filter(({ code }) => code === 'link-broken').map(({ input }) => input)).toEqual([
		'images',
		'positive',
		'latent_image',
	]);
});

test('whatever comes in is read or refused, and never anything else', () => {
	const text = formatExactJson(graphOf('sd15-controlnet-canny'));
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.nat(text.length), fc.nat(12), fc.string({ maxLength: 6 })), { minLength: 1, maxLength: 5 }),
			(cuts) => {
				let changed = text;
				for (const [at, length, put] of cuts) changed = changed.slice(0, at) + put + changed.slice(at + length);
				expect(['read', 'not-a-workflow']).toContain(codeOf(changed));
			},
		),
		{ numRuns: 400, seed: 1 },
	);
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			expect(['read', 'not-a-workflow']).toContain(codeOf(JSON.stringify(value)));
		}),
		{ numRuns: 400, seed: 1 },
	);
});

test('a page is told of each input what it holds and what it may hold, but not which pictures lie on a server', () => {
	const nodes = viewGraph(graphOf('sd15-controlnet-canny'), parseObjectInfo({ ...nodesWith(everyModel) }));
	const inputs = nodes.flatMap(({ id, inputs }) => inputs.map((input) => [`${id}.${input.name}`, input] as const));
	const byPlace = new Map(inputs);
	expect(byPlace.get('5.sampler_name')?.choices).toContain('euler');
	expect(byPlace.get('1.ckpt_name')?.choices).toEqual(everyModel['checkpoints']);
	expect(byPlace.get('8.image')).toMatchObject({ type: 'PICTURE', choices: null });
	expect(byPlace.get('5.model')).toMatchObject({ link: { nodeId: '1', slot: 0 }, value: null });
	expect(nodes.find(({ classType }) => classType === 'SaveImage')?.isOutput).toBe(true);
});

test('what may be set of a workflow is what is bound and no shot fills, by our words, and what it exposes', () => {
	const workflow = ready.find(({ name }) => name === 'sdxl-lora');
	if (workflow === undefined) throw new Error('none');
	const told = parametersOf(
		{
			...workflow,
			exposed: [
				{ nodeId: '6', input: 'samples' },
				{ nodeId: '7', input: 'filename_prefix' },
			],
		},
		classes,
	);
	expect(told.map(({ key }) => key)).toEqual([
		'steps',
		'guidance',
		'sampler',
		'scheduler',
		'denoise',
		'checkpoint',
		'lora',
		'loraStrength',
		'7.filename_prefix',
	]);
	expect(told.find(({ key }) => key === 'lora')?.choices).toEqual(everyModel['loras']);
});

test('a workflow runs where its nodes, models and tags are; else the fewest faults are told', () => {
	const workflow = ready.find(({ name }) => name === 'sdxl-text-to-image');
	if (workflow === undefined) throw new Error('none');
	const small = parseObjectInfo(nodesWith({}));
	const nodes = [
		{ id: 'empty', tags: ['fast'], classes: small },
		{ id: 'full', tags: ['slow'], classes },
	];
	expect(judge(workflow, nodes, safeClasses())).toEqual({ able: ['full'], faults: [] });
	const fast = judge({ ...workflow, tags: ['fast'] }, nodes, safeClasses());
	expect([fast.able, fast.faults.map(({ code, input }) => `${code} ${input}`)]).toEqual([
		[],
		['not-a-choice ckpt_name'],
	]);
	expect(judge({ ...workflow, tags: ['none'] }, nodes, safeClasses())).toEqual({ able: [], faults: [] });
	const others = { ...workflow, graph: { ...workflow.graph } };
	const loads = { class_type: 'LoadImage', inputs: { image: 'frame_00001_.png [output]' } };
	others.graph['90'] = loads;
	others.graph['91'] = { class_type: 'ExecuteShell', inputs: {} };
	expect(judge(others, nodes.slice(1), safeClasses()).faults.map(({ code, nodeId }) => `${code} ${nodeId}`)).toEqual([
		'file-not-allowed 90',
		'class-not-allowed 91',
	]);
	for (const name of ['LoadImageOutput', 'CheckpointSave', 'TrainLoraNode', 'RegexReplace'])
		expect(safeClasses().has(name)).toBe(false);
});
