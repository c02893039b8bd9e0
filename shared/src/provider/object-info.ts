import * as z from 'zod';
import type { InputValue } from './graph.ts';

const InputConfig = z.array(z.unknown());
const Inputs = z.record(z.string(), InputConfig);

const NodeInputs = z.object({
	required: Inputs.catch({}).default({}),
	optional: Inputs.catch({}).optional(),
});
/** One node class as a ComfyUI tells of it; keys that are not known here are dropped. */
export const NodeClass = z.object({
	input: NodeInputs,
	input_order: z
		.object({ required: z.array(z.string()).optional(), optional: z.array(z.string()).optional() })
		.optional(),
	output: z.array(z.unknown()).transform((types) => types.map((type) => (typeof type === 'string' ? type : 'COMBO'))),
	output_node: z.boolean().optional(),
	display_name: z.string().nullish(),
	deprecated: z.boolean().optional(),
});
export type NodeClass = z.infer<typeof NodeClass>;
/** All node classes of a server, by name. */
export type ObjectInfo = Readonly<Record<string, NodeClass>>;

/** Reads the answer to `/object_info`; a class that cannot be read is left out, the others stay usable. */
export function parseObjectInfo(answer: unknown): ObjectInfo {
	const classes: Record<string, NodeClass> = {};
	for (const [name, entry] of Object.entries(z.record(z.string(), z.unknown()).parse(answer))) {
		const parsed = NodeClass.safeParse(entry);
		if (parsed.success) classes[name] = parsed.data;
	}
	return classes;
}

/** An input of a node class: its type, and what its values are held to. */
export type InputSpec = {
	name: string;
	type: string;
	required: boolean;
	/** The values to choose from; null where any of the type goes. */
	choices: readonly InputValue[] | null;
	/** Whether several of them may be chosen. */
	isMany: boolean;
	/** Inputs that come with a choice, named behind its own name and a dot; none for any other input. */
	inputsOfChoice: (choice: InputValue) => InputSpec[];
	min: number | bigint | null;
	max: number | bigint | null;
	step: number | null;
	initial: InputValue | undefined;
	/** Whether the editor keeps a second widget behind this one that says what happens to the value after each run. */
	controlled: boolean;
	/** Whether it names a picture that is uploaded: its choices are what others left on the server. */
	isPicture: boolean;
	/** Whether the editor has a button beside it by which a file is chosen. */
	isUpload: boolean;
	/** Whether it is a widget in the editor unless something is linked to it. */
	isWidget: boolean;
};

const widgetTypes = new Set(['INT', 'FLOAT', 'STRING', 'BOOLEAN', 'COMBO', 'COLOR']);
/** A choice with inputs of its own. */
const Variant = z.object({ key: z.string(), inputs: NodeInputs.catch({ required: {} }) });
const variantsOf = (declared: unknown, listed: unknown): z.infer<typeof Variant>[] =>
	typeof declared === 'string' && declared.startsWith('COMFY_DYNAMICCOMBO') && Array.isArray(listed)
		? listed.flatMap((each) => Variant.safeParse(each).data ?? [])
		: [];
/** Whether an input or output goes with any type: what fits is told by the rest of the graph, which the server looks at. */
export const isAnyType = (type: string): boolean => type === '*' || /^COMFY_(MATCHTYPE|AUTOGROW|DYNAMIC)/.test(type);
const bound = (value: unknown): number | bigint | null =>
	typeof value === 'number' || typeof value === 'bigint' ? value : null;
/** Names of inputs behind which the editor puts its control by itself. */
const seedNames = new Set(['seed', 'noise_seed']);

function specOf(name: string, config: readonly unknown[], required: boolean): InputSpec {
	const [declared, more] = config;
	const options = typeof more === 'object' && more !== null ? (more as Record<string, unknown>) : {};
	const variants = variantsOf(declared, options['options']);
	const listed = Array.isArray(declared)
		? declared
		: declared === 'COMBO'
			? options['options']
			: variants.length > 0
				? variants.map(({ key }) => key)
				: null;
	const type = Array.isArray(declared) ? 'COMBO' : typeof declared === 'string' ? declared : '*';
	return {
		name,
		type,
		required,
		choices: Array.isArray(listed) ? (listed as InputValue[]) : null,
		isMany: options['multiselect'] === true || options['multi_select'] !== undefined,
		inputsOfChoice: (choice) =>
			variants
				.filter(({ key }) => key === choice)
				.flatMap(({ inputs }) => inputsOf({ input: inputs, output: [] }))
				.map((each) => ({ ...each, name: `${name}.${each.name}` })),
		min: bound(options['min']),
		max: bound(options['max']),
		step: typeof options['step'] === 'number' ? options['step'] : null,
		initial: options['default'] as InputValue | undefined,
		controlled: options['control_after_generate'] === true || (type === 'INT' && seedNames.has(name)),
		isPicture: options['image_upload'] === true || (type === 'COMBO' && name === 'image'),
		isUpload: ['image_upload', 'video_upload', 'audio_upload', 'animated_image_upload'].some(
			(name) => options[name] === true,
		),
		// An input of several types may say by which widget it is given.
		isWidget:
			(variants.length > 0 || widgetTypes.has(String(options['widgetType'] ?? type))) && options['forceInput'] !== true,
	};
}

/** The inputs of a node class in the order of the editor. */
export function inputsOf({ input, input_order: order }: NodeClass): InputSpec[] {
	const inOrder = (
		part: Record<string, unknown[]> | undefined,
		names: readonly string[] | undefined,
		required: boolean,
	) =>
		[...new Set([...(names ?? []), ...Object.keys(part ?? {})])].flatMap((name) => {
			const config = part?.[name];
			return config === undefined ? [] : [specOf(name, config, required)];
		});
	return [...inOrder(input.required, order?.required, true), ...inOrder(input.optional, order?.optional, false)];
}
