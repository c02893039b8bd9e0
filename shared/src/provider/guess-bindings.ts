import { isLink, linksInto, nodeAt, upstream, type Graph, type GraphNode } from './graph.ts';
import type { BindingName, Bindings } from './workflow.ts';

/** Inputs whose name says what they are, whatever the node. */
const byInput: readonly [BindingName, RegExp][] = [
	['seed', /^(noise_)?seed$/],
	['steps', /^steps$/],
	['guidance', /^(cfg|guidance)$/],
	['sampler', /^sampler_name$/],
	['scheduler', /^scheduler$/],
	['denoise', /^denoise$/],
	['checkpoint', /^(ckpt_name|unet_name)$/],
	['lora', /^lora_name$/],
	['loraStrength', /^strength_(model|clip)$/],
	['fps', /^(fps|frame_rate)$/],
];
/** Inputs that mean it only in a node that makes the latent the sampler begins with. */
const byLatent: readonly [BindingName, RegExp][] = [
	['width', /^width$/],
	['height', /^height$/],
	['frames', /^(length|num_frames|frames|video_frames)$/],
	['batch', /^batch_size$/],
];
/** Links that lead from something with a positive and a negative side to its words. */
const sides = { prompt: /^(positive|conditioning|guider)$/, negative: /^negative$/ } as const;
const textInput = /^(text|text_g|text_l|clip_l|t5xxl|prompt|positive_prompt|value|string)$/;
const endImage = /^(end_image|last_frame|last_image)$/;

const hasSides = ({ inputs }: GraphNode): boolean =>
	isLink(inputs['positive']) || isLink(inputs['conditioning']) || isLink(inputs['guider']);
const isSampler = ({ class_type: type, inputs }: GraphNode): boolean =>
	isLink(inputs['latent_image']) || (/sampler/i.test(type) && hasSides({ class_type: type, inputs }));

/** Text widgets from which one side of a sampler is made: the words of nodes that only pass conditioning on are looked for behind them, on the same side. */
function textsOf(graph: Graph, from: string, side: keyof typeof sides, seen = new Set<string>()): [string, string][] {
	const node = nodeAt(graph, from);
	if (node === undefined || seen.has(from)) return [];
	seen.add(from);
	const own = Object.entries(node.inputs).flatMap(([input, value]): [string, string][] =>
		typeof value === 'string' && textInput.test(input) ? [[from, input]] : [],
	);
	if (own.length > 0 && !hasSides(node)) return own;
	const links = linksInto(node);
	const sameSide = links.filter(([input]) => sides[side].test(input));
	// A node that has both sides keeps them apart; any other passes on whatever is linked to it, but models and pictures.
	const behind =
		hasSides(node) && sameSide.length > 0
			? sameSide
			: links.filter(
					([input]) =>
						!/^(clip|model|vae|image|samples|pixels|control_net|mask|latent|style_model|clip_vision.*)$/.test(input),
				);
	return behind.flatMap(([, [source]]) => textsOf(graph, source, side, seen));
}

/** Guesses what an unseen graph can be given: words by following the sampler's positive and negative inputs, sizes from what makes its latent, the rest by what inputs are called. */
export function guessBindings(graph: Graph): Bindings {
	const found = new Map<BindingName, Map<string, { nodeId: string; input: string }>>();
	const add = (name: BindingName, nodeId: string, input: string) => {
		const places = found.get(name) ?? new Map<string, { nodeId: string; input: string }>();
		places.set(`${nodeId}/${input}`, { nodeId, input });
		found.set(name, places);
	};
	const addValue = (name: BindingName, nodeId: string, input: string): void => {
		const value = nodeAt(graph, nodeId)?.inputs[input];
		if (!isLink(value)) return add(name, nodeId, input);
		// A value that comes from a node of its own is set there.
		const source = nodeAt(graph, value[0]);
		const own = Object.keys(source?.inputs ?? {}).find((each) =>
			/^(value|number|int|float|string|text|seed)$/.test(each),
		);
		if (own !== undefined && !isLink(source?.inputs[own])) add(name, value[0], own);
	};
	const samplers = Object.entries(graph).filter(([, node]) => isSampler(node));
	for (const [id, node] of samplers) {
		for (const side of ['prompt', 'negative'] as const)
			for (const [input, [source]] of linksInto(node))
				if (sides[side].test(input))
					for (const [nodeId, text] of textsOf(graph, source, side)) addValue(side, nodeId, text);
		const guider = node.inputs['guider'];
		if (isLink(guider))
			for (const [input, [source]] of linksInto(nodeAt(graph, guider[0]) ?? node))
				if (sides.negative.test(input))
					for (const [nodeId, text] of textsOf(graph, source, 'negative')) addValue('negative', nodeId, text);
		const latent = node.inputs['latent_image'] ?? node.inputs['samples'];
		for (const source of isLink(latent) ? upstream(graph, latent[0]) : [])
			for (const [name, pattern] of byLatent)
				for (const input of Object.keys(nodeAt(graph, source)?.inputs ?? {}))
					if (pattern.test(input) && source !== id && !isSampler(nodeAt(graph, source) ?? node))
						addValue(name, source, input);
	}
	for (const [nodeId, node] of Object.entries(graph)) {
		for (const [name, pattern] of byInput)
			for (const input of Object.keys(node.inputs)) {
				// The noise of a second sampler that adds none is no seed of anybody's.
				const isIdle =
					name === 'seed' && (node.inputs['add_noise'] === 'disable' || node.inputs['add_noise'] === false);
				if (pattern.test(input) && !isIdle) addValue(name, nodeId, input);
			}
		if (isLink(node.inputs['control_net']) && node.inputs['strength'] !== undefined)
			addValue('controlStrength', nodeId, 'strength');
		if (!/^LoadImage(Mask)?$/.test(node.class_type) || typeof node.inputs['image'] !== 'string') continue;
		add(roleOfPicture(graph, nodeId), nodeId, 'image');
	}
	// One text for both sides is a prompt.
	for (const place of found.get('prompt')?.keys() ?? []) found.get('negative')?.delete(place);
	return Object.fromEntries(
		[...found].filter(([, places]) => places.size > 0).map(([name, places]) => [name, [...places.values()]]),
	);
}

/** What a loaded picture is for, by where it goes. */
function roleOfPicture(graph: Graph, pictureId: string): BindingName {
	if (nodeAt(graph, pictureId)?.class_type === 'LoadImageMask') return 'maskImage';
	const reached = new Set([pictureId]);
	const inputs: [input: string, classType: string, slot: number][] = [];
	for (const id of reached)
		for (const [nextId, next] of Object.entries(graph))
			for (const [input, [source, slot]] of linksInto(next))
				if (source === id) {
					inputs.push([input, next.class_type, id === pictureId ? slot : 0]);
					// Behind what only changes a picture it is still that picture.
					if (
						/image|canny|scale|resize|preprocess|crop|invert|depth/i.test(next.class_type) &&
						!/ToVideo|VAE/.test(next.class_type)
					)
						reached.add(nextId);
				}
	if (inputs.some(([input]) => endImage.test(input))) return 'lastImage';
	if (inputs.some(([, type]) => /controlnet/i.test(type))) return 'controlImage';
	if (inputs.every(([input, , slot]) => slot === 1 || /mask/.test(input)) && inputs.length > 0) return 'maskImage';
	return 'referenceImage';
}
