import * as z from 'zod';
import { Graph, isLink, nodeAt, type InputValue } from './graph.ts';
import { GenerationKind } from './provider.ts';
import { inputsOf, type InputSpec, type ObjectInfo } from './object-info.ts';

/** The words by which we name what a graph can be given. */
export const bindingNames = [
	'prompt',
	'negative',
	'seed',
	'width',
	'height',
	'steps',
	'guidance',
	'sampler',
	'scheduler',
	'denoise',
	'checkpoint',
	'lora',
	'loraStrength',
	'referenceImage',
	'lastImage',
	'maskImage',
	'controlImage',
	'controlStrength',
	'frames',
	'fps',
	'batch',
] as const;
export const BindingName = z.enum(bindingNames);
export type BindingName = z.infer<typeof BindingName>;

/** Where a value goes: an input of a node. */
export const BindingPlace = z.strictObject({ nodeId: z.string().max(100), input: z.string().max(200) });
export type BindingPlace = z.infer<typeof BindingPlace>;
export const Bindings = z.partialRecord(BindingName, z.array(BindingPlace).min(1).max(50));
export type Bindings = z.infer<typeof Bindings>;

/** A word by which the administrator sorts servers. */
export const Tag = z.string().regex(/^[\p{L}\p{N}_-]{1,30}$/u);
const Words = z.strictObject({ en: z.string().min(1).max(200), 'zh-CN': z.string().min(1).max(200) });

/** A ComfyUI graph in API format with bindings from our words to its inputs. */
export const Workflow = z
	.strictObject({
		name: z
			.string()
			.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
			.max(60),
		version: z.int().min(1),
		kind: GenerationKind,
		title: Words,
		about: Words,
		bindings: Bindings,
		/** Inputs that whoever generates may set besides those with a word of ours; by `node.input`. */
		exposed: z.array(BindingPlace).max(50).optional(),
		/** Only servers that the administrator gave all of these run it. */
		tags: z.array(Tag).max(10).optional(),
		graph: Graph,
	})
	.superRefine(({ graph, bindings, exposed = [] }, context) => {
		for (const [name, places] of [...Object.entries(bindings), ['exposed', exposed] as const])
			for (const { nodeId, input } of places)
				if (!Object.hasOwn(nodeAt(graph, nodeId)?.inputs ?? {}, input))
					context.addIssue({
						code: 'custom',
						message: `${name} is bound to ${nodeId}.${input}, which is not in the graph`,
					});
	});
export type Workflow = z.infer<typeof Workflow>;

/** What a graph is filled with; a name without a value leaves the graph's own. */
export type WorkflowValues = Partial<Record<BindingName, string | number | bigint>>;

const specAt = (classes: ObjectInfo, classType: string, input: string): InputSpec | undefined => {
	const known = Object.hasOwn(classes, classType) ? classes[classType] : undefined;
	return known && inputsOf(known).find(({ name }) => name === input);
};
/** A number as an input takes it: within its bounds, on its steps counted from its least value. */
export function fitToSpec(value: number, { type, min, max, step }: InputSpec): number {
	const [least, most] = [Number(min ?? Number.NEGATIVE_INFINITY), Number(max ?? Number.POSITIVE_INFINITY)];
	const bounded = Math.min(most, Math.max(least, value));
	if (type !== 'INT') return bounded;
	const whole = Math.round(bounded);
	if (step === null || step <= 1) return whole;
	const from = Number.isFinite(least) ? least % step : 0;
	const stepped = Math.round((whole - from) / step) * step + from;
	return stepped > most ? stepped - step : stepped < least ? stepped + step : stepped;
}

/** The graph of a workflow with the given values in their places; sizes and counts are fitted to what the node classes take. The workflow itself stays as it is. */
export function fillWorkflow(
	{ graph, bindings }: Pick<Workflow, 'graph' | 'bindings'>,
	values: WorkflowValues,
	classes: ObjectInfo = {},
): Graph {
	const filled: Graph = Object.fromEntries(
		Object.entries(graph).map(([id, node]) => [id, { ...node, inputs: { ...node.inputs } }]),
	);
	for (const name of bindingNames) {
		const value = values[name];
		if (value === undefined) continue;
		for (const { nodeId, input } of bindings[name] ?? []) {
			const node = nodeAt(filled, nodeId);
			if (node === undefined || isLink(node.inputs[input])) continue;
			const spec = specAt(classes, node.class_type, input);
			const fitted: InputValue = typeof value === 'number' && spec !== undefined ? fitToSpec(value, spec) : value;
			node.inputs[input] = fitted;
		}
	}
	return filled;
}
