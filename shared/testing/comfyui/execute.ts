import { aPng, recordedPreviews } from './pictures.ts';
import type { NodeInfo } from './nodes.ts';
import type { Json, JsonObject } from './recordings.ts';
import type { Graph } from './validate.ts';

/** A prompt in the queue. */
export type Item = {
	number: number;
	id: string;
	graph: Graph;
	extraData: JsonObject;
	outputs: string[];
	clientId: string | undefined;
};
type Shown = { ui: JsonObject; meta: JsonObject } | null;
/** What ran before, by all that its result depends on. */
export type Cache = Map<string, Shown>;
/** What an execution needs of its server. */
export type Stage = {
	nodes: Record<string, NodeInfo>;
	cache: Cache;
	now: () => number;
	/** Awaited before everything that is told; where faults hold an execution up. */
	gate: () => Promise<void>;
	isInterrupted: () => boolean;
	/** Tells whoever the prompt belongs to; `all` says that it goes to everybody when the prompt belongs to nobody. */
	tell: (type: string, data: JsonObject, all?: boolean) => void;
	/** Sends a picture of a node that runs; `metadata` for clients that asked for it. */
	preview: ((kind: 1 | 2, image: Buffer, metadata: JsonObject) => void) | null;
	wantsMetadata: () => boolean;
	text: (nodeId: string, text: string) => void;
	/** Saves a file and answers its item. */
	save: (prefix: string, ending: string, temp: boolean, bytes: Buffer) => JsonObject;
	readInput: (name: string) => Buffer | null;
	/** What a node writes that saves a file of this kind. */
	written: (ending: string) => Buffer;
};
export type Ending = { outputs: JsonObject; meta: JsonObject; messages: Json[]; ok: boolean };

class Interrupted extends Error {}
class NodeFault extends Error {
	readonly type: string;
	constructor(type: string, message: string) {
		super(message);
		this.type = type;
	}
}

const isLink = (value: Json | undefined): value is [string, number] =>
	Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
const linksOf = (graph: Graph, id: string): string[] =>
	Object.values(graph[id]?.inputs ?? {})
		.filter(isLink)
		.map(([from]) => from);
const numberOf = (value: Json | undefined, otherwise: number): number =>
	typeof value === 'number' || typeof value === 'bigint' ? Number(value) : otherwise;

/** All that the result of a node depends on, as text. */
export function signature(graph: Graph, id: string): string {
	const node = graph[id];
	const inputs = Object.entries(node?.inputs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
	return `${node?.class_type}(${inputs.map(([name, value]) => `${name}=${isLink(value) ? `${signature(graph, value[0])}#${value[1]}` : String(value)}`).join(',')})`;
}
/** Width and height of what a node makes: its own, else those of what it is made from. */
function sizeOf(graph: Graph, id: string): [number, number] {
	const { inputs = {} } = graph[id] ?? {};
	const [width, height] = [inputs['width'], inputs['height']];
	if (typeof width === 'number' && typeof height === 'number') return [width, height];
	const from = ['samples', 'latent_image', 'images', 'image', 'pixels', 'image1', 'video']
		.map((name) => inputs[name])
		.find(isLink);
	return from === undefined ? [64, 64] : sizeOf(graph, from[0]);
}
/** How many pictures come out of a node. */
function countOf(graph: Graph, id: string): number {
	const { inputs = {} } = graph[id] ?? {};
	const linked = Object.values(inputs).filter(isLink);
	if (graph[id]?.class_type === 'ImageBatch') return linked.reduce((sum, [from]) => sum + countOf(graph, from), 0);
	const own = numberOf(inputs['amount'] ?? inputs['batch_size'], 0);
	return own || (linked[0] === undefined ? 1 : Math.max(...linked.map(([from]) => countOf(graph, from))));
}
const seedOf = (text: string): number =>
	[...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7);

/** The order in which a real server runs nodes: output nodes as soon as they can, then those nearest to one. */
function* inOrder(stage: Stage, item: Item, cached: ReadonlySet<string>): Generator<string, void, void> {
	const { graph } = item;
	const pending: string[] = [];
	const add = (id: string) => {
		const open = [id];
		for (let next = open.pop(); next !== undefined; next = open.pop()) {
			if (pending.includes(next)) continue;
			pending.push(next);
			open.push(...linksOf(graph, next).filter((from) => !cached.has(from)));
		}
	};
	item.outputs.forEach(add);
	const isOutput = (id: string) => stage.nodes[graph[id]?.class_type ?? '']?.output_node === true;
	const blocks = (id: string) => pending.filter((other) => linksOf(graph, other).includes(id));
	while (pending.length > 0) {
		const ready = pending.filter((id) => linksOf(graph, id).every((from) => !pending.includes(from)));
		const next = ready.find(isOutput) ?? ready.find((id) => blocks(id).some(isOutput)) ?? ready[0];
		if (next === undefined) return;
		yield next;
		pending.splice(pending.indexOf(next), 1);
	}
}

/** Whether a node says of itself that it gives another result each time. */
const isNeverEqual = (type: string): boolean => type === 'SaveImageWebsocket';

/** Runs one prompt and tells of it in the order that was recorded. */
export async function execute(stage: Stage, item: Item): Promise<Ending> {
	const { graph, id: prompt_id } = item;
	const messages: Json[] = [];
	const outputs: JsonObject = {};
	const meta: JsonObject = {};
	const state: Record<string, JsonObject> = {};
	const executed: string[] = [];
	const blocked = new Set<string>();
	const ownCache: Cache = new Map();
	const used = new Set<string>();
	const say = async (type: string, data: JsonObject, all = false) => {
		await stage.gate();
		stage.tell(type, { ...data, prompt_id }, all);
	};
	const keep = async (type: string, data: JsonObject, all = false) => {
		const told = { ...data, prompt_id, timestamp: stage.now() };
		messages.push([type, told]);
		await stage.gate();
		stage.tell(type, told, all);
	};
	const progressed = async (id: string, value: number, max: number, finished = false, parent: string | null = null) => {
		state[id] = {
			value,
			max,
			state: finished ? 'finished' : 'running',
			node_id: id,
			prompt_id,
			display_node_id: parent ?? id,
			parent_node_id: parent,
			real_node_id: parent ?? id,
		};
		await say('progress_state', { nodes: structuredClone(state) }, true);
	};
	const step = async (id: string, value: number, max: number, image?: Buffer, kind: 1 | 2 = 1) => {
		if (stage.isInterrupted()) throw new Interrupted();
		await progressed(id, value, max);
		const preview = async () => {
			if (stage.preview === null || image === undefined) return;
			await stage.gate();
			stage.preview(kind, image, {
				node_id: id,
				prompt_id,
				display_node_id: id,
				parent_node_id: null,
				real_node_id: id,
				image_type: kind === 1 ? 'image/jpeg' : 'image/png',
			});
		};
		const progress = () => say('progress', { value, max, node: id }, true);
		for (const part of stage.wantsMetadata() ? [preview, progress] : [progress, preview]) await part();
	};
	const pictures = (id: string): Buffer[] => {
		const [width, height] = sizeOf(graph, id);
		const seed = seedOf(signature(graph, id));
		return Array.from({ length: countOf(graph, id) }, (_, index) => aPng(width, height, seed + index));
	};
	/** Does what a node does; answers what it shows, or null. */
	const run = async (id: string): Promise<JsonObject | null> => {
		const { class_type: type = '', inputs = {} } = graph[id] ?? {};
		const prefix = String(inputs['filename_prefix'] ?? 'ComfyUI');
		const file = (ending: string) => stage.save(prefix, ending, false, stage.written(ending));
		if (prefix.includes('..'))
			throw new NodeFault('Exception', '**** ERROR: Saving image outside the output folder is not allowed.\n');
		const links = Object.values(inputs).filter(isLink);
		const [wide, high] = sizeOf(graph, id);
		if (wide * high * countOf(graph, id) > 400_000_000)
			throw new NodeFault('RuntimeError', "DefaultCPUAllocator: can't allocate memory\n");
		if (type !== 'PreviewAny' && typeof inputs['images'] === 'string')
			throw new NodeFault('AttributeError', "'str' object has no attribute 'cpu'\n");
		if (type.startsWith('KSampler') || type === 'SamplerCustom' || type === 'SamplerCustomAdvanced') {
			const from = Object.keys(graph).find((other) => /Scheduler$/.test(graph[other]?.class_type ?? ''));
			const steps = numberOf(inputs['steps'] ?? graph[from ?? '']?.inputs['steps'], 4);
			const count = Math.min(numberOf(inputs['end_at_step'], steps), steps) - numberOf(inputs['start_at_step'], 0);
			for (let value = 1; value <= count; value++)
				await step(id, value, count, recordedPreviews[(value - 1) % recordedPreviews.length]);
			return null;
		}
		switch (type) {
			case 'RigSteps':
				for (let value = 1; value <= numberOf(inputs['steps'], 4); value++)
					await step(id, value, numberOf(inputs['steps'], 4));
				return null;
			case 'SaveImageWebsocket': {
				const all = pictures(id);
				for (const [index, image] of all.entries()) await step(id, index, all.length, image, 2);
				state[id] = { ...state[id], value: all.length, max: all.length };
				return null;
			}
			case 'LoadImage': {
				const bytes = stage.readInput(String(inputs['image']));
				if (bytes === null || !/^(\x89PNG|\xff\xd8|RIFF|GIF8)/.test(bytes.subarray(0, 4).toString('latin1')))
					throw new NodeFault('PIL.UnidentifiedImageError', "cannot identify image file '<path>'\n");
				return null;
			}
			case 'GetImageSize': {
				const [width, height] = sizeOf(graph, id);
				await stage.gate();
				stage.text(id, `width: ${width}, height: ${height}\n batch size: 1`);
				return null;
			}
			case 'RigExpand':
				for (const inner of [1, 2, 3].map((number) => `${id}.0.0.${number}`)) {
					await progressed(inner, 0, 1, false, id);
					await say('executing', { node: inner, display_node: id });
					if (inner.endsWith('3')) {
						const ui = { images: pictures(id).map((bytes) => stage.save(`${inner}/PreviewImage`, 'png', true, bytes)) };
						await say('executed', { node: inner, display_node: id, output: ui });
						outputs[inner] = ui;
						meta[inner] = { node_id: inner, display_node: id, parent_node: id, real_node_id: id };
					}
					await progressed(inner, 1, 1, true, id);
				}
				return null;
			case 'RigBlock':
				blocked.add(id);
				return null;
			case 'SaveImage':
				return { images: pictures(id).map((bytes) => stage.save(prefix, 'png', false, bytes)) };
			case 'PreviewImage':
			case 'MaskPreview':
				return { images: pictures(id).map((bytes) => stage.save(`${id}/${type}`, 'png', true, bytes)) };
			case 'SaveAnimatedWEBP':
				return { images: [file('webp')], animated: [true] };
			case 'SaveAnimatedPNG':
				return { images: [file('png')], animated: [true] };
			case 'SaveWEBM':
				return { images: [file('webm')], animated: [true] };
			case 'SaveVideo':
				return { images: [file('mp4')], animated: [true] };
			case 'SaveAudio':
				return { audio: [file('flac')] };
			case 'SaveAudioMP3':
				return { audio: [file('mp3')] };
			case 'SaveLatent':
				return { latents: [file('latent')] };
			case 'PreviewAny': {
				const from = graph[links[0]?.[0] ?? ''];
				return { text: [String(from?.inputs['value'] ?? sizeOf(graph, id)[0])] };
			}
			default:
				return null;
		}
	};
	const runNode = async (id: string): Promise<void> => {
		const { class_type: type = '' } = graph[id] ?? {};
		const key = signature(graph, id);
		used.add(key);
		const before = ownCache.has(key) || isNeverEqual(type) ? ownCache.get(key) : stage.cache.get(key);
		if (before !== undefined) {
			await say('executed', { node: id, display_node: id, output: before?.ui ?? null });
			if (before !== null) {
				outputs[id] = before.ui;
				meta[id] = before.meta;
			}
			ownCache.set(key, before);
			return progressed(id, 1, 1, true);
		}
		await progressed(id, 0, 1);
		await say('executing', { node: id, display_node: id });
		await stage.gate();
		if (stage.isInterrupted()) throw new Interrupted();
		const blocker = linksOf(graph, id).find((from) => blocked.has(from));
		if (blocker === undefined) {
			const ui = await run(id);
			const about = { node_id: id, display_node: id, parent_node: null, real_node_id: id };
			if (ui !== null) {
				await say('executed', { node: id, display_node: id, output: ui });
				outputs[id] = ui;
				meta[id] = about;
			}
			ownCache.set(key, ui === null ? null : { ui, meta: about });
		} else if (String(graph[blocker]?.inputs['message']) !== '')
			await say('execution_error', {
				node_id: id,
				node_type: type,
				executed,
				exception_message: `Execution Blocked: ${String(graph[blocker]?.inputs['message'])}`,
				exception_type: 'ExecutionBlocked',
				traceback: [],
				current_inputs: [],
				current_outputs: [],
			});
		executed.push(id);
		const counted = numberOf(state[id]?.['max'], 1);
		await progressed(id, counted, counted, true);
	};

	await keep('execution_start', {});
	const cached = new Set(
		Object.keys(graph).filter(
			(id) => !isNeverEqual(graph[id]?.class_type ?? '') && stage.cache.has(signature(graph, id)),
		),
	);
	await keep('execution_cached', { nodes: [...cached] });
	for (const id of cached) used.add(signature(graph, id));
	let ok = true;
	let now = '';
	try {
		for (const id of inOrder(stage, item, cached)) {
			now = id;
			await runNode(id);
		}
		await keep('execution_success', {});
	} catch (error) {
		ok = false;
		const about = { node_id: now, node_type: graph[now]?.class_type ?? '', executed };
		if (error instanceof Interrupted) await keep('execution_interrupted', about, true);
		else if (error instanceof NodeFault)
			await keep('execution_error', {
				...about,
				exception_message: error.message,
				exception_type: error.type,
				traceback: ['<frame 1 of 7: file, line, function and source line, newline-ended>', '<... 6 more>'],
				current_inputs: { image: [graph[now]?.inputs['image'] ?? null] },
				current_outputs: Object.keys(graph),
			});
		else throw error;
	}
	// An output node that was not asked for has the result of an equal one that ran.
	for (const id of Object.keys(graph)) {
		const equal = ownCache.get(signature(graph, id));
		if (outputs[id] !== undefined || equal == null) continue;
		outputs[id] = equal.ui;
		meta[id] = equal.meta;
	}
	// Only what the latest prompt used is kept.
	for (const key of [...stage.cache.keys()]) if (!used.has(key)) stage.cache.delete(key);
	for (const [key, shown] of ownCache) stage.cache.set(key, shown);
	return { outputs, meta, messages, ok };
}
