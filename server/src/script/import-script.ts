import { limits } from '@reelroom/shared/limits.ts';
import { readBoard, replaceScript, scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { decodeScript } from '@reelroom/shared/script/decode.ts';
import { parseFountain } from '@reelroom/shared/script/fountain.ts';
import { scenesOf } from '@reelroom/shared/script/scenes.ts';
import type { Documents } from '../live/documents-port.ts';

export type ImportScript = (
	projectId: string,
	bytes: Uint8Array,
	options: { replace: boolean; by: string },
) => Promise<{ characters: number; scenes: number }>;

/** Creates the use case that reads a script file into a project; a file that is no script changes nothing. */
export function createImportScript({ documents, newId }: { documents: Documents; newId: () => string }): ImportScript {
	return async (projectId, bytes, { replace, by }) => {
		const text = decodeScript(bytes);
		// An upload that was cut off must not wipe what is there.
		if (text.trim() === '') throw new Problem('not-a-script', 'The file is empty');
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
