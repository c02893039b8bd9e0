import type * as Y from 'yjs';
import {
	editScript,
	putBackScene,
	putBackShot,
	readBoard,
	retireScene,
	scriptOf,
	type Board,
	type ShotOnBoard,
} from '../project/document.ts';
import { putBackBible } from '../project/bible.ts';
import { placeMapper, textEdits, type TextEdit } from '../script/text-edits.ts';

/** A frozen document to bring back, and who does it. */
export type Restore = {
	origin: unknown;
	target: Y.Doc;
	/** Taking a restore back: the state it brought. What was changed since then stays; without it everything becomes as in the target. */
	since?: Y.Doc | undefined;
};

/**
 * Makes a document what it was, as one new edit: the text by its least difference, scenes and shots under their own ids with their places in
 * it, their fields and their order, and the bible. Scenes, shots and things of the bible that came since are taken out and kept, omitted.
 */
export function restoreVersion(doc: Y.Doc, { origin, target, since = doc }: Restore): void {
	const before = readBoard(doc);
	const base = since === doc ? before : readBoard(since);
	const [baseText, nowText, targetText] = [since, doc, target].map((each) => scriptOf(each).toString());
	doc.transact(() => {
		editScript(doc, origin, carryEdits(textEdits(baseText ?? '', targetText ?? ''), baseText ?? '', nowText ?? ''));
		const place = placeMapper(textEdits(targetText ?? '', scriptOf(doc).toString()));
		restoreBoard(doc, { target: readBoard(target), base, before, place });
		putBackBible(doc, { target, since });
	}, origin);
}

/**
 * Brings one scene back as it was, text and shots: in its place when it is still there, else behind the scene it stood behind. Shots that came
 * to it since leave the board and are kept. Answers false when the version has no such scene.
 */
export function copySceneBack(
	doc: Y.Doc,
	{ origin, target, sceneId }: { origin: unknown; target: Y.Doc; sceneId: string },
): boolean {
	const from = readBoard(target);
	const at = from.scenes.findIndex(({ id }) => id === sceneId);
	const scene = from.scenes[at];
	if (scene === undefined) return false;
	const words = scriptOf(target)
		.toString()
		.slice(scene.start, from.scenes[at + 1]?.start)
		.trimEnd();
	const before = readBoard(doc);
	doc.transact(() => {
		const start = putSceneText(doc, { origin, words, sceneId, board: before, from });
		const place = (index: number): number => start + Math.min(index - scene.start, words.length);
		const own = (board: Board): Board => ({
			scenes: board.scenes.filter(({ id }) => id === sceneId),
			omittedScenes: [],
			omittedShots: [],
		});
		restoreBoard(doc, { target: own(from), base: own(before), before, place, always: true });
	}, origin);
	return true;
}

/** Puts the words of a scene where they belong and answers where they begin. */
function putSceneText(
	doc: Y.Doc,
	{
		origin,
		words,
		sceneId,
		board,
		from,
	}: { origin: unknown; words: string; sceneId: string; board: Board; from: Board },
): number {
	const text = scriptOf(doc).toString();
	const here = board.scenes.findIndex(({ id }) => id === sceneId);
	const present = board.scenes[here];
	if (present !== undefined) {
		const old = text.slice(present.start, board.scenes[here + 1]?.start).trimEnd();
		editScript(
			doc,
			origin,
			textEdits(old, words).map((edit) => ({ ...edit, at: edit.at + present.start })),
		);
		return present.start;
	}
	const index = sceneGap(board, from, sceneId) ?? text.length;
	const [head, tail] = [text.slice(0, index), text.slice(index)];
	const lead = head === '' || /\n[^\S\n]*\n$/.test(head) ? '' : head.endsWith('\n') ? '\n' : '\n\n';
	editScript(doc, origin, [{ at: index, remove: '', insert: `${lead}${words}${tail.trim() === '' ? '\n' : '\n\n'}` }]);
	return index + lead.length;
}

/** Where a scene that is gone goes in: behind the nearest scene it stood behind, or before the first that stood behind it. */
function sceneGap(board: Board, from: Board, sceneId: string): number | undefined {
	const places = new Map(board.scenes.map(({ id }, index) => [id, index]));
	const at = from.scenes.findIndex(({ id }) => id === sceneId);
	for (const { id } of from.scenes.slice(0, at).reverse()) {
		const index = places.get(id);
		if (index !== undefined) return board.scenes[index + 1]?.start;
	}
	const next = from.scenes.slice(at + 1).find(({ id }) => places.has(id));
	return next === undefined ? undefined : board.scenes[places.get(next.id) ?? 0]?.start;
}

/** Edits of one text, carried out on what it has become: only what still stands is taken away, and nothing that came since. */
export function carryEdits(edits: readonly TextEdit[], base: string, now: string): TextEdit[] {
	if (base === now) return [...edits];
	const since = textEdits(base, now);
	const place = placeMapper(since);
	const standing = standingPlaces(since, base.length);
	return edits.flatMap(({ at, remove, insert }) => {
		const parts: TextEdit[] = insert === '' ? [] : [{ at: place(at), remove: '', insert }];
		for (let index = at; index < at + remove.length; index++) {
			const stands = standing[index] ?? -1;
			if (stands < 0) continue;
			const last = parts.at(-1);
			if (last !== undefined && last.at + last.remove.length === stands) last.remove += base[index] ?? '';
			else parts.push({ at: stands, remove: base[index] ?? '', insert: '' });
		}
		return parts;
	});
}

/** Where each letter of the old text stands now; -1 where it is gone. */
function standingPlaces(edits: readonly TextEdit[], length: number): Int32Array {
	const places = new Int32Array(length);
	let [index, moved] = [0, 0];
	for (const { at, remove, insert } of edits) {
		while (index < at) places[index] = index++ + moved;
		for (; index < at + remove.length; index++) places[index] = -1;
		moved += insert.length - remove.length;
	}
	while (index < length) places[index] = index++ + moved;
	return places;
}

const shotsOf = (board: Board): Map<string, ShotOnBoard> =>
	new Map([...board.scenes.flatMap((scene) => scene.shots), ...board.omittedShots].map((shot) => [shot.id, shot]));
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Brings scenes and shots to the target. What differs from the base has been changed since, and stays unless `always` says otherwise. */
function restoreBoard(
	doc: Y.Doc,
	given: { target: Board; base: Board; before: Board; place: (index: number) => number; always?: boolean },
): void {
	const { target, base, before, place, always = false } = given;
	const [wanted, was, now] = [shotsOf(target), shotsOf(base), shotsOf(before)];
	const kept = new Set(target.scenes.map(({ id }) => id));
	for (const scene of target.scenes) putBackScene(doc, scene, place(scene.start));
	for (const scene of base.scenes) if (!kept.has(scene.id)) retireScene(doc, scene.id);
	for (const shot of wanted.values()) {
		const [present, old] = [now.get(shot.id), was.get(shot.id)];
		const isNews = always || present === undefined || old === undefined;
		const whole = { ...emptied(present), ...shot };
		const fields = isNews ? whole : unchangedSince(whole, present, old);
		putBackShot(
			doc,
			shot.id,
			fields,
			shot.start === null || shot.end === null ? null : { start: place(shot.start), end: place(shot.end) },
		);
	}
	for (const shot of was.values())
		if (!wanted.has(shot.id) && !shot.omitted && now.get(shot.id)?.omitted === false)
			putBackShot(doc, shot.id, { omitted: true });
}

/** What a shot may have and need not, as it is where nobody has said anything: brought back, it takes away what was said since. */
const emptied = (present: ShotOnBoard | undefined): Partial<ShotOnBoard> => ({
	...(present?.style === undefined ? {} : { style: null }),
	...(present?.promptOverride === undefined ? {} : { promptOverride: '' }),
	...(present?.negativePrompt === undefined ? {} : { negativePrompt: '' }),
});

/** Of the fields to bring back, those that nobody has changed since; scene and place in it go together. */
function unchangedSince(shot: ShotOnBoard, present: ShotOnBoard, old: ShotOnBoard): Partial<ShotOnBoard> {
	const isPlaced = present.sceneId === old.sceneId && present.order === old.order;
	const names = Object.keys(shot) as (keyof ShotOnBoard)[];
	return Object.fromEntries(
		names
			.filter((name) => (name === 'sceneId' || name === 'order' ? isPlaced : same(present[name], old[name])))
			.map((name) => [name, shot[name]]),
	);
}
