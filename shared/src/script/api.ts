import * as z from 'zod';
import { ShotContent } from '../board/shot.ts';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';

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
			'Reads a script file: Fountain, Final Draft (FDX), plain text, Markdown, Word (DOCX) or a PDF exported here, in any common encoding. A project that has a script needs `replace=true`; shots keep the text that stays.',
		allow: 'script.import',
		params: ById,
		query: z.strictObject({ replace: z.enum(['true', 'false']).default('false'), name: FileName.optional() }),
		bytesLimit: limits.scriptFileBytes,
		reply: z.strictObject({ characters: z.int(), scenes: z.int() }),
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
			'Puts the proposed shots of the given scenes (default: all) on the board; scenes that have shots are left alone.',
		allow: 'breakdown.accept',
		params: ById,
		body: z.strictObject({ sceneIds: z.array(Id).max(1000).optional() }),
		reply: z.strictObject({ scenes: z.int(), shots: z.int() }),
	}),
};
