import type * as Y from 'yjs';
import { parseFountain } from '../script/fountain.ts';
import { scenesOf } from '../script/scenes.ts';
import {
	dropRange,
	putBackScene,
	readBoard,
	restoreShot,
	scriptOf,
	type Board,
	type Edit,
	type SceneOnBoard,
	type ShotOnBoard,
} from './document.ts';
import { putWords } from './put-words.ts';

/** What is off the board and can come back: shots by the scene they belong to, and scenes whose text was cut, with all their shots. */
export type OmittedOnBoard = {
	shots: Map<string, ShotOnBoard[]>;
	scenes: (SceneOnBoard & { omittedShots: ShotOnBoard[] })[];
};

/** Reads from a board what can come back. */
export function omittedOf(board: Board): OmittedOnBoard {
	const shots = Map.groupBy(board.omittedShots, ({ sceneId }) => sceneId);
	return {
		shots,
		scenes: board.omittedScenes
			// Words before any heading have none that could come back.
			.filter(({ heading }) => heading !== '')
			.map((scene) => ({ ...scene, omittedShots: shots.get(scene.id) ?? [] })),
	};
}

/**
 * Brings an omitted scene back where it stood: its heading as new words, with its shots, as one edit that one undo takes back. Words that stand there
 * stay. Two who do it at once make one scene: the reconciler lets one of the two headings go. False when there is nothing to bring back.
 */
export function restoreScene(doc: Y.Doc, edit: Pick<Edit, 'origin'>, sceneId: string): boolean {
	const scene = readBoard(doc).omittedScenes.find(({ id }) => id === sceneId);
	if (scene === undefined || scene.heading === '') return false;
	const text = scriptOf(doc).toString();
	const at = placeForHeading(text, scene.start);
	const [head, tail] = [text.slice(0, at), text.slice(at)];
	const lead = head === '' || head.endsWith('\n\n') ? '' : head.endsWith('\n') ? '\n' : '\n\n';
	const trail = tail === '' || /^\n(?!\n)/.test(tail) ? '\n' : tail.startsWith('\n\n') ? '' : '\n\n';
	doc.transact(() => {
		putWords(doc, sceneId, { at, lead, words: headingLine(scene.heading), trail });
		putBackScene(doc, scene, at + lead.length);
		// Their text is not there: from now on they stand on their own, or they would be omitted for it.
		for (const { id, start, end } of scene.shots)
			if (start !== null && end !== null && end <= start) dropRange(doc, id);
	}, edit.origin);
	return true;
}

/** Brings an omitted shot back to its old place; when its scene is off the board too, the scene with it. */
export function restoreShotInPlace(doc: Y.Doc, edit: Pick<Edit, 'origin'>, shotId: string): void {
	const shot = readBoard(doc).omittedShots.find(({ id }) => id === shotId);
	if (shot === undefined) return;
	doc.transact(() => {
		restoreShot(doc, edit, shotId);
		restoreScene(doc, edit, shot.sceneId);
	}, edit.origin);
}

/** The beginning of a line at or behind a place, and behind the title page. */
function placeForHeading(text: string, place: number): number {
	const title = parseFountain(text).elements.findLast(({ type }) => type === 'title-page');
	const index = Math.min(Math.max(place, title?.end ?? 0), text.length);
	if (index === 0 || text[index - 1] === '\n') return index;
	const end = text.indexOf('\n', index);
	return end < 0 ? text.length : end + 1;
}

/** The heading as a line; one that does not look like a heading is forced to be one. */
function headingLine(heading: string): string {
	const isOne = scenesOf(parseFountain(`\n${heading}\n\n`))[0]?.heading === heading;
	return isOne ? heading : `.${heading}`;
}
