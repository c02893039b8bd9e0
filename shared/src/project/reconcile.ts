import type * as Y from 'yjs';
import { parseFountain } from '../script/fountain.ts';
import { scenesOf } from '../script/scenes.ts';
import { addScene, dropRange, editScene, omitByText, readAnchoredShots, readKeptScenes, scriptOf, type KeptScene } from './document.ts';

/** Origin of the reconciler's transactions; its changes are nobody's to undo. */
export const reconcilerOrigin = 'reconciler';

type Heading = { heading: string; start: number; end: number };
type Rule = (heading: Heading, scene: KeptScene) => boolean;

const within: Rule = (heading, scene) => scene.index !== null && scene.index >= heading.start && scene.index <= heading.end;
const sameWords: Rule = (heading, scene) => scene.heading === heading.heading;

/** What makes a scene the scene of a heading, the surest sign first. */
const rules: { when: Rule; moved?: true }[] = [
	{ when: (heading, scene) => scene.alive && within(heading, scene) && sameWords(heading, scene) },
	{ when: (heading, scene) => scene.alive && within(heading, scene) && !scene.omitted },
	{ when: (heading, scene) => scene.alive && within(heading, scene) },
	{ when: (heading, scene) => !scene.omitted && within(heading, scene) && sameWords(heading, scene), moved: true },
	{ when: (heading, scene) => !scene.omitted && sameWords(heading, scene), moved: true },
	{ when: (heading, scene) => !scene.omitted && !scene.alive && within(heading, scene) },
	{ when: sameWords, moved: true },
];

/**
 * Brings scenes and shots in step with the text: every heading gets exactly one scene, what lost its text is omitted and kept,
 * what got its text back returns. Doing it twice changes nothing. Answers whether it changed anything.
 */
export function reconcileScenes(doc: Y.Doc, newId: () => string): boolean {
	const headings = scenesOf(parseFountain(scriptOf(doc).toString())).map((scene): Heading => ({
		heading: scene.heading.slice(0, 1000),
		start: scene.headingStart,
		end: scene.headingEnd,
	}));
	const kept = readKeptScenes(doc);
	const { sceneAt, moved } = match(headings, kept);
	let changed = false;
	doc.on('update', noteChange);
	function noteChange() {
		changed = true;
	}
	doc.transact(() => {
		const present = new Set<string>();
		for (const heading of headings) {
			const scene = sceneAt.get(heading);
			if (scene === undefined) {
				const id = newId();
				addScene(doc, { id, heading: heading.heading, omitted: false }, heading.start);
				continue;
			}
			present.add(scene.id);
			const anchored = scene.alive && scene.index === heading.start;
			editScene(doc, scene.id, { heading: heading.heading, omitted: false }, anchored || isEmptyAnchor(doc, heading) ? undefined : heading.start);
		}
		for (const scene of kept) if (!present.has(scene.id)) editScene(doc, scene.id, { omitted: true });
		reconcileShots(doc, present, moved);
	}, reconcilerOrigin);
	doc.off('update', noteChange);
	return changed;
}

/** An anchor behind the last letter holds on to nothing; renewing it every time would never come to rest. */
const isEmptyAnchor = (doc: Y.Doc, heading: Heading): boolean => heading.start >= scriptOf(doc).length;

function match(headings: Heading[], kept: KeptScene[]) {
	const sceneAt = new Map<Heading, KeptScene>();
	const moved = new Set<string>();
	const free = new Set(kept);
	for (const rule of rules) {
		if (free.size === 0) break;
		for (const heading of headings) {
			if (sceneAt.has(heading)) continue;
			for (const scene of free) {
				if (!rule.when(heading, scene)) continue;
				sceneAt.set(heading, scene);
				free.delete(scene);
				if (rule.moved) moved.add(scene.id);
				break;
			}
		}
	}
	return { sceneAt, moved };
}

function reconcileShots(doc: Y.Doc, present: ReadonlySet<string>, moved: ReadonlySet<string>): void {
	for (const shot of readAnchoredShots(doc)) {
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
