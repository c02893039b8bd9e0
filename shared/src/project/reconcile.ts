import type * as Y from 'yjs';
import { limits } from '../limits.ts';
import type { Heading } from '../script/scenes.ts';
import {
	addScene,
	dropRange,
	editScene,
	omitByText,
	readKept,
	sceneIdAt,
	scriptOf,
	type AnchoredShot,
	type KeptScene,
} from './document.ts';
import { dropDoubled } from './put-words.ts';
import { readHeadings } from './read-headings.ts';

/** Origin of the reconciler's transactions; its changes are nobody's to undo. */
export const reconcilerOrigin = 'reconciler';

/** By which a scene and a heading know each other: where they stand, their words, or both. */
type Sign = 'place' | 'words' | 'both';

/** What makes a scene the scene of a heading, the surest sign first. */
const rules: { by: Sign; fits: (scene: KeptScene) => boolean; moved?: true }[] = [
	{ by: 'both', fits: (scene) => scene.alive },
	{ by: 'place', fits: (scene) => scene.alive && !scene.omitted },
	{ by: 'place', fits: (scene) => scene.alive },
	{ by: 'both', fits: (scene) => !scene.omitted, moved: true },
	{ by: 'words', fits: (scene) => !scene.omitted, moved: true },
	{ by: 'place', fits: (scene) => !scene.omitted && !scene.alive },
	{ by: 'words', fits: () => true, moved: true },
];

const signOf = (by: Sign, place: number, words: string): string =>
	({ place: `${place}`, words, both: `${place} ${words}` })[by];

/**
 * Brings scenes and shots in step with the text: every heading gets exactly one scene, what lost its text is omitted and kept,
 * what got its text back returns. Doing it twice changes nothing, and what it does follows from the document alone: servers that do it at
 * the same time do the same. Answers whether it changed anything.
 */
export function reconcileScenes(doc: Y.Doc, newId: () => string): boolean {
	let changed = false;
	doc.on('update', noteChange);
	function noteChange() {
		changed = true;
	}
	doc.transact(() => dropDoubled(doc), reconcilerOrigin);
	const headings = readHeadings(doc)
		.slice(0, limits.scenesPerScript)
		.map((one): Heading => ({ ...one, heading: one.heading.slice(0, 1000) }));
	const { scenes: kept, shots } = readKept(doc);
	const { sceneAt, moved } = match(headings, kept);
	doc.transact(() => {
		const present = new Set<string>();
		for (const heading of headings) {
			const scene = sceneAt.get(heading);
			if (scene === undefined) {
				const id = sceneIdAt(doc, heading.start, newId);
				addScene(doc, { id, heading: heading.heading, omitted: false }, heading.start);
				continue;
			}
			present.add(scene.id);
			const anchored = scene.alive && scene.index === heading.start;
			editScene(
				doc,
				scene.id,
				{ heading: heading.heading, omitted: false },
				anchored || isEmptyAnchor(doc, heading) ? undefined : heading.start,
			);
		}
		for (const scene of kept) if (!present.has(scene.id)) editScene(doc, scene.id, { omitted: true });
		reconcileShots(doc, shots, present, moved);
	}, reconcilerOrigin);
	doc.off('update', noteChange);
	return changed;
}

/** An anchor behind the last letter holds on to nothing; renewing it every time would never come to rest. */
const isEmptyAnchor = (doc: Y.Doc, heading: Heading): boolean => heading.start >= scriptOf(doc).length;

function match(headings: Heading[], kept: KeptScene[]) {
	const sceneAt = new Map<Heading, KeptScene>();
	const moved = new Set<string>();
	const placeOf = new Map(kept.map((scene) => [scene, headingAround(headings, scene.index)?.start]));
	const taken = new Set<KeptScene>();
	for (const { by, fits, moved: isMoved } of rules) {
		if (sceneAt.size === headings.length) break;
		// Grouped by their sign, so that many scenes alike cost no more than many different ones.
		const waiting = new Map<string, KeptScene[]>();
		for (const scene of kept) {
			const place = placeOf.get(scene);
			if (taken.has(scene) || !fits(scene) || (place === undefined && by !== 'words')) continue;
			const sign = signOf(by, place ?? 0, scene.heading);
			const group = waiting.get(sign);
			if (group === undefined) waiting.set(sign, [scene]);
			else group.push(scene);
		}
		// The first of a group is at its end, where taking it costs nothing.
		for (const group of waiting.values()) group.reverse();
		for (const heading of headings) {
			const scene = sceneAt.has(heading) ? undefined : waiting.get(signOf(by, heading.start, heading.heading))?.pop();
			if (scene === undefined) continue;
			sceneAt.set(heading, scene);
			taken.add(scene);
			if (isMoved) moved.add(scene.id);
		}
	}
	return { sceneAt, moved };
}

/** The heading whose letters a place lies in or right behind; headings stand in the order of the text. */
function headingAround(headings: readonly Heading[], index: number | null): Heading | undefined {
	if (index === null) return undefined;
	let [low, high] = [0, headings.length - 1];
	while (low <= high) {
		const middle = (low + high) >> 1;
		const heading = headings[middle];
		if (heading === undefined || index < heading.start) high = middle - 1;
		else if (index > heading.end) low = middle + 1;
		else return heading;
	}
	return undefined;
}

function reconcileShots(
	doc: Y.Doc,
	shots: readonly AnchoredShot[],
	present: ReadonlySet<string>,
	moved: ReadonlySet<string>,
): void {
	for (const shot of shots) {
		// A scene that is gone keeps its shots as they are; they come back with it.
		if (!present.has(shot.sceneId)) continue;
		if (shot.end > shot.start) {
			if (shot.omittedBy === 'text') omitByText(doc, shot.id, false);
		} else if (shot.omitted) {
			// Already off the board, by the text or by somebody.
		} else if (shot.omittedBy === 'text' || moved.has(shot.sceneId)) {
			// Somebody restored it without its text, or its text was cut and pasted as new letters: it stays on its own.
			dropRange(doc, shot.id);
		} else omitByText(doc, shot.id, true);
	}
}
