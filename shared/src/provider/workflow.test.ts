import { expect, test } from 'vitest';
import { everyModel, nodesWith } from '../../testing/comfyui/nodes.ts';
import { readyWorkflows } from '../../defaults/workflows/ready-workflows.ts';
import { checkGraph, formatGraphFault } from './check-graph.ts';
import { EditorGraph, isEditorGraph } from './editor-file.ts';
import { toApiGraph } from './editor-graph.ts';
import { guessBindings } from './guess-bindings.ts';
import { parseObjectInfo } from './object-info.ts';
import { fillWorkflow, fitToSpec, Workflow } from './workflow.ts';

const classes = parseObjectInfo(nodesWith(everyModel));
const ready = readyWorkflows();
const byName = (name: string): Workflow => {
	const workflow = ready.find((each) => each.name === name);
	if (workflow === undefined) throw new Error(`There is no workflow ${name}`);
	return workflow;
};

test('the ready workflows cover pictures, edits, references and clips', () => {
	expect(ready.map(({ name }) => name)).toHaveLength(22);
	expect(new Set(ready.map(({ kind }) => kind)).size).toBe(7);
});

for (const workflow of ready) {
	test(`the ready workflow ${workflow.name} is sound: a server that has its nodes and models would take it`, () => {
		expect(checkGraph(workflow.graph, classes).map(formatGraphFault)).toEqual([]);
	});
	test(`what ${workflow.name} can be given is guessed from its graph alone as it was bound by hand`, () => {
		const guessed = guessBindings(workflow.graph);
		for (const [name, places] of Object.entries(workflow.bindings))
			expect([name, guessed[name as keyof typeof guessed]]).toEqual([name, expect.arrayContaining(places)]);
		// Nothing is taken for a prompt that is none.
		expect(guessed.prompt ?? []).toHaveLength(workflow.bindings.prompt?.length ?? 0);
		expect(guessed.seed ?? []).toHaveLength(workflow.bindings.seed?.length ?? 0);
	});
}

test('values go to their places, sizes are fitted to what the nodes take, and the workflow stays as it was', () => {
	const workflow = byName('sdxl-text-to-image');
	const before = structuredClone(workflow);
	const seed = 18446744073709551615n;
	const graph = fillWorkflow(
		workflow,
		{ prompt: '雨夜', negative: '', seed, width: 1283, height: 719, steps: 12 },
		classes,
	);
	expect(graph['2']?.inputs['text']).toBe('雨夜');
	expect(graph['3']?.inputs['text']).toBe('');
	expect(graph['4']?.inputs).toMatchObject({ width: 1280, height: 720 });
	expect(graph['5']?.inputs).toMatchObject({ seed, steps: 12, cfg: 6 });
	expect(workflow).toEqual(before);
});

test('counts are fitted to steps counted from the least value', () => {
	const spec = {
		name: 'length',
		type: 'INT',
		required: true,
		choices: null,
		initial: 1,
		controlled: false,
		isPicture: false,
		isUpload: false,
		isMany: false,
		inputsOfChoice: () => [],
		isWidget: true,
	};
	expect([1, 2, 4, 80, 99_999].map((value) => fitToSpec(value, { ...spec, min: 1, max: 16_384, step: 4 }))).toEqual([
		1, 1, 5, 81, 16_381,
	]);
	expect(fitToSpec(9_999, { ...spec, min: 16, max: 1024, step: 8 })).toBe(1024);
});

test('a workflow that binds what is not in its graph is refused', () => {
	const workflow = byName('upscale');
	const bindings = { prompt: [{ nodeId: '1', input: 'text' }] };
	expect(Workflow.safeParse({ ...workflow, bindings }).error?.issues[0]?.message).toMatch(/not in the graph/);
});

test('faults are told at the node and the input they belong to', () => {
	const { graph } = byName('sd15-text-to-image');
	const broken = structuredClone(graph);
	Object.assign(broken['4']?.inputs ?? {}, { width: 8, height: 'tall' });
	Object.assign(broken['5']?.inputs ?? {}, { sampler_name: 'magic', positive: ['99', 0], latent_image: ['1', 0] });
	delete broken['6']?.inputs['vae'];
	broken['9'] = { class_type: 'ExecuteShell', inputs: {} };
	const faults = checkGraph(broken, classes).map(({ code, nodeId, input }) => `${code} ${nodeId}.${input}`);
	expect(faults).toEqual([
		'too-small 4.width',
		'not-a-number 4.height',
		'not-a-choice 5.sampler_name',
		'link-broken 5.positive',
		'link-mismatch 5.latent_image',
		'input-missing 6.vae',
		'class-missing 9.',
	]);
	const small = parseObjectInfo(nodesWith({}));
	expect(checkGraph(graph, small).map(formatGraphFault)).toEqual([
		'CheckpointLoaderSimple #1, ckpt_name: v1-5-pruned-emaonly-fp16.safetensors: the server has none',
	]);
});

test('only node classes on the administrator’s list may run', () => {
	const { graph } = byName('upscale');
	const allowed = new Set(['LoadImage', 'UpscaleModelLoader', 'SaveImage']);
	expect(checkGraph(graph, classes, allowed).map(({ code, classType }) => [code, classType])).toEqual([
		['class-not-allowed', 'ImageUpscaleWithModel'],
	]);
});

test('circles and graphs that show nothing are found; names of Object are no node classes', () => {
	const circle = {
		1: { class_type: 'ImageInvert', inputs: { image: ['2', 0] } },
		2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
	};
	expect(checkGraph(circle, classes).map(({ code }) => code)).toEqual(['cycle', 'no-output']);
	expect(checkGraph({ 1: { class_type: 'constructor', inputs: {} } }, classes)[0]?.code).toBe('class-missing');
});

test('what the editor saves becomes API format: widgets in their order, controls stepped over, reroutes, primitives, muted and bypassed nodes resolved', () => {
	const saved = {
		nodes: [
			{ id: 1, type: 'CheckpointLoaderSimple', widgets_values: ['v1-5-pruned-emaonly-fp16.safetensors'] },
			{
				id: 2,
				type: 'CLIPTextEncode',
				inputs: [
					{ name: 'clip', type: 'CLIP', link: 1 },
					{ name: 'text', type: 'STRING', link: 9, widget: { name: 'text' } },
				],
				widgets_values: ['old words'],
			},
			{
				id: 3,
				type: 'CLIPTextEncode',
				inputs: [{ name: 'clip', type: 'CLIP', link: 2 }],
				widgets_values: ['bad hands'],
			},
			{ id: 4, type: 'EmptyLatentImage', widgets_values: [640, 360, 1] },
			{
				id: 5,
				type: 'KSampler',
				inputs: [
					{ name: 'model', type: 'MODEL', link: 3 },
					{ name: 'positive', type: 'CONDITIONING', link: 4 },
					{ name: 'negative', type: 'CONDITIONING', link: 5 },
					{ name: 'latent_image', type: 'LATENT', link: 6 },
				],
				widgets_values: [42, 'randomize', 18, 6.5, 'euler', 'normal', 1],
			},
			{
				id: 6,
				type: 'VAEDecode',
				inputs: [
					{ name: 'samples', type: 'LATENT', link: 7 },
					{ name: 'vae', type: 'VAE', link: 8 },
				],
			},
			{ id: 7, type: 'SaveImage', inputs: [{ name: 'images', type: 'IMAGE', link: 12 }], widgets_values: ['frame'] },
			{
				id: 8,
				type: 'Reroute',
				inputs: [{ name: '', type: '*', link: 10 }],
				outputs: [{ name: '', type: 'VAE', links: [8] }],
			},
			{
				id: 9,
				type: 'PrimitiveNode',
				outputs: [{ name: 'STRING', type: 'STRING', links: [9] }],
				widgets_values: ['a harbour at dawn', 'fixed'],
			},
			{
				id: 10,
				type: 'LoraLoader',
				mode: 4,
				inputs: [
					{ name: 'model', type: 'MODEL', link: 11 },
					{ name: 'clip', type: 'CLIP', link: null },
				],
				outputs: [{ name: 'MODEL', type: 'MODEL', links: [3] }],
				widgets_values: ['style.safetensors', 1, 1],
			},
			{ id: 11, type: 'PreviewImage', mode: 2, inputs: [{ name: 'images', type: 'IMAGE', link: 13 }] },
			{ id: 12, type: 'Note', widgets_values: ['do not forget'] },
			{
				id: 13,
				type: 'ImageInvert',
				mode: 4,
				inputs: [{ name: 'image', type: 'IMAGE', link: 14 }],
				outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [12] }],
			},
		],
		links: [
			[1, 1, 1, 2, 0, 'CLIP'],
			[2, 1, 1, 3, 0, 'CLIP'],
			[3, 10, 0, 5, 0, 'MODEL'],
			[4, 2, 0, 5, 1, 'CONDITIONING'],
			[5, 3, 0, 5, 2, 'CONDITIONING'],
			[6, 4, 0, 5, 3, 'LATENT'],
			[7, 5, 0, 6, 0, 'LATENT'],
			[8, 8, 0, 6, 1, 'VAE'],
			[9, 9, 0, 2, 1, 'STRING'],
			[10, 1, 2, 8, 0, 'VAE'],
			[11, 1, 0, 10, 0, 'MODEL'],
			[12, 13, 0, 7, 0, 'IMAGE'],
			[13, 6, 0, 11, 0, 'IMAGE'],
			[14, 6, 0, 13, 0, 'IMAGE'],
		],
	};
	expect(isEditorGraph(saved)).toBe(true);
	const { graph, missing } = toApiGraph(EditorGraph.parse(saved), classes);
	expect(missing).toEqual([]);
	expect(Object.keys(graph)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
	expect(graph['2']?.inputs).toEqual({ text: 'a harbour at dawn', clip: ['1', 1] });
	expect(graph['5']?.inputs).toMatchObject({
		model: ['1', 0],
		seed: 42,
		steps: 18,
		cfg: 6.5,
		sampler_name: 'euler',
		denoise: 1,
	});
	expect(graph['6']?.inputs).toEqual({ samples: ['5', 0], vae: ['1', 2] });
	expect(graph['7']?.inputs).toEqual({ images: ['6', 0], filename_prefix: 'frame' });
	expect(checkGraph(graph, classes)).toEqual([]);
	expect(guessBindings(graph)).toMatchObject({
		prompt: [{ nodeId: '2', input: 'text' }],
		negative: [{ nodeId: '3', input: 'text' }],
	});
});
