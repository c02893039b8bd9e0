import * as z from 'zod';

const Id = z.union([z.int(), z.string().max(100)]).transform(String);
const Slot = z.object({
	name: z.string(),
	type: z.unknown().optional(),
	link: z.int().nullish(),
	links: z.array(z.int()).nullish(),
	widget: z.object({ name: z.string() }).nullish(),
});
export type EditorSlot = z.infer<typeof Slot>;
const EditorNode = z.object({
	id: Id,
	/** A node class, one of the editor's own, or the id of a subgraph. */
	type: z.string().max(200),
	mode: z.int().default(0),
	title: z.string().optional(),
	inputs: z.array(Slot).nullish(),
	outputs: z.array(Slot).nullish(),
	widgets_values: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).nullish(),
	/** The same by name, as newer editors write it besides. */
	widgets_values_named: z.record(z.string(), z.unknown()).nullish().catch(undefined),
	properties: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});
export type EditorNode = z.infer<typeof EditorNode>;
const EditorLink = z.union([
	z
		.tuple([z.int(), Id, z.int(), Id, z.int()], z.unknown())
		.transform(([id, from, slot, to, toSlot]) => ({ id, from, slot, to, toSlot })),
	z
		.object({ id: z.int(), origin_id: Id, origin_slot: z.int(), target_id: Id, target_slot: z.int() })
		.transform((link) => ({
			id: link.id,
			from: link.origin_id,
			slot: link.origin_slot,
			to: link.target_id,
			toSlot: link.target_slot,
		})),
]);
/** Editors have left empty places in the table. */
const Links = z
	.array(z.union([EditorLink, z.null()]))
	.max(10_000)
	.transform((links) => links.filter((link) => link !== null));
const Extra = z
	.object({
		/** Links that are drawn by no line, as a widely used extension keeps them. */
		ue_links: z.array(z.unknown()).optional().catch(undefined),
	})
	.nullish()
	.catch(undefined);
const content = { nodes: z.array(EditorNode).max(1000), links: Links.nullish(), extra: Extra };
/** What stands behind a node that holds others. Its links lead from `-10`, what goes into it, and to `-20`, what comes out. */
export const Subgraph = z.object({
	...content,
	id: z.string().max(100),
	name: z.string().optional(),
	inputs: z.array(z.object({ name: z.string() })).nullish(),
	/** Those within it: older files keep them all in one place. */
	definitions: z.object({ subgraphs: z.array(z.unknown()).max(200).optional() }).nullish(),
});
export type Subgraph = z.infer<typeof Subgraph>;
/** A workflow as ComfyUI's editor saves it: nodes with places, widget values in a row, links in a table. */
export const EditorGraph = z
	.object({
		...content,
		definitions: z.object({ subgraphs: z.array(z.unknown()).max(200).optional() }).nullish(),
	})
	.refine(({ nodes }) => nodes.length > 0, 'There are no nodes in it');
export type EditorGraph = z.infer<typeof EditorGraph>;

/** Whether this is what the editor saves, not what a server takes. */
export const isEditorGraph = (value: unknown): boolean =>
	typeof value === 'object' && value !== null && Array.isArray((value as { nodes?: unknown }).nodes);

/** Where the links of a subgraph begin and end. */
export const subgraphInput = '-10';
export const subgraphOutput = '-20';
