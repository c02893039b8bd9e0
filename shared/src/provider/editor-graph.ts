import * as z from 'zod';
import { Graph, type GraphNode, type InputValue, type Link } from './graph.ts';
import { inputsOf, type ObjectInfo } from './object-info.ts';

const Id = z.union([z.int(), z.string().max(100)]).transform(String);
const Slot = z.object({
	name: z.string(),
	type: z.unknown().optional(),
	link: z.int().nullish(),
	links: z.array(z.int()).nullish(),
	widget: z.object({ name: z.string() }).nullish(),
});
const EditorNode = z.object({
	id: Id,
	type: z.string().max(200),
	mode: z.int().default(0),
	title: z.string().optional(),
	inputs: z.array(Slot).nullish(),
	outputs: z.array(Slot).nullish(),
	widgets_values: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).nullish(),
});
type EditorNode = z.infer<typeof EditorNode>;
const EditorLink = z.union([
	z.tuple([z.int(), Id, z.int(), Id, z.int()], z.unknown()).transform(([id, from, slot]) => ({ id, from, slot })),
	z
		.object({ id: z.int(), origin_id: Id, origin_slot: z.int() })
		.transform((link) => ({ id: link.id, from: link.origin_id, slot: link.origin_slot })),
]);
/** A workflow as ComfyUI's editor saves it: nodes with places, widget values in a row, links in a table. */
export const EditorGraph = z.object({
	nodes: z.array(EditorNode).min(1).max(1000),
	links: z.array(EditorLink).max(10_000),
	definitions: z.object({ subgraphs: z.array(z.unknown()).optional() }).optional(),
});
export type EditorGraph = z.infer<typeof EditorGraph>;

/** Whether this is what the editor saves, not what a server takes. */
export const isEditorGraph = (value: unknown): boolean =>
	typeof value === 'object' && value !== null && Array.isArray((value as { nodes?: unknown }).nodes);

const muted = 2;
const bypassed = 4;
const controls = new Set(['fixed', 'increment', 'decrement', 'randomize', 'increment-wrap']);
const isNoNode = (type: string): boolean => type === 'Note' || type === 'MarkdownNote';

type Origin = { link: Link } | { value: InputValue } | null;

/** Turns what the editor saves into API format by the server's node classes; answers it with the classes the server does not have. */
export function toApiGraph(editor: EditorGraph, classes: ObjectInfo): { graph: Graph; missing: string[] } {
	const nodes = new Map(editor.nodes.map((node) => [node.id, node]));
	const links = new Map(editor.links.map((link) => [link.id, link]));
	const missing = new Set<string>();
	const classOf = (type: string) => (Object.hasOwn(classes, type) ? classes[type] : undefined);

	/** What a link leads to behind reroutes, primitives, and nodes that are bypassed; null for nothing. */
	const originOf = (linkId: number | null | undefined, seen = new Set<number>()): Origin => {
		if (linkId == null || seen.has(linkId)) return null;
		seen.add(linkId);
		const link = links.get(linkId);
		const node = link && nodes.get(link.from);
		if (link === undefined || node === undefined || node.mode === muted) return null;
		if (node.type === 'PrimitiveNode')
			return Array.isArray(node.widgets_values) ? { value: node.widgets_values[0] as InputValue } : null;
		if (node.type === 'Reroute') return originOf(node.inputs?.[0]?.link, seen);
		if (node.mode !== bypassed) return { link: [node.id, link.slot] };
		// A bypassed node passes on the input of the same place and type, else the first of the type.
		const wanted = node.outputs?.[link.slot]?.type ?? classOf(node.type)?.output[link.slot];
		const same = (slot: z.infer<typeof Slot> | undefined) => slot?.link != null && slot.type === wanted;
		const through = [node.inputs?.[link.slot], ...(node.inputs ?? [])].find(same);
		return originOf(through?.link, seen);
	};
	/** The widget values of a node by name; each control behind a seed is stepped over. */
	const widgetsOf = (node: EditorNode): Record<string, InputValue> => {
		const values = node.widgets_values;
		if (values == null) return {};
		if (!Array.isArray(values)) return values as Record<string, InputValue>;
		const known = classOf(node.type);
		const found: Record<string, InputValue> = {};
		let at = 0;
		const take = (name: string, controlled: boolean) => {
			if (at < values.length) found[name] = values[at] as InputValue;
			at++;
			const next = values[at];
			if (controlled && typeof next === 'string' && controls.has(next)) at++;
		};
		if (known !== undefined) for (const spec of inputsOf(known)) if (spec.isWidget) take(spec.name, spec.controlled);
		if (known === undefined)
			for (const slot of node.inputs ?? []) if (slot.widget != null) take(slot.widget.name, /seed/.test(slot.name));
		return found;
	};
	const graph: Record<string, GraphNode> = {};
	for (const node of editor.nodes) {
		if (
			node.mode === muted ||
			node.mode === bypassed ||
			isNoNode(node.type) ||
			node.type === 'Reroute' ||
			node.type === 'PrimitiveNode'
		)
			continue;
		if (classOf(node.type) === undefined) missing.add(node.type);
		const inputs: Record<string, InputValue> = widgetsOf(node);
		for (const slot of node.inputs ?? []) {
			if (slot.link == null) continue;
			const origin = originOf(slot.link);
			if (origin === null) {
				if (slot.widget == null) Reflect.deleteProperty(inputs, slot.name);
			} else inputs[slot.name] = 'link' in origin ? origin.link : origin.value;
		}
		graph[node.id] = {
			class_type: node.type,
			inputs,
			...(node.title === undefined ? {} : { _meta: { title: node.title } }),
		};
	}
	// A link to what does not run is none.
	for (const { inputs } of Object.values(graph))
		for (const [name, value] of Object.entries(inputs))
			if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && !Object.hasOwn(graph, value[0]))
				Reflect.deleteProperty(inputs, name);
	return { graph: Graph.parse(graph), missing: [...missing] };
}
