import { scriptOf } from '@reelroom/shared/project/document.ts';
import { type Paper, scriptApi } from '@reelroom/shared/script/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Documents } from '../live/documents-port.ts';
import type { BreakDowns } from './break-downs.ts';
import type { ImportScript } from './import-script.ts';

/** Answers the HTTP operations on scripts. */
export function scriptRoutes({
	documents,
	breakDowns,
	importScript,
	formatFdx,
	formatPdf,
	nameOf,
}: {
	documents: Documents;
	breakDowns: BreakDowns;
	importScript: ImportScript;
	formatFdx: (text: string) => Promise<Uint8Array>;
	formatPdf: (input: { text: string; title: string; paper: Paper }) => Promise<Uint8Array>;
	nameOf: (projectId: string) => Promise<string>;
}): Route[] {
	const textOf = (projectId: string): Promise<string> => documents.read(projectId, (doc) => scriptOf(doc).toString());
	const file = async (projectId: string, bytes: Uint8Array, mediaType: string, extension: string) => ({
		file: bytes,
		mediaType,
		downloadName: `${await nameOf(projectId)}.${extension}`,
		cache: 'none' as const,
	});
	return [
		on(scriptApi.export, async ({ params: { id } }, actor) => {
			await actor.must('document.read', id);
			return file(id, new TextEncoder().encode(await textOf(id)), 'text/plain; charset=utf-8', 'fountain');
		}),
		on(scriptApi.exportFdx, async ({ params: { id } }, actor) => {
			await actor.must('document.read', id);
			return file(id, await formatFdx(await textOf(id)), 'application/xml; charset=utf-8', 'fdx');
		}),
		on(scriptApi.exportPdf, async ({ params: { id }, query: { paper } }, actor) => {
			await actor.must('document.read', id);
			const pdf = await formatPdf({ text: await textOf(id), title: await nameOf(id), paper });
			return file(id, pdf, 'application/pdf', 'pdf');
		}),
		on(scriptApi.import, async ({ params, query, bytes }, actor) => {
			await actor.must('script.import', params.id);
			const file = { bytes, name: query.name ?? '' };
			return importScript.put(params.id, file, { replace: query.replace === 'true', by: actor.signedIn().id });
		}),
		on(scriptApi.proposeImport, async ({ params, query, bytes }, actor) => {
			await actor.must('script.import', params.id);
			return importScript.propose(params.id, { bytes, name: query.name ?? '' }, { by: actor.signedIn().id });
		}),
		on(scriptApi.acceptImport, async ({ params, query, bytes }, actor) => {
			await actor.must('script.import', params.id);
			const leave = new Set(query.leave === '' ? [] : query.leave.split(',').map(Number));
			const file = { bytes, name: query.name ?? '' };
			return importScript.accept(params.id, file, { base: query.base, leave, by: actor.signedIn().id });
		}),
		on(scriptApi.proposeBreakDown, async ({ params }, actor) => {
			await actor.must('document.read', params.id);
			return breakDowns.propose(params.id);
		}),
		on(scriptApi.acceptBreakDown, async ({ params, body }, actor) => {
			await actor.must('breakdown.accept', params.id);
			return breakDowns.accept(params.id, body.sceneIds, actor.signedIn().id, body.plans);
		}),
	];
}
