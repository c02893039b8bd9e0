import * as Y from 'yjs';
import { readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { textEdits } from '@reelroom/shared/script/text-edits.ts';
import { openFrozen } from '@reelroom/shared/version/authors.ts';
import { copySceneBack, restoreVersion } from '@reelroom/shared/version/restore.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import type { versionApi } from '@reelroom/shared/version/api.ts';

export type RestoreWish = InputOf<typeof versionApi.restore>['body'];

/** Whether a document has a scene on its board. */
export const hasScene = (doc: Y.Doc, sceneId: string): boolean =>
	readBoard(doc).scenes.some(({ id }) => id === sceneId);

/**
 * What a restore leads to and what it starts from; the difference of the two is what is carried over onto the document as it is by then. `target`
 * is the version asked for, `before` the document as it was a moment ago, `undone` the version whose restoring on `target` is taken back.
 */
export function restorePair(given: {
	origin: string;
	target: Y.Doc;
	before: Y.Doc;
	undone: Y.Doc | null;
	wish: RestoreWish;
}): [wanted: Y.Doc, since: Y.Doc] {
	const { origin, target, before, undone, wish } = given;
	const after = (start: Y.Doc, version: Y.Doc, sceneId: string | undefined): Y.Doc => {
		const doc = openFrozen(Y.encodeStateAsUpdate(start));
		if (sceneId === undefined) restoreVersion(doc, { origin, target: version });
		else if (!copySceneBack(doc, { origin, target: version, sceneId }))
			throw new Problem('not-found', 'The version has no such scene');
		return doc;
	};
	if (undone !== null) return [target, after(target, undone, wish.undoes?.sceneId)];
	return wish.sceneId === undefined ? [target, before] : [after(before, target, wish.sceneId), before];
}

/**
 * Whether a script has become so much of something else since a restore that taking the restore back would mix the words of several versions, or bring words that
 * are there again a second time. `since` is what the restore led to, `wanted` what was there before it.
 */
export function isElsewhere({ now, since, wanted }: { now: Y.Doc; since: Y.Doc; wanted: Y.Doc }): boolean {
	const [nowText, sinceText, wantedText] = [now, since, wanted].map((doc) => scriptOf(doc).toString());
	const apart = (text = ''): number =>
		textEdits(sinceText ?? '', text).reduce((sum, { remove, insert }) => sum + remove.length + insert.length, 0);
	return apart(nowText) * 2 > apart(wantedText);
}
