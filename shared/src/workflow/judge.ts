import { checkGraph, type GraphFault } from '../provider/check-graph.ts';
import { nodeAt, type Graph } from '../provider/graph.ts';
import { inputsOf, type ObjectInfo } from '../provider/object-info.ts';
import type { Bindings } from '../provider/workflow.ts';

/** A server as far as it matters to whether it can run a graph. */
export type AbleNode = { id: string; tags: readonly string[]; classes: ObjectInfo };
export type Judgement = {
	/** The servers that can run it. */
	able: string[];
	/** Of the server that lacks least; empty where one can. */
	faults: GraphFault[];
};

/** A graph with the one checkpoint that a server has, where it lacks the graph's own. */
export function withOwnCheckpoint(graph: Graph, bindings: Bindings, classes: ObjectInfo): Graph {
	const set: Graph = { ...graph };
	for (const { nodeId, input } of bindings.checkpoint ?? []) {
		const node = nodeAt(set, nodeId);
		const known = node && Object.hasOwn(classes, node.class_type) ? classes[node.class_type] : undefined;
		const choices = (known && inputsOf(known).find(({ name }) => name === input)?.choices) ?? [];
		const [only] = choices;
		if (node !== undefined && choices.length === 1 && only !== undefined)
			set[nodeId] = { ...node, inputs: { ...node.inputs, [input]: only } };
	}
	return set;
}

/** Which of the servers can run a workflow, and what keeps the best of the others from it. */
export function judge(
	{ graph, bindings, tags = [] }: { graph: Graph; bindings: Bindings; tags?: readonly string[] | undefined },
	nodes: readonly AbleNode[],
	allowed: ReadonlySet<string> | null,
): Judgement {
	// Servers set up alike hold the same object, so that a hundred of them are judged once.
	const known = new Map<ObjectInfo, GraphFault[]>();
	const able: string[] = [];
	let least: GraphFault[] | null = null;
	for (const { id, tags: own, classes } of nodes) {
		if (!tags.every((tag) => own.includes(tag))) continue;
		const faults = known.get(classes) ?? checkGraph(withOwnCheckpoint(graph, bindings, classes), classes, allowed);
		known.set(classes, faults);
		if (faults.length === 0) able.push(id);
		else if (least === null || faults.length < least.length) least = faults;
	}
	return { able, faults: able.length > 0 ? [] : (least ?? []) };
}
