import type { NodeInfo } from './nodes.ts';
import type { Json, JsonObject } from './recordings.ts';

export type Graph = Record<string, { class_type: string; inputs: JsonObject; [more: string]: Json }>;
type Fault = { type: string; message: string; details: string; extra_info: JsonObject };
export type Verdict =
	| { ok: true; outputs: string[]; graph: Graph; nodeErrors: JsonObject }
	| { ok: false; error: JsonObject; nodeErrors: JsonObject };

const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
/** As Python writes it into its messages. */
export const repr = (value: Json | undefined): string =>
	Array.isArray(value)
		? `[${value.map(repr).join(', ')}]`
		: typeof value === 'string'
			? `'${value}'`
			: value === null || value === undefined
				? 'None'
				: String(value);
const refusal = (type: string, message: string, details: string): Verdict => ({
	ok: false,
	error: { type, message, details, extra_info: {} },
	nodeErrors: {},
});

/** Checks a submitted graph as the recorded server does: faults by node, and the output nodes that are valid. */
export function validate(
	prompt: JsonObject,
	nodes: Record<string, NodeInfo>,
	hasInputFile: (name: string) => boolean,
	targets?: readonly string[],
): Verdict {
	for (const [id, node] of Object.entries(prompt)) {
		const type = isObject(node) ? node['class_type'] : undefined;
		if (typeof type !== 'string')
			return refusal(
				'invalid_prompt',
				'Cannot execute because a node is missing the class_type property.',
				`Node ID '#${id}'`,
			);
		if (nodes[type] === undefined)
			return refusal('invalid_prompt', `Cannot execute because node ${type} does not exist.`, `Node ID '#${id}'`);
	}
	const graph = structuredClone(prompt) as Graph;
	const outputs = Object.keys(graph).filter(
		(id) => nodes[graph[id]?.class_type ?? '']?.output_node === true && (targets === undefined || targets.includes(id)),
	);
	if (outputs.length === 0) return refusal('prompt_no_outputs', 'Prompt has no outputs', '');

	const faults = new Map<string, Fault[]>();
	const known = new Map<string, boolean>();
	const add = (id: string, fault: Fault) => faults.set(id, [...(faults.get(id) ?? []), fault]);
	const crash = (details: string): Fault => ({
		type: 'exception_during_validation',
		message: 'Exception when validating node',
		details,
		extra_info: {},
	});
	/** Whether a node and all before it are valid; throws a text where Python throws. */
	const check = (id: string, path: readonly string[]): boolean => {
		const before = known.get(id);
		if (before !== undefined) return before;
		const node = graph[id];
		if (node === undefined) throw `'${id}'`;
		if (path.includes(id)) return false;
		if (!isObject(node.inputs)) throw "'inputs'";
		const info = nodes[node.class_type];
		let valid = true;
		const fault = (type: string, message: string, details: string, extra: JsonObject) => {
			valid = false;
			add(id, { type, message, details, extra_info: extra });
		};
		const declaredInputs = { ...info?.input.required, ...info?.input.optional };
		for (const [name, config] of Object.entries(declaredInputs)) {
			// Python fills in empty options where none are declared.
			const extra = { input_name: name, input_config: config.length < 2 ? [...config, {}] : config };
			const value = node.inputs[name];
			if (value === undefined) {
				if (info?.input.required[name] !== undefined)
					fault('required_input_missing', 'Required input is missing', name, { input_name: name });
				continue;
			}
			const [type, options] = config;
			if (Array.isArray(value)) {
				const [from, slot] = value;
				if (value.length !== 2) {
					fault('bad_linked_input', 'Bad linked input, must be a length-2 list of [node_id, slot_index]', name, {
						...extra,
						received_value: value,
					});
					continue;
				}
				const source = graph[String(from)];
				if (source === undefined || typeof from !== 'string') throw repr(from);
				const given = nodes[source.class_type]?.output[Number(slot)];
				if (given === undefined) throw 'tuple index out of range';
				const wanted = typeof type === 'string' ? type : 'COMBO';
				if (given !== wanted && given !== '*' && wanted !== '*' && wanted !== 'COMBO') {
					const details = `${name}, received_type(${given}) mismatch input_type(${wanted})`;
					fault('return_type_mismatch', 'Return type mismatch between linked nodes', details, {
						...extra,
						received_type: given,
						linked_node: value,
					});
					continue;
				}
				try {
					if (!check(from, [...path, id])) valid = false;
				} catch (details) {
					valid = false;
					add(from, {
						type: 'exception_during_inner_validation',
						message: 'Exception when validating inner node',
						details: String(details),
						extra_info: { ...extra, exception_message: String(details), linked_node: value },
					});
				}
				continue;
			}
			if (type === 'INT' || type === 'FLOAT') {
				const read = typeof value === 'bigint' ? value : value === null || value === '' ? Number.NaN : Number(value);
				if (typeof read === 'number' && Number.isNaN(read)) {
					fault(
						'invalid_input_type',
						`Failed to convert an input value to a ${type} value`,
						`${name}, ${repr(value)}`,
						{
							...extra,
							received_value: value,
						},
					);
					continue;
				}
				const converted = type === 'INT' && typeof read === 'number' ? Math.trunc(read) : read;
				node.inputs[name] = converted;
				const { min, max } = isObject(options) ? options : {};
				const about = { ...extra, received_value: converted };
				if ((typeof min === 'number' || typeof min === 'bigint') && converted < min)
					fault('value_smaller_than_min', `Value ${converted} smaller than min of ${min}`, name, about);
				if ((typeof max === 'number' || typeof max === 'bigint') && converted > max)
					fault('value_bigger_than_max', `Value ${converted} bigger than max of ${max}`, name, about);
			}
			if (node.class_type.startsWith('LoadImage') && name === 'image') {
				if (!hasInputFile(String(value)))
					fault(
						'custom_validation_failed',
						'Custom validation failed for node',
						`image - Invalid image file: ${String(value)}`,
						{
							input_name: name,
						},
					);
				continue;
			}
			const list = Array.isArray(type)
				? type
				: type === 'COMBO' && isObject(options) && Array.isArray(options['options'])
					? options['options']
					: null;
			if (list !== null && !list.includes(value))
				fault('value_not_in_list', 'Value not in list', `${name}: ${repr(value)} not in ${repr(list)}`, {
					...extra,
					received_value: value,
				});
		}
		known.set(id, valid);
		return valid;
	};
	const good: string[] = [];
	const bad: string[] = [];
	const ofOutputs: string[] = [];
	for (const id of outputs) {
		let valid = false;
		try {
			valid = check(id, []);
		} catch (details) {
			add(id, crash(String(details)));
		}
		(valid ? good : bad).push(id);
		if (!valid) for (const { message, details } of faults.get(id) ?? []) ofOutputs.push(`${message}: ${details}`);
	}
	const nodeErrors = Object.fromEntries(
		[...faults].map(([id, errors]) => [
			id,
			{ errors, dependent_outputs: bad, class_type: graph[id]?.class_type ?? '' },
		]),
	) as JsonObject;
	if (good.length > 0) return { ok: true, outputs: good, graph, nodeErrors };
	return {
		ok: false,
		error: {
			type: 'prompt_outputs_failed_validation',
			message: 'Prompt outputs failed validation',
			details: ofOutputs.join('\n'),
			extra_info: {},
		},
		nodeErrors,
	};
}
