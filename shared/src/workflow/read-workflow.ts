import * as z from 'zod';
import { Problem } from '../problem.ts';
import { EditorGraph, isEditorGraph } from '../provider/editor-file.ts';
import { toApiGraph } from '../provider/editor-graph.ts';
import { parseExactJson } from '../provider/exact-json.ts';
import { Graph } from '../provider/graph.ts';
import { guessBindings } from '../provider/guess-bindings.ts';
import type { ObjectInfo } from '../provider/object-info.ts';
import { GenerationKind } from '../provider/provider.ts';
import { BindingPlace, Bindings, Tag, Workflow } from '../provider/workflow.ts';
import { guessKind } from './guess-kind.ts';
import { wholeWorkflow, type WorkflowContent } from './own-workflow.ts';

/** What a file may tell besides its graph; everything that does not fit is guessed instead. */
const Told = z.object({
	graph: Graph,
	kind: GenerationKind.optional().catch(undefined),
	title: z.union([z.string(), z.object({ en: z.string() }).transform(({ en }) => en)]).catch(''),
	bindings: Bindings.optional().catch(undefined),
	exposed: z.array(BindingPlace).max(50).catch([]),
	tags: z.array(Tag).max(10).catch([]),
});
export type ReadWorkflow = { title: string; content: WorkflowContent };

const mostDeep = 40;
/** Whether brackets stand deeper in each other than any graph needs; told before anything walks through them. */
function isTooDeep(text: string): boolean {
	let depth = 0;
	let quoted = false;
	for (let at = 0; at < text.length; at++) {
		const sign = text[at];
		if (quoted) {
			if (sign === '\\') at++;
			else if (sign === '"') quoted = false;
		} else if (sign === '"') quoted = true;
		else if (sign === '{' || sign === '[') {
			if (++depth > mostDeep) return true;
		} else if (sign === '}' || sign === ']') depth--;
	}
	return false;
}
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
/** A key that would reach into objects themselves; null where there is none. */
function forbiddenKey(value: unknown): string | null {
	if (typeof value !== 'object' || value === null) return null;
	for (const [key, item] of Object.entries(value)) {
		if (!Array.isArray(value) && forbidden.has(key)) return key;
		const inside = forbiddenKey(item);
		if (inside !== null) return inside;
	}
	return null;
}
const notOne = (detail: string, cause?: unknown): Problem =>
	new Problem('not-a-workflow', detail, cause === undefined ? {} : { cause });
const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isGraph = (value: unknown): value is Record<string, unknown> =>
	isObject(value) && Object.values(value).some((node) => isObject(node) && typeof node['class_type'] === 'string');

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
	const read = schema.safeParse(value);
	if (read.success) return read.data;
	const [issue] = read.error.issues;
	throw notOne(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not well-formed'}`.slice(0, 300));
}
/** The graph in whatever form it came. */
function graphOf(value: unknown, classes: ObjectInfo): Graph {
	if (isEditorGraph(value)) return toApiGraph(parsed(EditorGraph, value), classes).graph;
	if (isGraph(value)) return parsed(Graph, value);
	if (isObject(value) && isGraph(value['prompt'])) return parsed(Graph, value['prompt']);
	throw notOne('There are no nodes in it; export it from ComfyUI as a workflow or in API format');
}

/**
 * Reads a workflow: a graph in API format, what ComfyUI's editor saves (turned into API format by `classes`), the body of a prompt, or what this product exports.
 * What the file does not tell is guessed. Whole numbers stay exact. Throws `not-a-workflow` for everything else, however it is made.
 */
export function readWorkflow(text: string, classes: ObjectInfo): ReadWorkflow {
	if (isTooDeep(text)) throw notOne('It is nested too deeply');
	let value: unknown;
	try {
		value = parseExactJson(text.replace(/^\uFEFF/, ''));
	} catch (error) {
		throw notOne('It is not JSON', error);
	}
	const key = forbiddenKey(value);
	if (key !== null) throw notOne(`It has the key ${key}`);
	const ours = isObject(value) && isGraph(value['graph']) ? parsed(Told, value) : null;
	const graph = ours?.graph ?? graphOf(value, classes);
	const bindings = ours?.bindings ?? guessBindings(graph);
	const content = {
		kind: ours?.kind ?? guessKind(graph, bindings),
		bindings,
		exposed: ours?.exposed ?? [],
		tags: ours?.tags ?? [],
		graph,
	};
	const whole = Workflow.safeParse(wholeWorkflow('x', 1, content));
	// Bindings of another graph: those of this one are guessed.
	if (!whole.success)
		return { title: ours?.title ?? '', content: { ...content, bindings: guessBindings(graph), exposed: [] } };
	return { title: (ours?.title ?? '').slice(0, 200), content };
}
