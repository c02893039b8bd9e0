import * as z from 'zod';
import { ShotContent } from '../board/shot.ts';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { ScriptFileKind } from './script-file-kinds.ts';
import { ShotPlan } from './shot-plan.ts';

const ById = z.strictObject({ id: Id });

/** One scene of a proposal, with the shots it would get. */
export const ProposedSceneView = z.strictObject({
	sceneId: Id,
	heading: z.string(),
	/** True when the scene has shots already: it is left alone. */
	kept: z.boolean(),
	shots: z.array(ShotContent),
});
export type ProposedSceneView = z.infer<typeof ProposedSceneView>;

/** The name of an uploaded file; its ending tells Markdown from plain text, and nothing else. */
const FileName = z.string().max(255);

const Leave = z
	.string()
	.max(12_000)
	.regex(/^(?:\d{1,4}(?:,\d{1,4})*)?$/)
	.default('');

/** What an import would do to one scene. */
export const ProposedChange = z.strictObject({
	kind: z.enum(['same', 'changed', 'new', 'omitted']),
	moved: z.boolean(),
	/** True for what stands before the first heading, such as the title page. */
	front: z.boolean(),
	heading: z.string(),
	/** The heading as it is now, where the file has another one. */
	headingBefore: z.string().nullable(),
	/** Number of the scene on the board. */
	number: z.int().nullable(),
	/** Shots of the scene; they stay with it, or are omitted with it. */
	shots: z.int(),
	/** Heading of the scene a new one was cut off, or into which an omitted one went. */
	kin: z.string().nullable(),
	/** The text now and in the file; null where nothing differs. */
	before: z.string().nullable(),
	after: z.string().nullable(),
});
export type ProposedChange = z.infer<typeof ProposedChange>;

const ReadAs = { kind: ScriptFileKind, encoding: z.string().nullable() };
/** What a file would change in a script; nothing is changed yet. */
export const ImportProposal = z.strictObject({
	status: z.literal('proposed'),
	...ReadAs,
	/** Names the text for which this was proposed. */
	base: z.string(),
	changes: z.array(ProposedChange),
});
export type ImportProposal = z.infer<typeof ImportProposal>;
export const ImportReply = z.discriminatedUnion('status', [
	z.strictObject({ status: z.literal('imported'), ...ReadAs, characters: z.int(), scenes: z.int() }),
	ImportProposal,
]);
export type ImportReply = z.infer<typeof ImportReply>;

/** Sizes of paper that pages are set for. */
export const Paper = z.enum(['a4', 'letter']);
export type Paper = z.infer<typeof Paper>;

export const scriptApi = {
	export: endpoint({
		method: 'get',
		path: '/projects/:id/script.fountain',
		summary: 'The script as Fountain text.',
		allow: 'document.read',
		params: ById,
		file: ['text/plain; charset=utf-8'],
	}),
	exportFdx: endpoint({
		method: 'get',
		path: '/projects/:id/script.fdx',
		summary: 'The script as a Final Draft file, with every element.',
		allow: 'document.read',
		params: ById,
		file: ['application/xml; charset=utf-8'],
	}),
	exportPdf: endpoint({
		method: 'get',
		path: '/projects/:id/script.pdf',
		summary: 'The script as the pages of a screenplay; the Fountain text goes along as an attachment.',
		allow: 'document.read',
		params: ById,
		query: z.strictObject({ paper: Paper.default('a4') }),
		file: ['application/pdf'],
	}),
	import: endpoint({
		method: 'put',
		path: '/projects/:id/script',
		summary:
			'Reads a script file: Fountain, Final Draft (FDX), plain text, Markdown, Word (DOCX) or a PDF exported here, in any common encoding. A project that has a script needs `replace=true`: a version of it is kept first, and scenes that are in both keep their shots.',
		allow: 'script.import',
		params: ById,
		query: z.strictObject({ replace: z.enum(['true', 'false']).default('false'), name: FileName.optional() }),
		bytesLimit: limits.scriptFileBytes,
		reply: z.strictObject({ characters: z.int(), scenes: z.int() }),
	}),
	proposeImport: endpoint({
		method: 'post',
		path: '/projects/:id/script/import',
		summary:
			'Reads a script file as `PUT …/script` does: into an empty script at once, else it answers what would change, scene by scene, and changes nothing.',
		allow: 'script.import',
		params: ById,
		query: z.strictObject({ name: FileName.optional() }),
		bytesLimit: limits.scriptFileBytes,
		reply: ImportReply,
	}),
	acceptImport: endpoint({
		method: 'post',
		path: '/projects/:id/script/import/accept',
		summary:
			'Carries out what was proposed for the same file and the text `base`; a version is kept first. `leave` names changes by their place in the proposal that are left out.',
		allow: 'script.import',
		params: ById,
		query: z.strictObject({ name: FileName.optional(), base: z.string().max(64).default(''), leave: Leave }),
		bytesLimit: limits.scriptFileBytes,
		reply: z.strictObject({
			characters: z.int(),
			scenes: z.int(),
			/** The client id of the live document under which it was done. */
			clientId: z.number(),
		}),
	}),
	proposeBreakDown: endpoint({
		method: 'get',
		path: '/projects/:id/break-down',
		summary: 'Proposes scenes and shots for the script as it stands.',
		allow: 'document.read',
		params: ById,
		reply: z.strictObject({ scenes: z.array(ProposedSceneView) }),
	}),
	acceptBreakDown: endpoint({
		method: 'post',
		path: '/projects/:id/break-down/accept',
		summary:
			'Puts the proposed shots of the given scenes (default: all) on the board, as planned where there are plans; scenes that have shots are left alone.',
		allow: 'breakdown.accept',
		params: ById,
		body: z.strictObject({
			sceneIds: z.array(Id).max(1000).optional(),
			plans: z
				.array(z.strictObject({ sceneId: Id, plan: ShotPlan }))
				.max(1000)
				.optional(),
		}),
		reply: z.strictObject({ scenes: z.int(), shots: z.int() }),
	}),
};
