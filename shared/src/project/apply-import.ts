import type * as Y from 'yjs';
import { parseFountain } from '../script/fountain.ts';
import type { ImportPlan, PlacedPart } from '../script/import-plan.ts';
import { scriptPartsOf } from '../script/match-scripts.ts';
import { placeMapper } from '../script/text-edits.ts';
import {
	anchorShot,
	editScene,
	editScript,
	moveShot,
	readAnchoredShots,
	readBoard,
	readKeptScenes,
	type AnchoredShot,
	type Edit,
} from './document.ts';
import { reconcileScenes } from './reconcile.ts';

/** A shot's words are looked for elsewhere only when they are many enough to be known again. */
const leastWords = 12;

/** Where the words of a shot stand after the import; null when they are gone. */
function rangeAfter(
	shot: AnchoredShot,
	part: { start: number; text: string },
	placed: PlacedPart | undefined,
	{ text }: ImportPlan,
): { start: number; end: number } | null {
	if (placed !== undefined) {
		const from = shot.start - part.start;
		const start = placed.start + placeMapper(placed.edits, true)(from);
		const end = placed.start + placeMapper(placed.edits)(Math.min(part.text.length, shot.end - part.start));
		if (end > start) return { start, end };
	}
	const words = part.text.slice(Math.max(0, shot.start - part.start), shot.end - part.start).trim();
	if (words.length < leastWords) return null;
	const at = text.indexOf(words);
	return at < 0 || text.indexOf(words, at + 1) >= 0 ? null : { start: at, end: at + words.length };
}

/**
 * Carries an import out on the document whose text it was worked out for, as one transaction. Scenes that are in both texts keep their id, wherever
 * they went, and their shots and takes with them; a shot whose words went to another scene goes there; what has no words any more is omitted, never deleted.
 */
export function applyImport(doc: Y.Doc, { newId, origin }: Edit, beforeText: string, plan: ImportPlan): void {
	const before = scriptPartsOf(beforeText);
	const placedOf = new Map(plan.parts.map((part) => [part.before, part]));
	const sceneAt = new Map(readBoard(doc).scenes.map((scene) => [scene.start, scene.id]));
	const placeOf = new Map(before.map((part, place) => [sceneAt.get(part.start), place]));
	const shots = readAnchoredShots(doc).filter((shot) => !shot.omitted);
	doc.transact(() => {
		editScript(doc, origin, plan.edits);
		const headings = new Map(
			parseFountain(plan.text).elements.flatMap(({ type, text, start }) =>
				type === 'scene-heading' ? [[start, text] as const] : [],
			),
		);
		const anchors = new Map(readKeptScenes(doc).map((scene) => [scene.id, scene]));
		const covered = new Map(readAnchoredShots(doc).map((shot) => [shot.id, shot]));
		for (const [place, part] of before.entries()) {
			const sceneId = sceneAt.get(part.start);
			const placed = placedOf.get(place);
			const heading = placed === undefined ? undefined : headings.get(placed.start);
			if (sceneId === undefined || placed === undefined || heading === undefined) continue;
			const { alive = false, index = null } = anchors.get(sceneId) ?? {};
			// What is anchored right already stays as it is, for everybody who reads it.
			const anchor = alive && index === placed.start ? undefined : placed.start;
			editScene(doc, sceneId, { heading: heading.slice(0, 1000), omitted: false }, anchor);
		}
		const ranges = new Map<string, { start: number; end: number }>();
		for (const shot of shots) {
			const place = placeOf.get(shot.sceneId);
			const part = place === undefined ? undefined : before[place];
			if (part === undefined) continue;
			const range = rangeAfter(shot, part, placedOf.get(place ?? null), plan);
			if (range === null) continue;
			ranges.set(shot.id, range);
			const now = covered.get(shot.id);
			if (now?.start !== range.start || now.end !== range.end) anchorShot(doc, shot.id, range);
		}
		reconcileScenes(doc, newId);
		followWords(doc, origin, shots, ranges);
	}, origin);
}

/** Brings shots to the scenes in which their words stand now, in the order of the words. */
function followWords(
	doc: Y.Doc,
	origin: unknown,
	shots: readonly AnchoredShot[],
	ranges: ReadonlyMap<string, { start: number }>,
): void {
	const { scenes } = readBoard(doc);
	for (const shot of shots.toSorted((a, b) => (ranges.get(a.id)?.start ?? 0) - (ranges.get(b.id)?.start ?? 0))) {
		const start = ranges.get(shot.id)?.start;
		const scene = start === undefined ? undefined : scenes.findLast((one) => one.start <= start);
		if (start === undefined || scene === undefined || scene.id === shot.sceneId) continue;
		const above = readBoard(doc)
			.scenes.find(({ id }) => id === scene.id)
			?.shots.findLast((one) => one.start !== null && one.start <= start);
		moveShot(doc, { origin }, shot.id, { sceneId: scene.id, after: above?.id ?? null });
	}
}
