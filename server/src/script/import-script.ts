import { limits } from '@reelroom/shared/limits.ts';
import { readBoard, replaceScript, scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { parseFountain } from '@reelroom/shared/script/fountain.ts';
import { scenesOf } from '@reelroom/shared/script/scenes.ts';
import type { ScriptFile } from '@reelroom/shared/script/script-file.ts';
import type { Documents } from '../live/documents-port.ts';

export type ImportScript = (
	projectId: string,
	bytes: Uint8Array,
	options: { replace: boolean; by: string; name?: string | undefined },
) => Promise<{ characters: number; scenes: number }>;

/** Creates the use case that reads a script file into a project; a file that is no script changes nothing. */
export function createImportScript({
	documents,
	readFile,
	newId,
}: {
	documents: Documents;
	/** Makes Fountain of a file of any kind. */
	readFile: (bytes: Uint8Array, name: string) => Promise<ScriptFile>;
	newId: () => string;
}): ImportScript {
	return async (projectId, bytes, { replace, by, name = '' }) => {
		const { text } = await readFile(bytes, name);
		if (scenesOf(parseFountain(text)).length > limits.scenesPerScript)
			throw new Problem('too-large', `A script may have up to ${limits.scenesPerScript} scenes`);
		return documents.edit(projectId, by, (doc) => {
			if (!replace && scriptOf(doc).toString().trim() !== '') throw new Problem('script-not-empty');
			replaceScript(doc, by, text);
			// At once, so that whoever reads next finds the scenes of this text.
			reconcileScenes(doc, newId);
			return { characters: text.length, scenes: readBoard(doc).scenes.length };
		});
	};
}
