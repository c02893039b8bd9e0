import * as z from 'zod';
import { Problem } from '../problem.ts';
import {
	Subgraph,
	subgraphInput,
	subgraphOutput,
	type EditorGraph,
	type EditorNode,
	type EditorSlot,
} from './editor-file.ts';
import { widgetValues } from './editor-widgets.ts';
import { Graph, type GraphNode, type InputValue, type Link } from './graph.ts';
import { isAnyType, type ObjectInfo } from './object-info.ts';

const muted = 2;
const bypassed = 4;
/** Nodes that are the editor's alone: words, and what carries links from place to place. */
const words = /^(Note|MarkdownNote|Label \(rgthree\)|Bookmark \(rgthree\)|Fast .*\(rgthree\)|Mute .*\(rgthree\))$/;
const reroute = /^(Reroute|Reroute \(rgthree\))$/;
const setter = /^(SetNode|easy setNode)$/;
const getter = /^(GetNode|easy getNode)$/;
const everywhere = /^(Anything Everywhere[?3]?|Prompts Everywhere|Seed Everywhere)$/;
/** Deeper than any workflow folds its nodes; one that holds itself ends here. */
const mostDeep = 16;
const mostNodes = 1000;

type EditorLink = NonNullable<EditorGraph['links']>[number];
/** One graph of nodes: the workflow itself, or a subgraph in the place of one of its nodes. */
type Scope = {
	/** Before the ids of its nodes. */
	prefix: string;
	nodes: ReadonlyMap<string, EditorNode>;
	links: ReadonlyMap<number, EditorLink>;
	/** Links without a line, by where they lead. */
	unseen: ReadonlyMap<string, { from: string; slot: number }>;
	/** Of a subgraph: the node it stands for, and what goes into it. */
	within: { scope: Scope; node: EditorNode; inputs: readonly string[] } | null;
	inner: Map<string, Scope>;
};
/** Where the value of an input comes from: a node that runs, or a value that stands somewhere; null for nowhere. */
type Origin = { link: Link } | { value: InputValue } | null;

const typesOf = (type: unknown): string[] =>
	String(type ?? '*')
		.toUpperCase()
		.split(',');
/** Whether what puts out one type may lead into another, as the editor sees it. */
const fits = (one: unknown, other: unknown): boolean => {
	const [a, b] = [typesOf(one), typesOf(other)];
	return (
		[a, b].some((types) => types.some((type) => isAnyType(type) || type === '' || type === '0')) ||
		a.some((type) => b.includes(type))
	);
};
const UnseenLink = z.object({
	downstream: z.union([z.int(), z.string()]).transform(String),
	downstream_slot: z.int(),
	upstream: z.union([z.int(), z.string()]).transform(String),
	upstream_slot: z.int(),
});

/** Every subgraph of a file by its id, those within others too. */
function subgraphsOf(definitions: EditorGraph['definitions'], found = new Map<string, Subgraph>(), depth = 0) {
	for (const each of definitions?.subgraphs ?? []) {
		const parsed = Subgraph.safeParse(each);
		if (!parsed.success || found.has(parsed.data.id)) continue;
		found.set(parsed.data.id, parsed.data);
		if (depth < mostDeep) subgraphsOf(parsed.data.definitions, found, depth + 1);
	}
	return found;
}

function scopeOf(
	{ nodes, links, extra }: Pick<EditorGraph, 'nodes' | 'links' | 'extra'>,
	prefix: string,
	within: Scope['within'],
): Scope {
	const unseen = (extra?.ue_links ?? []).flatMap((each): [string, { from: string; slot: number }][] => {
		const { data } = UnseenLink.safeParse(each);
		return data === undefined
			? []
			: [[`${data.downstream}/${data.downstream_slot}`, { from: data.upstream, slot: data.upstream_slot }]];
	});
	return {
		prefix,
		nodes: new Map(nodes.map((node) => [node.id, node])),
		links: new Map((links ?? []).map((link) => [link.id, link])),
		unseen: new Map(unseen),
		within,
		inner: new Map(),
	};
}

/**
 * Turns what the editor saves into API format by the server's node classes, as the editor does when it sends a workflow off: subgraphs are laid open in the
 * place of their nodes (`12:3` is node 3 of the subgraph that node 12 stands for), what is muted or bypassed is left out, and links are followed through
 * reroutes, primitives and nodes that set and get. Answers it with the classes the server does not have. Throws `not-a-workflow` for what folds without end.
 */
export function toApiGraph(editor: EditorGraph, classes: ObjectInfo): { graph: Graph; missing: string[] } {
	const subgraphs = subgraphsOf(editor.definitions);
	const missing = new Set<string>();
	const classOf = (type: string) => (Object.hasOwn(classes, type) ? classes[type] : undefined);

	/** The subgraph that a node stands for. */
	const innerOf = (scope: Scope, node: EditorNode): Scope | null => {
		const subgraph = subgraphs.get(node.type);
		if (subgraph === undefined) return null;
		const known = scope.inner.get(node.id);
		if (known !== undefined) return known;
		const prefix = `${scope.prefix}${node.id}:`;
		if (prefix.split(':').length > mostDeep) throw new Problem('not-a-workflow', 'Its subgraphs hold each other');
		const inputs = (subgraph.inputs ?? []).map(({ name }) => name);
		const inner = scopeOf(subgraph, prefix, { scope, node, inputs });
		scope.inner.set(node.id, inner);
		return inner;
	};
	/** What a promoted widget of a subgraph's node holds; undefined where the node within keeps its own. */
	const promoted = (node: EditorNode, input: EditorSlot | undefined, name: string): InputValue | undefined => {
		const named = node.widgets_values_named;
		if (named != null) return Object.hasOwn(named, name) ? (named[name] as InputValue) : undefined;
		const values = node.widgets_values;
		if (!Array.isArray(values) || values.length === 0) return undefined;
		const proxies = node.properties?.['proxyWidgets'];
		// Older files list which widgets they are, newer ones have one for each input with a widget.
		const order: unknown[] = Array.isArray(proxies) && proxies.length > 0 ? proxies : [];
		const at =
			order.length > 0
				? order.findIndex((each) => Array.isArray(each) && String(each[0]) === '-1' && each[1] === name)
				: input?.widget == null
					? -1
					: (node.inputs ?? []).filter(({ widget }) => widget != null).indexOf(input);
		const count = order.length > 0 ? order.length : (node.inputs ?? []).filter(({ widget }) => widget != null).length;
		return at < 0 || values.length !== count ? undefined : (values[at] as InputValue);
	};
	/** Where a link comes from that begins where something goes into a subgraph. */
	const fromOutside = ({ within }: Scope, slot: number, type: unknown, seen: Set<string>): Origin => {
		if (within === null) return null;
		const { scope, node, inputs } = within;
		const name = inputs[slot];
		const input = (node.inputs ?? []).find((each) => each.name === name) ?? node.inputs?.[slot];
		if (input?.link != null) return originOf(scope, input.link, type, seen);
		const index = node.inputs?.findIndex((each) => each === input) ?? -1;
		const unseen = scope.unseen.get(`${node.id}/${index}`);
		if (unseen !== undefined) return fromNode(scope, unseen, type, seen);
		const value = promoted(node, input, name ?? input?.name ?? '');
		return value === undefined ? null : { value };
	};
	/** The node that sets what another one gets under a name: here, else further out. */
	const setterOf = (scope: Scope, name: unknown): { scope: Scope; node: EditorNode } | null => {
		for (let at: Scope | undefined = scope; at !== undefined; at = at.within?.scope)
			for (const node of at.nodes.values())
				if (setter.test(node.type) && node.mode !== muted && firstValue(node) === name) return { scope: at, node };
		return null;
	};
	/** What comes out of a node at a place; `type` is that of the input it leads to. */
	const fromNode = (
		scope: Scope,
		{ from, slot }: { from: string; slot: number },
		type: unknown,
		seen: Set<string>,
	): Origin => {
		const key = `${scope.prefix}${from}/${slot}`;
		if (seen.has(key)) return null;
		seen.add(key);
		const node = scope.nodes.get(from);
		if (node === undefined || node.mode === muted) return null;
		if (node.mode === bypassed) {
			const through = bypassOf(node, slot, type);
			return through === null ? null : originOf(scope, through, type, seen);
		}
		if (node.type === 'PrimitiveNode') {
			const value = firstValue(node);
			return value === undefined ? null : { value };
		}
		if (reroute.test(node.type) || setter.test(node.type)) return originOf(scope, node.inputs?.[0]?.link, type, seen);
		if (getter.test(node.type)) {
			const found = setterOf(scope, firstValue(node));
			return found === null ? null : originOf(found.scope, found.node.inputs?.[0]?.link, type, seen);
		}
		const inner = innerOf(scope, node);
		if (inner === null) return { link: [`${scope.prefix}${from}`, slot] };
		const out = [...inner.links.values()].find((link) => link.to === subgraphOutput && link.toSlot === slot);
		return out === undefined ? null : originOf(inner, out.id, type, seen);
	};
	/** What a link leads back to. */
	const originOf = (
		scope: Scope,
		linkId: number | null | undefined,
		type: unknown,
		seen = new Set<string>(),
	): Origin => {
		const link = linkId == null ? undefined : scope.links.get(linkId);
		if (link === undefined) return null;
		return link.from === subgraphInput ? fromOutside(scope, link.slot, type, seen) : fromNode(scope, link, type, seen);
	};
	/** The link that a bypassed node passes on at an output: that of the input in the same place, else of the same type, else of one that fits. */
	const bypassOf = (node: EditorNode, slot: number, type: unknown): number | null => {
		const inputs = node.inputs ?? [];
		const output = node.outputs?.[slot]?.type ?? classOf(node.type)?.output[slot];
		const passes = (input: EditorSlot | undefined): boolean =>
			input !== undefined && fits(input.type, output) && fits(input.type, type);
		const wanted = type ?? output;
		const through = passes(inputs[slot])
			? inputs[slot]
			: (inputs.find((input) => input.type === wanted) ?? inputs.find(passes));
		return through?.link ?? null;
	};

	const graph: Record<string, GraphNode> = {};
	let count = 0;
	const layOut = (scope: Scope): void => {
		for (const node of scope.nodes.values()) {
			const { type, mode } = node;
			if (mode === muted || mode === bypassed || type === 'PrimitiveNode') continue;
			if (
				[words, reroute, setter, getter, everywhere].some((kind) => kind.test(type)) &&
				classOf(type)?.output_node !== true
			)
				continue;
			if (++count > mostNodes) throw new Problem('not-a-workflow', `It has more than ${mostNodes} nodes`);
			const inner = innerOf(scope, node);
			if (inner !== null) {
				layOut(inner);
				continue;
			}
			if (classOf(type) === undefined) missing.add(type);
			const inputs = { ...widgetValues(node, classOf(type)), ...proxied(scope, node) };
			for (const [index, slot] of (node.inputs ?? []).entries()) {
				const unseen = scope.unseen.get(`${node.id}/${index}`);
				if (slot.link == null && unseen === undefined) continue;
				const origin =
					slot.link == null && unseen !== undefined
						? fromNode(scope, unseen, slot.type, new Set())
						: originOf(scope, slot.link, slot.type);
				if (origin !== null) inputs[slot.name] = 'link' in origin ? origin.link : origin.value;
				// A widget keeps the value it shows.
				else if (slot.widget == null) Reflect.deleteProperty(inputs, slot.name);
			}
			graph[`${scope.prefix}${node.id}`] = {
				class_type: type,
				inputs,
				...(node.title === undefined ? {} : { _meta: { title: node.title.slice(0, 500) } }),
			};
		}
	};
	layOut(scopeOf(editor, '', null));
	// A link to what does not run is none.
	for (const { inputs } of Object.values(graph))
		for (const [name, value] of Object.entries(inputs))
			if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && !Object.hasOwn(graph, value[0]))
				Reflect.deleteProperty(inputs, name);
	const parsed = Graph.safeParse(graph);
	if (!parsed.success) throw new Problem('not-a-workflow', parsed.error.issues[0]?.message ?? 'It cannot be sent');
	return { graph: parsed.data, missing: [...missing] };
}

const firstValue = ({ widgets_values: values }: EditorNode): InputValue | undefined =>
	Array.isArray(values) ? (values[0] as InputValue | undefined) : undefined;

/** Values that the node of a subgraph shows in the place of widgets within, where its file lists both. */
function proxied({ within }: Scope, { id }: EditorNode): Record<string, InputValue> {
	const proxies = within?.node.properties?.['proxyWidgets'];
	const values = within?.node.widgets_values;
	if (!Array.isArray(proxies) || !Array.isArray(values) || values.length !== proxies.length) return {};
	const found: Record<string, InputValue> = {};
	for (const [at, each] of proxies.entries())
		if (Array.isArray(each) && String(each[0]) === id && typeof each[1] === 'string' && values[at] != null)
			found[each[1]] = values[at] as InputValue;
	return found;
}
