import * as Y from 'yjs';
import * as z from 'zod';
import { anchorIndex, boardTypesOf, putKey, scriptOf } from './document.ts';

/** Letters that follow each other: their writer, the first one's count, and how many. */
const Run = z.tuple([z.int().min(0), z.int().min(0), z.int().min(1)]);
/** Letters of the script that follow each other in their writer's count. */
export type Run = z.infer<typeof Run>;
/**
 * Words that were put for a scene as new letters: a heading that came back, or the copy that a move makes. It is kept beside the scene, so that
 * what others did at the same moment can be brought together with it.
 */
const Put = z.strictObject({
	put: Run,
	/** So many letters are put before those that are a copy. */
	lead: z.int().min(0),
	/** Of which letters they are the copy. */
	copied: z.array(Run).max(100_000),
});
export type Put = z.infer<typeof Put>;

const scenesOfDoc = (doc: Y.Doc): [string, Y.Map<unknown>][] =>
	[...(boardTypesOf(doc)[0] ?? [])].flatMap(([id, item]: [string, unknown]) =>
		item instanceof Y.Map ? [[id, item]] : [],
	);

/** The letters of a range of the script. */
export function lettersOf(doc: Y.Doc, start: number, end: number): Run[] {
	const runs: Run[] = [];
	let index = 0;
	for (let item = scriptOf(doc)._start; item !== null && index < end; item = item.right) {
		if (item.deleted || !item.countable) continue;
		const [from, to] = [Math.max(0, start - index), Math.min(item.length, end - index)];
		index += item.length;
		if (from >= to) continue;
		const { client, clock } = item.id;
		const last = runs.at(-1);
		if (last?.[0] === client && last[1] + last[2] === clock + from) last[2] += to - from;
		else runs.push([client, clock + from, to - from]);
	}
	return runs;
}

/** Inserts words for a scene and notes which letters they are; what was noted before is over. Part of a transaction. */
export function putWords(
	doc: Y.Doc,
	sceneId: string,
	{ at, lead, words, trail, copied = [] }: { at: number; lead: string; words: string; trail: string; copied?: Run[] },
): void {
	const { clientID } = doc;
	const clock = Y.getState(doc.store, clientID);
	const all = lead + words + trail;
	scriptOf(doc).insert(at, all);
	const item = boardTypesOf(doc)[0]?.get(sceneId);
	for (const key of [...(item?.keys() ?? [])]) if (key.startsWith(putKey)) item?.delete(key);
	const put: Put = { put: [clientID, clock, all.length], lead: lead.length, copied };
	item?.set(`${putKey}${clientID}-${clock}`, put);
}

/** What a transaction says to have been put. */
export function putsIn(doc: Y.Doc, { changed }: Y.Transaction): Put[] {
	return scenesOfDoc(doc).flatMap(([, item]) =>
		[...(changed.get(item as never) ?? [])].flatMap((key) => {
			const put = key?.startsWith(putKey) ? Put.safeParse(item.get(key)) : null;
			return put?.success ? [put.data] : [];
		}),
	);
}

/** Where a letter stands, and whether it still does; null for one that this document never had. */
export function placeOfLetter(doc: Y.Doc, client: number, clock: number): { index: number; alive: boolean } | null {
	if (Y.getState(doc.store, client) <= clock) return null;
	const id = Y.createID(client, clock);
	const place = Y.createAbsolutePositionFromRelativePosition(new Y.RelativePosition(null, null, id), doc, false);
	if (place === null || place.type !== scriptOf(doc)) return null;
	const item = Y.getItem(doc.store, id) as Y.Item | Y.GC;
	return { index: place.index, alive: item instanceof Y.Item && !item.deleted };
}

/**
 * Words that two people put for one scene at the same time — both moved it, both brought it back — stay once: those that the scene is anchored to.
 * Only letters that were put go, nothing that was typed among them. It follows from the document alone and doing it twice changes nothing, so
 * servers may do it at the same time. Only the reconciler calls it.
 */
export function dropDoubled(doc: Y.Doc): void {
	for (const [, item] of scenesOfDoc(doc)) {
		const puts = [...item.entries()].flatMap(([key, value]) => {
			const read = key.startsWith(putKey) ? Put.safeParse(value) : null;
			return read?.success ? [{ key, ...read.data }] : [];
		});
		if (puts.length < 2) continue;
		const anchor = anchorIndex(doc, item.get('anchor'));
		const kept = puts.find((put) => isAround(doc, put, anchor)) ?? puts.toSorted((a, b) => (a.key < b.key ? -1 : 1))[0];
		for (const { key, put } of puts) {
			if (key === kept?.key) continue;
			dropLetters(doc, put);
			item.delete(key);
		}
	}
}

/** Whether a place lies among words that were put and stand. */
function isAround(doc: Y.Doc, { put: [client, clock, length], lead }: Put, index: number | null): boolean {
	const [first, last] = [placeOfLetter(doc, client, clock + lead), placeOfLetter(doc, client, clock + length - 1)];
	if (index === null || first === null || last === null) return false;
	return last.index > first.index && index >= first.index && index <= last.index;
}

function dropLetters(doc: Y.Doc, [client, clock, length]: Run): void {
	const script = scriptOf(doc);
	// A broken or hostile program may name letters that there are not.
	if (Y.getState(doc.store, client) < clock + length) return;
	// Piece by piece as they stand, from the end on: others may have written among them.
	for (let end = clock + length; end > clock;) {
		const item = Y.getItem(doc.store, Y.createID(client, end - 1)) as Y.Item | Y.GC;
		const start = Math.max(clock, item.id.clock);
		const place = item.deleted ? null : placeOfLetter(doc, client, start);
		if (place !== null) script.delete(place.index, end - start);
		end = start;
	}
}
