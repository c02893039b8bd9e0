import * as z from 'zod';
import { Id } from '../id.ts';
import { nameUpTo } from '../name.ts';
import { GraphFault } from '../provider/check-graph.ts';
import { GenerationKind, GenerationRequest } from '../provider/provider.ts';
import { parseExactJson } from '../provider/exact-json.ts';
import { BindingPlace, Bindings, Tag, Workflow } from '../provider/workflow.ts';

/** What a version of a workflow holds. */
export type WorkflowContent = Pick<Workflow, 'kind' | 'bindings' | 'graph'> & {
	exposed: NonNullable<Workflow['exposed']>;
	tags: NonNullable<Workflow['tags']>;
};
/** The content with what a workflow is called; what a version holds is called by its workflow's id. */
export const wholeWorkflow = (id: string, version: number, content: unknown): unknown => ({
	name: id,
	version,
	title: { en: id, 'zh-CN': id },
	about: { en: id, 'zh-CN': id },
	...(content as object),
});
/** A stored version; throws where it is none. */
export const parseWorkflow = (id: string, version: number, text: string): Workflow =>
	Workflow.parse(wholeWorkflow(id, version, parseExactJson(text)));

/** The name of a ready workflow, or the id of one of a workspace's own. */
export const WorkflowId = z.string().regex(/^[a-z0-9-]{1,60}$/);
export const WorkflowTitle = nameUpTo(80);

const Words = z.strictObject({ en: z.string(), 'zh-CN': z.string() });
/** A workflow as a list shows it. */
export const WorkflowSummary = z.strictObject({
	id: WorkflowId,
	/** `ready` comes with the product and stays as it is. */
	source: z.enum(['ready', 'own']),
	titles: Words,
	abouts: Words,
	kind: GenerationKind,
	version: z.int(),
	/** Whether all of the workspace see it, or its maker alone. */
	shared: z.boolean(),
	/** Grows with every change but a new version; a change names the one it was made of. */
	revision: z.int(),
	tags: z.array(Tag),
	createdBy: Id.nullable(),
	createdByName: z.string(),
	changedAt: z.string().nullable(),
	/** How many of the servers that are known can run it. */
	runs: z.strictObject({ able: z.int(), of: z.int() }),
	/** What keeps the best of them from running it; the first few. */
	faults: z.array(GraphFault),
});
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;

/** A value over the wire; a whole number that a double cannot hold is told by its digits. */
export const WireValue = z.union([z.null(), z.boolean(), z.number(), z.string().max(100_000)]);
export type WireValue = z.infer<typeof WireValue>;

/** An input of a node of a graph. */
export const InputView = z.strictObject({
	name: z.string(),
	/** `INT`, `FLOAT`, `STRING`, `BOOLEAN`, `COMBO`, `PICTURE`; `JSON` for what can only be looked at; else the type of a link. */
	type: z.string(),
	value: WireValue,
	/** Where it comes from instead. */
	link: z.strictObject({ nodeId: z.string(), slot: z.int() }).nullable(),
	/** What it may be; null where there is no list, or too long a one. */
	choices: z.array(z.union([z.string(), z.number(), z.boolean()])).nullable(),
	min: z.number().nullable(),
	max: z.number().nullable(),
	step: z.number().nullable(),
});
export type InputView = z.infer<typeof InputView>;
export const GraphNodeView = z.strictObject({
	id: z.string(),
	classType: z.string(),
	title: z.string(),
	isOutput: z.boolean(),
	inputs: z.array(InputView),
});
export type GraphNodeView = z.infer<typeof GraphNodeView>;

export const WorkflowDetail = z.strictObject({
	...WorkflowSummary.shape,
	bindings: Bindings,
	/** What its graph alone would have bound. */
	guessed: Bindings,
	exposed: z.array(BindingPlace),
	nodes: z.array(GraphNodeView),
});
export type WorkflowDetail = z.infer<typeof WorkflowDetail>;

/** Something that whoever generates with a workflow may set. */
export const WorkflowParameter = z.strictObject({
	...InputView.omit({ link: true }).shape,
	/** A word of ours, else `node.input`. */
	key: z.string(),
	/** What the node is called, for inputs without a word of ours. */
	node: z.string(),
});
export type WorkflowParameter = z.infer<typeof WorkflowParameter>;

/** One input set to another value; whole numbers beyond a double's reach as their digits. */
export const ValueEdit = z.strictObject({ ...BindingPlace.shape, value: WireValue });
export type ValueEdit = z.infer<typeof ValueEdit>;

export const NewVersion = z.strictObject({
	/** The newest version that was seen; when there is a newer one by now, it is refused. */
	from: z.int().min(1),
	/** The version this was made of, where it was an older one. */
	base: z.int().min(1).optional(),
	kind: GenerationKind,
	bindings: Bindings,
	exposed: z.array(BindingPlace).max(50).default([]),
	tags: z.array(Tag).max(10).default([]),
	values: z.array(ValueEdit).max(1000).default([]),
});
export type NewVersion = z.infer<typeof NewVersion>;

/** One generation to see what a workflow does; sizes and counts are fitted to what its nodes take. */
export const Trial = z.strictObject({
	version: z.int().min(1).optional(),
	prompt: z.string().max(10_000).default(''),
	negativePrompt: z.string().max(10_000).optional(),
	seed: GenerationRequest.shape.seed.optional(),
	width: GenerationRequest.shape.widthPx.default(512),
	height: GenerationRequest.shape.heightPx.default(288),
	steps: GenerationRequest.shape.steps,
	guidance: GenerationRequest.shape.guidance,
	parameters: GenerationRequest.shape.parameters,
});
export type Trial = z.infer<typeof Trial>;

export const WorkflowVersionSummary = z.strictObject({
	version: z.int(),
	by: Id,
	byName: z.string(),
	at: z.string(),
});
export type WorkflowVersionSummary = z.infer<typeof WorkflowVersionSummary>;
