import * as z from 'zod';

/** What a node's input may hold: a value, or a link to what another node puts out. */
export const InputValue: z.ZodType<InputValue> = z.lazy(() =>
	z.union([
		z.null(),
		z.boolean(),
		z.number(),
		z.bigint(),
		z.string().max(100_000),
		z.array(InputValue).max(1000),
		z.record(z.string().max(200), InputValue),
	]),
);
export type InputValue = null | boolean | number | bigint | string | InputValue[] | { [key: string]: InputValue };
export type Link = [nodeId: string, slot: number];

export const GraphNode = z.object({
	class_type: z.string().min(1).max(200),
	inputs: z.record(z.string().max(200), InputValue),
	_meta: z.object({ title: z.string().max(500).optional() }).optional(),
});
/** A ComfyUI graph in API format: nodes by id. What else a node may carry is dropped. */
export const Graph = z.record(z.string().min(1).max(100), GraphNode).refine((graph) => {
	const count = Object.keys(graph).length;
	return count > 0 && count <= 1000;
}, 'must have between 1 and 1000 nodes');
export type GraphNode = z.infer<typeof GraphNode>;
export type Graph = z.infer<typeof Graph>;

/** The node of this id; what every object inherits is none. */
export const nodeAt = (graph: Graph, id: string): GraphNode | undefined =>
	Object.hasOwn(graph, id) ? graph[id] : undefined;

/** Whether an input is a link: a node id as text and the place of an output. */
export const isLink = (value: InputValue | undefined): value is Link =>
	Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number';

/** The links that go into a node, by input. */
export const linksInto = (node: GraphNode): [input: string, link: Link][] =>
	Object.entries(node.inputs).flatMap(([input, value]): [string, Link][] => (isLink(value) ? [[input, value]] : []));

/** Every node from which a node can be reached by links, itself first, nearest first. */
export function upstream(graph: Graph, from: string): string[] {
	const found = [from];
	for (const id of found) {
		const node = nodeAt(graph, id);
		if (node === undefined) continue;
		for (const [, [source]] of linksInto(node)) if (!found.includes(source)) found.push(source);
	}
	return found.filter((id) => nodeAt(graph, id) !== undefined);
}
