import type * as Y from 'yjs';
import { parseFountain } from '../script/fountain.ts';
import { scenesOf } from '../script/scenes.ts';
import { anchorScene, anchorShot, readAnchoredShots, readBoard, scriptOf, type Edit } from './document.ts';
import { lettersOf, putWords } from './put-words.ts';

/**
 * Moves a scene behind another one (null = first): its text goes there, and it and its shots are anchored to the moved letters, all in one
 * transaction, so that an undo takes all of it back. The items stay, so no move doubles or loses a shot; moved by two at once the scene stays
 * once (`dropDoubled`), and what others type in it meanwhile goes along (`followMoves`). False when there is nothing to move.
 */
export function moveScene(doc: Y.Doc, edit: Pick<Edit, 'origin'>, sceneId: string, after: string | null): boolean {
	const script = scriptOf(doc);
	const text = script.toString();
	const { scenes } = readBoard(doc);
	const parts = scenesOf(parseFountain(text));
	const partOf = (id: string) => {
		const scene = scenes.find((one) => one.id === id);
		return parts.find(({ headingStart, heading }) => headingStart === scene?.start && heading !== '');
	};
	const moved = partOf(sceneId);
	const target = after === null ? undefined : partOf(after);
	if (moved === undefined || (after !== null && target === undefined) || after === sceneId) return false;
	const first = parts.find(({ heading }) => heading !== '');
	const to = target === undefined ? (first?.start ?? 0) : target.end;
	const { start, end } = moved;
	if (to >= start && to <= end) return false;
	const shots = readAnchoredShots(doc).filter((shot) => shot.start >= start && shot.end <= end);

	doc.transact(() => {
		// A heading begins only behind an empty line.
		const lead = to === 0 || text.slice(0, to).endsWith('\n\n') ? '' : text.slice(0, to).endsWith('\n') ? '\n' : '\n\n';
		const own = text.slice(start, end);
		const trail = own.endsWith('\n\n') ? '' : own.endsWith('\n') ? '\n' : '\n\n';
		putWords(doc, sceneId, { at: to, lead, words: own, trail, copied: lettersOf(doc, start, end) });
		script.delete(to <= start ? start + lead.length + own.length + trail.length : start, own.length);
		const at = (to <= start ? to : to - own.length) + lead.length;
		anchorScene(doc, sceneId, at + moved.headingStart - start);
		for (const shot of shots) anchorShot(doc, shot.id, { start: at + shot.start - start, end: at + shot.end - start });
	}, edit.origin);
	return true;
}
