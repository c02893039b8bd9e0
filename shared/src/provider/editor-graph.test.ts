import { describe, expect, it } from 'vitest';
import { everyModel, nodesWith } from '../../testing/comfyui/nodes.ts';
import { checkGraph } from './check-graph.ts';
import { EditorGraph } from './editor-file.ts';
import { toApiGraph } from './editor-graph.ts';
import { parseObjectInfo } from './object-info.ts';

const classes = parseObjectInfo({
	...nodesWith(everyModel),
	// An optional widget behind the button by which a file is chosen, and a list as value.
	LoadMasked: {
		input: {
			required: { image: [['a.png'], { image_upload: true }] },
			optional: { strength: ['FLOAT', { default: 1 }], points: ['STRING', {}] },
		},
		output: ['IMAGE'],
	},
	// A choice that brings inputs of its own, and one that several may be chosen of.
	Chooser: {
		input: {
			required: {
				mode: [
					'COMFY_DYNAMICCOMBO_V3',
					{
						options: [
							{ key: 'by size', inputs: { required: { width: ['INT', {}], seed: ['INT', {}] } } },
							{ key: 'by ratio', inputs: { required: { ratio: ['STRING', {}], picture: ['IMAGE', {}] } } },
							{ key: 'plain', inputs: {} },
						],
					},
				],
				method: [['area', 'lanczos'], {}],
				tags: ['COMBO', { options: ['a', 'b'], multiselect: true }],
			},
		},
		output: ['COMFY_MATCHTYPE_V3'],
	},
	// Any number of pictures.
	Grower: { input: { required: { images: ['COMFY_AUTOGROW_V3', { template: {} }] } }, output: ['IMAGE'] },
	TwoPictures: { input: { required: { a: ['IMAGE'], b: ['IMAGE'] } }, output: ['IMAGE'] },
});
type Slot = { name: string; type: string; link?: number | null; links?: number[]; widget?: { name: string } };
type Node = {
	id: number;
	type: string;
	mode?: number;
	inputs?: Slot[];
	outputs?: Slot[];
	widgets_values?: unknown;
	[more: string]: unknown;
};
const convert = (nodes: Node[], links: unknown[], more: object = {}) =>
	toApiGraph(EditorGraph.parse({ nodes, links, ...more }), classes);
const graphOf = (...given: Parameters<typeof convert>) => convert(...given).graph;
const link = (id: number, from: number, slot: number, to: number, toSlot: number, type = '*') => ({
	id,
	origin_id: from,
	origin_slot: slot,
	target_id: to,
	target_slot: toSlot,
	type,
});

const loader: Node = {
	id: 1,
	type: 'CheckpointLoaderSimple',
	widgets_values: ['v1-5-pruned-emaonly-fp16.safetensors'],
};
const latent: Node = { id: 4, type: 'EmptyLatentImage', widgets_values: [512, 512, 1] };
/** A subgraph that writes a prompt and samples: model, clip, words and latent go in, a latent comes out. */
const sampling = {
	id: 'f4b1c2d3-0000-4000-8000-000000000001',
	name: 'Sampling',
	inputNode: { id: -10 },
	outputNode: { id: -20 },
	inputs: [{ name: 'model' }, { name: 'clip' }, { name: 'text' }, { name: 'latent' }],
	outputs: [{ name: 'LATENT' }],
	nodes: [
		{
			id: 2,
			type: 'CLIPTextEncode',
			inputs: [
				{ name: 'clip', type: 'CLIP', link: 2 },
				{ name: 'text', type: 'STRING', link: 3, widget: { name: 'text' } },
			],
			widgets_values: ['words within'],
		},
		{
			id: 3,
			type: 'KSampler',
			inputs: [
				{ name: 'model', type: 'MODEL', link: 1 },
				{ name: 'positive', type: 'CONDITIONING', link: 5 },
				{ name: 'negative', type: 'CONDITIONING', link: 6 },
				{ name: 'latent_image', type: 'LATENT', link: 4 },
			],
			widgets_values: [7, 'randomize', 20, 6.5, 'euler', 'karras', 1],
		},
	],
	links: [
		link(1, -10, 0, 3, 0),
		link(2, -10, 1, 2, 0),
		link(3, -10, 2, 2, 1),
		link(4, -10, 3, 3, 3),
		link(5, 2, 0, 3, 1),
		link(6, 2, 0, 3, 2),
		link(7, 3, 0, -20, 0),
	],
};
const instance = (id: number, more: Partial<Node> = {}): Node => ({
	id,
	type: sampling.id,
	inputs: [
		{ name: 'model', type: 'MODEL', link: 1 },
		{ name: 'clip', type: 'CLIP', link: 2 },
		{ name: 'text', type: 'STRING', link: null, widget: { name: 'text' } },
		{ name: 'latent', type: 'LATENT', link: 3 },
	],
	outputs: [{ name: 'LATENT', type: 'LATENT', links: [4] }],
	...more,
});
const decode: Node = {
	id: 6,
	type: 'VAEDecode',
	inputs: [
		{ name: 'samples', type: 'LATENT', link: 4 },
		{ name: 'vae', type: 'VAE', link: 5 },
	],
};
const save: Node = {
	id: 7,
	type: 'SaveImage',
	inputs: [{ name: 'images', type: 'IMAGE', link: 6 }],
	widgets_values: ['f'],
};
const around = [
	[1, 1, 0, 5, 0, 'MODEL'],
	[2, 1, 1, 5, 1, 'CLIP'],
	[3, 4, 0, 5, 3, 'LATENT'],
	[4, 5, 0, 6, 0, 'LATENT'],
	[5, 1, 2, 6, 1, 'VAE'],
	[6, 6, 0, 7, 0, 'IMAGE'],
];
const definitions = { subgraphs: [sampling] };

describe('a subgraph', () => {
	it('is laid open in the place of its node, with ids that tell the way to each, and a server takes it', () => {
		const graph = graphOf([loader, latent, instance(5), decode, save], around, { definitions });
		expect(Object.keys(graph)).toEqual(['1', '4', '6', '7', '5:2', '5:3']);
		expect(graph['5:3']?.inputs).toMatchObject({
			model: ['1', 0],
			positive: ['5:2', 0],
			latent_image: ['4', 0],
			seed: 7,
		});
		expect(graph['5:3']?.inputs).toMatchObject({ steps: 20, cfg: 6.5, sampler_name: 'euler', scheduler: 'karras' });
		expect(graph['5:2']?.inputs).toEqual({ clip: ['1', 1], text: 'words within' });
		expect(graph['6']?.inputs).toEqual({ samples: ['5:3', 0], vae: ['1', 2] });
		expect(checkGraph(graph, classes)).toEqual([]);
	});

	it('has in each of its places the values that are shown there, whichever way the file tells them', () => {
		const textOf = (more: Partial<Node>): unknown =>
			graphOf([loader, latent, instance(5, more), decode, save], around, { definitions })['5:2']?.inputs['text'];
		expect(textOf({})).toBe('words within');
		expect(textOf({ widgets_values: [] })).toBe('words within');
		expect(textOf({ widgets_values: ['shown outside'] })).toBe('shown outside');
		expect(textOf({ widgets_values: ['x'], widgets_values_named: { text: 'by name' } })).toBe('by name');
		const proxyWidgets = [
			['3', 'steps'],
			['-1', 'text'],
		];
		const values = { properties: { proxyWidgets }, widgets_values: [33, 'behind a proxy'] };
		expect(textOf(values)).toBe('behind a proxy');
		const graph = graphOf([loader, latent, instance(5, values), decode, save], around, { definitions });
		expect(graph['5:3']?.inputs['steps']).toBe(33);
		// As many values as proxies or none of them: another order would put them anywhere.
		expect(textOf({ properties: { proxyWidgets }, widgets_values: ['alone'] })).toBe('words within');
	});

	it('stands in two places at once, each with its own words, and one within another', () => {
		const outer = {
			id: 'f4b1c2d3-0000-4000-8000-000000000002',
			inputs: [{ name: 'model' }, { name: 'clip' }, { name: 'latent' }],
			outputs: [{ name: 'LATENT' }],
			nodes: [
				instance(8, { widgets_values: ['first'] }),
				instance(9, {
					widgets_values: ['second'],
					inputs: (instance(9).inputs ?? []).map((slot) => (slot.name === 'latent' ? { ...slot, link: 4 } : slot)),
				}),
			],
			links: [
				link(1, -10, 0, 8, 0),
				link(2, -10, 1, 8, 1),
				link(3, -10, 2, 8, 3),
				link(4, 8, 0, 9, 3),
				link(5, 9, 0, -20, 0),
			],
		};
		const node = {
			...instance(5),
			type: outer.id,
			inputs: (instance(5).inputs ?? []).filter(({ name }) => name !== 'text'),
		};
		const links = around.map((each) => (each[0] === 3 ? [3, 4, 0, 5, 2, 'LATENT'] : each));
		const nodes = [loader, latent, node, decode, save];
		for (const kept of [{ subgraphs: [outer, sampling] }, { subgraphs: [{ ...outer, definitions }] }]) {
			const graph = graphOf(nodes, links, { definitions: kept });
			expect([graph['5:8:2']?.inputs['text'], graph['5:9:2']?.inputs['text']]).toEqual(['first', 'second']);
			expect(graph['5:8:3']?.inputs).toMatchObject({ model: ['1', 0], latent_image: ['4', 0] });
			expect(graph['5:9:3']?.inputs).toMatchObject({ model: ['1', 0], latent_image: ['5:8:3', 0] });
			expect(graph['6']?.inputs['samples']).toEqual(['5:9:3', 0]);
			expect(checkGraph(graph, classes)).toEqual([]);
		}
	});

	it('that is muted is gone with all it holds; bypassed it passes on what fits; so does a node within it', () => {
		const nodes = (mode: number) => [loader, latent, instance(5, { mode }), decode, save];
		const gone = graphOf(nodes(2), around, { definitions });
		expect(Object.keys(gone)).toEqual(['1', '4', '6', '7']);
		expect(gone['6']?.inputs).toEqual({ vae: ['1', 2] });
		expect(graphOf(nodes(4), around, { definitions })['6']?.inputs['samples']).toEqual(['4', 0]);
		const within = structuredClone(sampling);
		Object.assign(within.nodes[1] ?? {}, { mode: 4, outputs: [{ name: 'LATENT', type: 'LATENT', links: [7] }] });
		const graph = graphOf(nodes(0), around, { definitions: { subgraphs: [within] } });
		expect(graph['6']?.inputs['samples']).toEqual(['4', 0]);
	});

	it('that holds itself, or others without end, is refused', () => {
		const itself = { ...sampling, nodes: [{ id: 2, type: sampling.id, inputs: [] }], links: [] };
		const refused = expect.objectContaining({ code: 'not-a-workflow' }) as Error;
		expect(() => convert([instance(5)], [], { definitions: { subgraphs: [itself] } })).toThrow(refused);
		// Ten in each of ten: a file of a few lines that would be a graph of millions of nodes.
		const id = (depth: number) => `deep-${depth}`;
		const deep = Array.from({ length: 8 }, (_, depth) => ({
			id: id(depth),
			nodes: Array.from({ length: 10 }, (_unused, at) => ({ id: at, type: depth === 7 ? 'Canny' : id(depth + 1) })),
			links: [],
		}));
		expect(() => convert([{ id: 1, type: id(0) }], [], { definitions: { subgraphs: deep } })).toThrow(
			'It has more than 1000 nodes',
		);
	});
});

describe('links of the editor’s own', () => {
	const image: Node = { id: 1, type: 'LoadImage', widgets_values: ['a.png', 'image'] };
	const target = (slot: number | null): Node => ({
		id: 9,
		type: 'SaveImage',
		inputs: [{ name: 'images', type: 'IMAGE', link: slot }],
		widgets_values: ['f'],
	});
	const images = (nodes: Node[], links: unknown[], more: object = {}) =>
		graphOf([image, ...nodes], links, more)['9']?.inputs['images'];

	it('lead through reroutes, and from a node that sets to one that gets, also out of a subgraph', () => {
		const hop = (id: number, from: number): Node => ({
			id,
			type: 'Reroute',
			inputs: [{ name: '', type: '*', link: from }],
		});
		expect(
			images(
				[hop(2, 1), hop(3, 2), target(3)],
				[
					[1, 1, 0, 2, 0, '*'],
					[2, 2, 0, 3, 0, '*'],
					[3, 3, 0, 9, 0, '*'],
				],
			),
		).toEqual(['1', 0]);
		const set: Node = {
			id: 2,
			type: 'SetNode',
			inputs: [{ name: 'IMAGE', type: 'IMAGE', link: 1 }],
			widgets_values: ['frame'],
		};
		const get: Node = {
			id: 3,
			type: 'GetNode',
			outputs: [{ name: 'IMAGE', type: 'IMAGE' }],
			widgets_values: ['frame'],
		};
		expect(
			images(
				[set, get, target(2)],
				[
					[1, 1, 0, 2, 0, 'IMAGE'],
					[2, 3, 0, 9, 0, 'IMAGE'],
				],
			),
		).toEqual(['1', 0]);
		const inside = { id: 'inside', inputs: [], nodes: [get], links: [link(1, 3, 0, -20, 0)] };
		expect(
			images(
				[set, { id: 5, type: 'inside' }, target(2)],
				[
					[1, 1, 0, 2, 0, 'IMAGE'],
					[2, 5, 0, 9, 0, 'IMAGE'],
				],
				{
					definitions: { subgraphs: [inside] },
				},
			),
		).toEqual(['1', 0]);
		const other = { ...get, widgets_values: ['another name'] };
		expect(
			images(
				[set, other, target(2)],
				[
					[1, 1, 0, 2, 0, 'IMAGE'],
					[2, 3, 0, 9, 0, 'IMAGE'],
				],
			),
		).toBeUndefined();
	});

	it('that go round in circles lead nowhere, as do those of a table with holes', () => {
		const round = [2, 3].map((id): Node => ({
			id,
			type: 'Reroute',
			inputs: [{ name: '', type: '*', link: id === 2 ? 2 : 1 }],
		}));
		expect(
			images([...round, target(3)], [[1, 2, 0, 3, 0, '*'], null, [2, 3, 0, 2, 0, '*'], [3, 3, 0, 9, 0, '*']]),
		).toBeUndefined();
		expect(images([target(77)], [null])).toBeUndefined();
	});

	it('that no line shows count where nothing else is linked', () => {
		const extra = {
			ue_links: [{ downstream: 9, downstream_slot: 0, upstream: 1, upstream_slot: 0, type: 'IMAGE' }, 'broken'],
		};
		const everywhere: Node = {
			id: 2,
			type: 'Anything Everywhere',
			inputs: [{ name: 'IMAGE', type: 'IMAGE', link: 1 }],
		};
		const graph = graphOf([image, everywhere, target(null)], [[1, 1, 0, 2, 0, 'IMAGE']], { extra });
		expect(graph['9']?.inputs['images']).toEqual(['1', 0]);
		expect(Object.keys(graph)).toEqual(['1', '9']);
	});

	it('are passed on by a bypassed node from the input in the same place, as the editor does', () => {
		const two = (a: number | null, b: number | null): Node => ({
			id: 3,
			type: 'TwoPictures',
			mode: 4,
			inputs: [
				{ name: 'a', type: 'IMAGE', link: a },
				{ name: 'b', type: 'IMAGE', link: b },
			],
			outputs: [{ name: 'IMAGE', type: 'IMAGE' }],
		});
		const links = [
			[1, 1, 0, 3, 0, 'IMAGE'],
			[2, 1, 0, 3, 1, 'IMAGE'],
			[3, 3, 0, 9, 0, 'IMAGE'],
		];
		expect(images([two(1, null), target(3)], links)).toEqual(['1', 0]);
		expect(images([two(null, 2), target(3)], links)).toBeUndefined();
		// Types are compared as the editor does: any, and one of several.
		const any = { ...two(1, null), inputs: [{ name: 'any', type: '*', link: 1 }] };
		expect(images([any, target(3)], links)).toEqual(['1', 0]);
		const several = { ...two(1, null), inputs: [{ name: 'some', type: 'MASK,IMAGE', link: 1 }] };
		expect(images([several, target(3)], links)).toEqual(['1', 0]);
	});
});

describe('widget values', () => {
	const inputsOf = (node: Node) => graphOf([node], [])[String(node.id)]?.inputs;

	it('go to their inputs past the control behind a seed and the button behind a file', () => {
		expect(inputsOf({ id: 1, type: 'LoadMasked', widgets_values: ['b.png', 'image', 0.5, 'p'] })).toEqual({
			image: 'b.png',
			strength: 0.5,
			points: 'p',
		});
		expect(inputsOf({ id: 1, type: 'LoadMasked', widgets_values: ['b.png', 0.5, 'p'] })).toMatchObject({
			strength: 0.5,
		});
		const seeds = { id: 1, type: 'KSampler', widgets_values: [9, 12, 7, 'euler', 'karras', 1] };
		expect(inputsOf(seeds)).toMatchObject({ seed: 9, steps: 12, cfg: 7, denoise: 1 });
	});

	it('by name are taken as they are, without what the editor keeps for itself; a list is no link', () => {
		const named = { frame_rate: 24, format: 'video/h264-mp4', crf: 19, videopreview: { hidden: false } };
		expect(inputsOf({ id: 1, type: 'VHS_VideoCombine', widgets_values: named })).toEqual({
			frame_rate: 24,
			format: 'video/h264-mp4',
			crf: 19,
		});
		expect(inputsOf({ id: 1, type: 'LoadMasked', widgets_values: ['b.png', 'image', 1, ['1', 0]] })).toMatchObject({
			points: { __value__: ['1', 0] },
		});
	});

	it('of a class that the server does not have are told apart by the inputs that the file names, and the class is told', () => {
		const node: Node = {
			id: 1,
			type: 'UnknownSampler',
			inputs: [
				{ name: 'model', type: 'MODEL', link: null },
				{ name: 'noise_seed', type: 'INT', link: null, widget: { name: 'noise_seed' } },
				{ name: 'steps', type: 'INT', link: null, widget: { name: 'steps' } },
			],
			widgets_values: [5, 'increment', 30],
		};
		const { graph, missing } = convert([node], []);
		expect(graph['1']?.inputs).toEqual({ noise_seed: 5, steps: 30 });
		expect(missing).toEqual(['UnknownSampler']);
	});

	it('that come with a choice stand behind it, and what follows goes on behind them', () => {
		const chosen = (widgets_values: unknown[]) => inputsOf({ id: 1, type: 'Chooser', widgets_values });
		expect(chosen(['by size', 640, 7, 'randomize', 'lanczos', ['a']])).toEqual({
			mode: 'by size',
			'mode.width': 640,
			'mode.seed': 7,
			method: 'lanczos',
			tags: { __value__: ['a'] },
		});
		expect(chosen(['by ratio', '16:9', 'area'])).toEqual({ mode: 'by ratio', 'mode.ratio': '16:9', method: 'area' });
		expect(chosen(['plain', 'area'])).toEqual({ mode: 'plain', method: 'area' });
	});

	it('and links that newer nodes take are not called faults that no server finds', () => {
		const picture = { class_type: 'LoadImage', inputs: { image: 'a.png' } };
		const faults = checkGraph(
			{
				1: picture,
				2: { class_type: 'Grower', inputs: { 'images.image0': ['1', 0], 'images.image1': ['1', 0] } },
				3: { class_type: 'Chooser', inputs: { mode: 'plain', method: 'area', tags: { __value__: ['a', 'b'] } } },
				4: { class_type: 'TwoPictures', inputs: { a: ['2', 0], b: ['3', 0] } },
				5: { class_type: 'SaveImage', inputs: { images: ['4', 0], filename_prefix: 'f' } },
			},
			classes,
		);
		expect(faults).toEqual([]);
	});

	it('that come and go with a choice stand where the file has them', () => {
		const node: Node = {
			id: 1,
			type: 'EmptyLatentImage',
			inputs: ['width', 'mode.size', 'height', 'batch_size'].map((name) => ({
				name,
				type: 'INT',
				link: null,
				widget: { name },
			})),
			widgets_values: [640, 'large', 360, 2],
		};
		expect(inputsOf(node)).toEqual({ width: 640, 'mode.size': 'large', height: 360, batch_size: 2 });
	});
});
