import * as z from 'zod';
import { isLink, linksInto, nodeAt, type Graph, type InputValue } from './graph.ts';
import { inputsOf, isAnyType, type InputSpec, type ObjectInfo } from './object-info.ts';

export const graphFaultCodes = [
	'class-not-allowed',
	'class-missing',
	'no-output',
	'input-missing',
	'not-a-number',
	'too-small',
	'too-large',
	'not-a-choice',
	'file-not-allowed',
	'link-broken',
	'link-mismatch',
	'cycle',
] as const;
/** What is wrong with a graph, at the node and input it belongs to; both are empty where it is the graph as a whole. */
export const GraphFault = z.strictObject({
	code: z.enum(graphFaultCodes),
	nodeId: z.string(),
	classType: z.string(),
	input: z.string(),
	/** For people who read English. */
	detail: z.string(),
	/** The value or class it is about, and what it is held to. */
	given: z.string().optional(),
	wanted: z.string().optional(),
});
export type GraphFault = z.infer<typeof GraphFault>;
type Fault = Pick<GraphFault, 'code' | 'detail' | 'given' | 'wanted'>;

const few = (choices: readonly InputValue[]): string =>
	choices.slice(0, 5).map(String).join(', ') + (choices.length > 5 ? ' …' : '');

/** Names by which a server reads what it made for others: `name [output]`. */
const annotated = /\[(output|temp|input)\]\s*$/;
function valueFault(spec: InputSpec, value: InputValue): Fault | null {
	const given = String(value).slice(0, 200);
	if (spec.isPicture && annotated.test(given))
		return { code: 'file-not-allowed', detail: `${given} names a file of others`, given };
	// A file that is uploaded first is never on the list.
	if (spec.choices !== null && !spec.isMany && !spec.isPicture && !spec.choices.includes(value)) {
		const wanted = few(spec.choices);
		const told = wanted === '' ? 'the server has none' : `is not one of: ${wanted}`;
		return { code: 'not-a-choice', detail: wanted === '' ? `${given}: ${told}` : `${given} ${told}`, given, wanted };
	}
	if (spec.type !== 'INT' && spec.type !== 'FLOAT') return null;
	if (typeof value !== 'bigint' && (value === null || value === '' || Number.isNaN(Number(value))))
		return { code: 'not-a-number', detail: `${given} is no number`, given };
	const number = typeof value === 'bigint' ? value : Number(value);
	const bounded = (code: GraphFault['code'], is: string, bound: number | bigint): Fault => ({
		code,
		detail: `${given} is ${is} ${bound}`,
		given,
		wanted: String(bound),
	});
	if (spec.min !== null && number < spec.min) return bounded('too-small', 'below', spec.min);
	if (spec.max !== null && number > spec.max) return bounded('too-large', 'above', spec.max);
	return null;
}
const fits = (given: string, wanted: string): boolean => {
	if (isAnyType(given) || isAnyType(wanted) || wanted === 'COMBO') return true;
	const types = new Set(wanted.split(','));
	return given.split(',').some((type) => types.has(type));
};
const isGrowing = (type: string): boolean => type.startsWith('COMFY_AUTOGROW');
/** A node that is before itself; null in a sound graph. */
function inCycle(graph: Graph): string | null {
	const done = new Map<string, boolean>();
	const visit = (id: string): boolean => {
		const seen = done.get(id);
		if (seen !== undefined) return !seen;
		done.set(id, false);
		const node = nodeAt(graph, id);
		if (node !== undefined && linksInto(node).some(([, [from]]) => visit(from))) return true;
		done.set(id, true);
		return false;
	};
	return Object.keys(graph).find(visit) ?? null;
}

/** Checks a graph against a server's node classes and the administrator's list of those that may run (null allows all), as the server would before it queues it. */
export function checkGraph(
	graph: Graph,
	classes: ObjectInfo,
	allowed: ReadonlySet<string> | null = null,
): GraphFault[] {
	const faults: GraphFault[] = [];
	let hasOutput = false;
	for (const [nodeId, node] of Object.entries(graph)) {
		const tell = (input: string, fault: Fault) => faults.push({ ...fault, nodeId, classType: node.class_type, input });
		const add = (code: GraphFault['code'], input: string, detail: string) => tell(input, { code, detail });
		if (allowed?.has(node.class_type) === false) {
			add('class-not-allowed', '', `${node.class_type} is not on the list of nodes that may run`);
			continue;
		}
		const known = Object.hasOwn(classes, node.class_type) ? classes[node.class_type] : undefined;
		if (known === undefined) {
			add('class-missing', '', `The server has no node ${node.class_type}`);
			continue;
		}
		hasOutput ||= known.output_node === true;
		for (const spec of inputsOf(known)) {
			const value = node.inputs[spec.name];
			if (value === undefined) {
				// One that grows has inputs named behind it instead.
				if (spec.required && !isGrowing(spec.type)) add('input-missing', spec.name, `${spec.name} is missing`);
				continue;
			}
			if (!isLink(value)) {
				const fault = valueFault(spec, value);
				if (fault !== null) tell(spec.name, fault);
				continue;
			}
			const source = nodeAt(graph, value[0]);
			const from = source && Object.hasOwn(classes, source.class_type) ? classes[source.class_type] : undefined;
			if (source === undefined) add('link-broken', spec.name, `There is no node ${value[0]}`);
			else if (from !== undefined) {
				const given = from.output[value[1]];
				if (given === undefined) add('link-broken', spec.name, `${source.class_type} has no output ${value[1]}`);
				else if (!fits(given, spec.type))
					add('link-mismatch', spec.name, `${given} of ${source.class_type} is linked where ${spec.type} belongs`);
			}
		}
	}
	const cycle = inCycle(graph);
	const about = (nodeId: string) => ({ nodeId, classType: graph[nodeId]?.class_type ?? '', input: '' });
	if (cycle !== null) faults.push({ code: 'cycle', ...about(cycle), detail: 'The nodes are linked in a circle' });
	if (!hasOutput && faults.every(({ code }) => code !== 'class-missing' && code !== 'class-not-allowed'))
		faults.push({ code: 'no-output', ...about(''), detail: 'No node saves or shows anything' });
	return faults;
}

/** A fault in one line, as a person reads it. */
export const formatGraphFault = ({ nodeId, classType, input, detail }: GraphFault): string =>
	`${classType === '' ? '' : `${classType}${nodeId === '' ? '' : ` #${nodeId}`}${input === '' ? '' : `, ${input}`}: `}${detail}`;
