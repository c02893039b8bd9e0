import { scriptOf } from '@reelroom/shared/project/document.ts';
import { scriptApi } from '@reelroom/shared/script/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Documents } from '../live/documents-port.ts';
import type { BreakDowns } from './break-downs.ts';
import type { ImportScript } from './import-script.ts';

/** Answers the HTTP operations on scripts. */
export function scriptRoutes({
	documents,
	breakDowns,
	importScript,
}: {
	documents: Documents;
	breakDowns: BreakDowns;
	importScript: ImportScript;
}): Route[] {
	return [
		on(scriptApi.export, async ({ params }, actor) => {
			await actor.must('document.read', params.id);
			const text = await documents.read(params.id, (doc) => scriptOf(doc).toString());
			return {
				file: new TextEncoder().encode(text),
				mediaType: 'text/plain; charset=utf-8',
				downloadName: 'script.fountain',
				cache: 'none' as const,
			};
		}),
		on(scriptApi.import, async ({ params, query, bytes }, actor) => {
			await actor.must('script.import', params.id);
			return importScript(params.id, bytes, { replace: query.replace === 'true', by: actor.signedIn().id });
		}),
		on(scriptApi.proposeBreakDown, async ({ params }, actor) => {
			await actor.must('document.read', params.id);
			return breakDowns.propose(params.id);
		}),
		on(scriptApi.acceptBreakDown, async ({ params, body }, actor) => {
			await actor.must('breakdown.accept', params.id);
			return breakDowns.accept(params.id, body.sceneIds, actor.signedIn().id);
		}),
	];
}
