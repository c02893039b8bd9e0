import { isLink, nodeAt, type Graph, type GraphNode, type InputValue } from '../provider/graph.ts';
import { inputsOf, type InputSpec, type ObjectInfo } from '../provider/object-info.ts';
import { bindingNames, type BindingName, type BindingPlace, type Bindings } from '../provider/workflow.ts';
import type { GraphNodeView, InputView, ValueEdit, WireValue, WorkflowParameter } from './own-workflow.ts';

/** Longer lists are not told; the value is then written by hand. */
const mostChoices = 2000;

const wireOf = (value: InputValue | undefined): [WireValue, isPlain: boolean] => {
	if (value === undefined || value === null) return [null, true];
	if (typeof value === 'bigint') return [value.toString(), true];
	if (typeof value === 'object')
		return [JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)), false];
	return [value, true];
};
const isChoice = (value: InputValue): value is string | number | boolean =>
	['string', 'number', 'boolean'].includes(typeof value);
const typeOf = (value: InputValue | undefined): string =>
	typeof value === 'number' || typeof value === 'bigint'
		? Number.isInteger(Number(value))
			? 'INT'
			: 'FLOAT'
		: typeof value === 'boolean'
			? 'BOOLEAN'
			: 'STRING';
/** A bound as a double; those of seeds lie beyond what it can hold and need no telling. */
const boundOf = (bound: number | bigint | null): number | null => (bound === null ? null : Number(bound));

function viewInput(name: string, value: InputValue | undefined, spec: InputSpec | undefined): InputView {
	const link = isLink(value) ? { nodeId: value[0], slot: value[1] } : null;
	const [plain, isPlain] = link === null ? wireOf(value) : [null, true];
	const choices = spec?.choices?.filter(isChoice) ?? null;
	return {
		name,
		type: !isPlain ? 'JSON' : spec?.isPicture === true ? 'PICTURE' : (spec?.type ?? typeOf(value)),
		value: plain,
		link,
		// What lies in a server's folder of pictures is nobody's business.
		choices: choices === null || spec?.isPicture === true || choices.length > mostChoices ? null : choices,
		min: boundOf(spec?.min ?? null),
		max: boundOf(spec?.max ?? null),
		step: spec?.step ?? null,
	};
}
const specsOf = (node: GraphNode, classes: ObjectInfo): InputSpec[] => {
	const known = Object.hasOwn(classes, node.class_type) ? classes[node.class_type] : undefined;
	return known === undefined ? [] : inputsOf(known);
};

/** A graph as a page shows it: its nodes with their inputs in the order of the editor, what they hold, and what they may hold. */
export function viewGraph(graph: Graph, classes: ObjectInfo): GraphNodeView[] {
	return Object.entries(graph).map(([id, node]) => {
		const specs = specsOf(node, classes);
		const known = new Set(specs.map(({ name }) => name));
		const own = Object.hasOwn(classes, node.class_type) ? classes[node.class_type] : undefined;
		return {
			id,
			classType: node.class_type,
			title: node._meta?.title ?? own?.display_name ?? node.class_type,
			isOutput: own?.output_node === true,
			inputs: [
				...specs
					.filter(({ name, isWidget, required }) => isWidget || required || Object.hasOwn(node.inputs, name))
					.map((spec) => viewInput(spec.name, node.inputs[spec.name], spec)),
				...Object.entries(node.inputs)
					.filter(([name]) => !known.has(name))
					.map(([name, value]) => viewInput(name, value, undefined)),
			],
		};
	});
}

/** Words of ours that a shot itself fills; whoever generates sets the others. */
const filledByShot: ReadonlySet<BindingName> = new Set([
	'prompt',
	'negative',
	'seed',
	'width',
	'height',
	'referenceImage',
	'lastImage',
	'maskImage',
	'controlImage',
	'frames',
	'fps',
	'batch',
]);

/** What may be set of a workflow besides what a shot fills: its bound inputs by our words, then those it exposes. */
export function parametersOf(
	{ graph, bindings, exposed }: { graph: Graph; bindings: Bindings; exposed: readonly BindingPlace[] },
	classes: ObjectInfo,
): WorkflowParameter[] {
	const at = (key: string, { nodeId, input }: BindingPlace): WorkflowParameter[] => {
		const node = nodeAt(graph, nodeId);
		if (node === undefined || isLink(node.inputs[input])) return [];
		const spec = specsOf(node, classes).find(({ name }) => name === input);
		const { link: _link, ...view } = viewInput(input, node.inputs[input], spec);
		return [{ ...view, key, node: node._meta?.title ?? node.class_type }];
	};
	return [
		...bindingNames.flatMap((name) => {
			const [first] = bindings[name] ?? [];
			return first === undefined || filledByShot.has(name) ? [] : at(name, first);
		}),
		...exposed.flatMap((place) => at(`${place.nodeId}.${place.input}`, place)),
	];
}

/** The graph with inputs set to other values; those that are links, and those that are not there, stay as they are. */
export function setValues(graph: Graph, edits: readonly ValueEdit[], classes: ObjectInfo): Graph {
	const set: Graph = Object.fromEntries(
		Object.entries(graph).map(([id, node]) => [id, { ...node, inputs: { ...node.inputs } }]),
	);
	for (const { nodeId, input, value } of edits) {
		const node = nodeAt(set, nodeId);
		const spec = node && specsOf(node, classes).find(({ name }) => name === input);
		const before = node?.inputs[input];
		if (node === undefined || isLink(before) || (before === undefined && spec === undefined)) continue;
		if (typeof before === 'object' && before !== null) continue;
		const type = spec?.type ?? typeOf(before);
		node.inputs[input] =
			typeof value === 'string' && type === 'INT' && /^-?\d{1,20}$/.test(value)
				? Number.isSafeInteger(Number(value))
					? Number(value)
					: BigInt(value)
				: value;
	}
	return set;
}
