import * as Y from 'yjs';
import type * as z from 'zod';
import { compareOrder, orderBetween } from '../board/order.ts';
import { Scene } from '../board/scene.ts';
import { Shot, type ShotContent, type WhoOmitted } from '../board/shot.ts';
import { textEdits, type TextEdit } from '../script/text-edits.ts';
import { anchorAt, decodeAnchor, isAlive, placesOf, scriptOf, undoneAnchor } from './anchors.ts';

export { anchorAt, anchorIndex, scriptOf } from './anchors.ts';

const keys = { scenes: 'scenes', shots: 'shots' } as const;
type Item = Y.Map<unknown>;

/** The maps to observe for changes of the board; read them with `readBoard`. */
export const boardTypesOf = (doc: Y.Doc): Y.Map<Item>[] => [
	doc.getMap<Item>(keys.scenes),
	doc.getMap<Item>(keys.shots),
];
const scenesMap = (doc: Y.Doc) => doc.getMap<Item>(keys.scenes);
const shotsMap = (doc: Y.Doc) => doc.getMap<Item>(keys.shots);

/** What a scene's item holds beside the scene itself begins with this: which words were put for it. Only put-words.ts reads it. */
export const putKey = 'put/';

/** The items of a map; whatever else a broken program put there is passed over. */
const itemsOf = (map: Y.Map<Item>): Item[] => [...map.values()].filter((item: unknown) => item instanceof Y.Map);

/** Has scenes and shots hold on to the letters that an undo of this document has just brought back, as they held on to the deleted ones. */
export function followUndone(doc: Y.Doc, origin: unknown): void {
	doc.transact(() => {
		for (const item of boardTypesOf(doc).flatMap(itemsOf))
			for (const key of ['anchor', 'start', 'end']) {
				const anchor = undoneAnchor(doc, item.get(key));
				if (anchor !== null) item.set(key, anchor);
			}
	}, origin);
}

export type SceneOnBoard = Scene & { number: number; start: number; shots: ShotOnBoard[] };
export type ShotOnBoard = Shot & { label: string; start: number | null; end: number | null };
export type Board = { scenes: SceneOnBoard[]; omittedScenes: SceneOnBoard[]; omittedShots: ShotOnBoard[] };

/** A, B … Z, AA … for the n-th shot of a scene, counting from 0. */
const letters = (n: number): string =>
	(n < 26 ? '' : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26));

/** Of which writes an item was made when it was last read, and what that was found to be. */
type Read<T> = { writes: ReadonlyMap<string, Y.Item>; value: T | null };
type Kind<T> = { schema: z.ZodType<T>; isOwn: (key: string) => boolean; known: WeakMap<Item, Read<T>> };
const sceneKind: Kind<Scene> = {
	schema: Scene,
	isOwn: (key) => key !== 'anchor' && !key.startsWith(putKey),
	known: new WeakMap(),
};
const shotKind: Kind<Shot> = { schema: Shot, isOwn: (key) => key !== 'start' && key !== 'end', known: new WeakMap() };

/** Whether an item is made of the same writes as before; every write of a field is an object of its own, which tells sooner than reading all values. */
function isAsBefore(item: Item, isOwn: (key: string) => boolean, before: Read<unknown>['writes']): boolean {
	let same = 0;
	for (const [key, write] of item._map) {
		if (write.deleted || !isOwn(key)) continue;
		if (before.get(key) !== write) return false;
		same++;
	}
	return same === before.size;
}

/** What the items of a map are; one that somebody's older or broken program wrote is passed over, and one that is as it was is not judged again. */
function readItems<T>(map: Y.Map<Item>, { schema, isOwn, known }: Kind<T>): { item: Item; value: T }[] {
	return itemsOf(map).flatMap((item) => {
		let read = known.get(item);
		if (read === undefined || !isAsBefore(item, isOwn, read.writes)) {
			const writes = new Map([...item._map].filter(([key, write]) => !write.deleted && isOwn(key)));
			const parsed = schema.safeParse(Object.fromEntries([...item.entries()].filter(([key]) => isOwn(key))));
			known.set(item, (read = { writes, value: parsed.success ? parsed.data : null }));
		}
		return read.value === null ? [] : [{ item, value: read.value }];
	});
}
const readShots = (doc: Y.Doc) => readItems(shotsMap(doc), shotKind).sort((a, b) => compareOrder(a.value, b.value));

/** Scenes and shots with where they stand. */
function readPlaced(doc: Y.Doc) {
	const sceneItems = readItems(scenesMap(doc), sceneKind);
	const shotItems = readShots(doc);
	const places = placesOf(doc, [
		...sceneItems.map(({ item }) => item.get('anchor')),
		...shotItems.flatMap(({ item }) => [item.get('start'), item.get('end')]),
	]);
	let next = 0;
	const place = (): number | null => places[next++] ?? null;
	const scenes = sceneItems.map(({ item, value }) => ({ item, scene: value, start: place() }));
	const shots = shotItems.map(({ value }) => ({ ...value, start: place(), end: place() }));
	return { scenes, shots };
}

/** The board as it stands: scenes in the order of the text, shots by their sort key, numbers and labels given by place. */
export function readBoard(doc: Y.Doc): Board {
	const { scenes: placed, shots } = readPlaced(doc);
	const scenes = placed.map(({ scene, start }) => ({ ...scene, start: start ?? Number.MAX_SAFE_INTEGER }));
	scenes.sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
	const onBoard = Map.groupBy(
		shots.filter((shot) => !shot.omitted),
		(shot) => shot.sceneId,
	);
	let number = 0;
	const numbered: SceneOnBoard[] = scenes.map((scene) => {
		const sceneNumber = scene.omitted ? 0 : ++number;
		let place = 0;
		const own = (onBoard.get(scene.id) ?? []).map((shot) => ({ ...shot, label: `${sceneNumber}${letters(place++)}` }));
		return { ...scene, number: sceneNumber, shots: own };
	});
	const omittedShots = shots.filter((shot) => shot.omitted).map((shot) => ({ ...shot, label: '' }));
	return {
		scenes: numbered.filter((scene) => !scene.omitted),
		omittedScenes: numbered.filter((scene) => scene.omitted),
		omittedShots,
	};
}

/** One shot with its label, or null. */
export function findShot(board: Board, shotId: string): ShotOnBoard | null {
	for (const scene of board.scenes) for (const shot of scene.shots) if (shot.id === shotId) return shot;
	return null;
}

/** Whether the document knows a shot, omitted ones too. */
export const hasShot = (doc: Y.Doc, shotId: string): boolean => shotsMap(doc).has(shotId);

/** What an edit is done with: ids from outside, and who did it (the transaction's origin). */
export type Edit = { newId: () => string; origin: unknown };

/**
 * The id of a new scene, made from the very letter that it is anchored to: two servers that give the same heading its scene at the same
 * time make the same scene. `fallback` is for a place without a letter.
 */
export function sceneIdAt(doc: Y.Doc, index: number, fallback: () => string): string {
	const item = decodeAnchor(doc, anchorAt(doc, index))?.item ?? null;
	if (item === null) return fallback();
	const id = [item.client, item.clock].map((part) => part.toString(16).padStart(8, '0')).join('');
	const scenes = scenesMap(doc);
	// A heading that was cut in two may begin with the letter of a scene that went on with the other half.
	for (let turn = 0; ; turn++) {
		const candidate = `${id}${turn.toString(16).padStart(8, '0')}`;
		if (!scenes.has(candidate)) return candidate;
	}
}

/** Adds a scene anchored to `index` in the text. Only the reconciler calls it. */
export function addScene(doc: Y.Doc, scene: Scene, index: number): void {
	const item: Item = new Y.Map(Object.entries({ ...scene, anchor: anchorAt(doc, index) }));
	scenesMap(doc).set(scene.id, item);
}

/** Changes a scene's fields, and its anchor when an index is given. Only the reconciler calls it. */
export function editScene(
	doc: Y.Doc,
	sceneId: string,
	change: Partial<Pick<Scene, 'heading' | 'omitted'>>,
	index?: number,
): void {
	const item = scenesMap(doc).get(sceneId);
	if (item === undefined) return;
	for (const [key, value] of Object.entries(change)) if (item.get(key) !== value) item.set(key, value);
	if (index !== undefined) item.set('anchor', anchorAt(doc, index));
}

/** Anchors a scene to a place of the text. Only whoever moves its text calls it. */
export function anchorScene(doc: Y.Doc, sceneId: string, index: number): void {
	scenesMap(doc).get(sceneId)?.set('anchor', anchorAt(doc, index));
}

/** Adds a shot after another one of the scene (null = first, undefined = last) and answers its id. The range is in the script's UTF-16 units. */
export function addShot(
	doc: Y.Doc,
	edit: Edit,
	input: { sceneId: string; content: ShotContent; after?: string | null; range?: { start: number; end: number } },
): string {
	const id = edit.newId();
	doc.transact(
		() => putShot(doc, { ...input, id, order: orderAfter(doc, input.sceneId, input.after, id) }),
		edit.origin,
	);
	return id;
}

/** Adds shots behind the last ones of their scenes, as one edit that costs no more for each than for one. */
export function appendShots(
	doc: Y.Doc,
	edit: Edit,
	inputs: Iterable<{ sceneId: string; content: ShotContent; range: { start: number; end: number } }>,
): void {
	const last = new Map(readShots(doc).map(({ value: { sceneId, order } }) => [sceneId, order]));
	doc.transact(() => {
		for (const input of inputs) {
			const order = orderBetween(last.get(input.sceneId) ?? null, null);
			last.set(input.sceneId, order);
			putShot(doc, { ...input, id: edit.newId(), order });
		}
	}, edit.origin);
}

function putShot(
	doc: Y.Doc,
	{
		id,
		sceneId,
		order,
		content,
		range,
	}: { id: string; sceneId: string; order: string; content: ShotContent; range?: { start: number; end: number } },
): void {
	const shot: Shot = { ...content, id, sceneId, order, selectedTakeId: null, seed: null, omitted: false };
	const item: Item = new Y.Map(Object.entries(shot));
	if (range !== undefined) {
		item.set('start', anchorAt(doc, range.start, 0));
		item.set('end', anchorAt(doc, range.end, -1));
	}
	shotsMap(doc).set(id, item);
}

/** Changes fields of a shot; a shot that is gone stays gone. */
export function editShot(
	doc: Y.Doc,
	edit: Pick<Edit, 'origin'>,
	shotId: string,
	change: Partial<Omit<Shot, 'id' | 'sceneId' | 'order'>>,
): void {
	const item = shotsMap(doc).get(shotId);
	if (item === undefined) return;
	doc.transact(() => {
		for (const [key, value] of Object.entries(change))
			if (JSON.stringify(item.get(key)) !== JSON.stringify(value)) item.set(key, value);
	}, edit.origin);
}

/** Moves a shot behind another one (null = first) of a scene, maybe another scene. The item itself stays, so no move doubles or loses it. */
export function moveShot(
	doc: Y.Doc,
	edit: Pick<Edit, 'origin'>,
	shotId: string,
	to: { sceneId: string; after: string | null },
): void {
	const item = shotsMap(doc).get(shotId);
	if (item === undefined) return;
	doc.transact(() => {
		item.set('order', orderAfter(doc, to.sceneId, to.after, shotId));
		if (item.get('sceneId') !== to.sceneId) item.set('sceneId', to.sceneId);
	}, edit.origin);
}

/** Adds a copy of a shot behind it, without its takes; answers the new id, or null when there is no such shot. */
export function duplicateShot(doc: Y.Doc, edit: Edit, shotId: string): string | null {
	const item = shotsMap(doc).get(shotId);
	if (item === undefined) return null;
	const { start, end, ...fields } = Object.fromEntries(item.entries());
	const {
		id: _id,
		sceneId,
		order: _order,
		selectedTakeId: _take,
		seed: _seed,
		omitted: _omitted,
		omittedBy: _omittedBy,
		omittedWho: _omittedWho,
		...content
	} = Shot.parse(fields);
	const copy = addShot(doc, edit, { sceneId, content, after: shotId });
	const copied = shotsMap(doc).get(copy);
	doc.transact(() => {
		if (start instanceof Uint8Array) copied?.set('start', start);
		if (end instanceof Uint8Array) copied?.set('end', end);
	}, edit.origin);
	return copy;
}

/** Omits a shot: it leaves the board, stays restorable in its place, its takes stay; `who` is told beside it. */
export const omitShot = (doc: Y.Doc, edit: Pick<Edit, 'origin'>, shotId: string, who?: WhoOmitted): void =>
	editShot(doc, edit, shotId, { omitted: true, ...(who === undefined ? {} : { omittedWho: who }) });
/** Brings an omitted shot back to its place. Restored by two at once it is restored once. */
export const restoreShot = (doc: Y.Doc, edit: Pick<Edit, 'origin'>, shotId: string): void =>
	doc.transact(() => {
		editShot(doc, edit, shotId, { omitted: false });
		const item = shotsMap(doc).get(shotId);
		if (item?.has('omittedWho')) item.delete('omittedWho');
	}, edit.origin);

/** A scene as it is kept, for the reconciler. */
export type KeptScene = Scene & {
	index: number | null;
	/** Whether the very letter it is anchored to still stands. */ alive: boolean;
};
/** A shot with a range in the text, for the reconciler. */
export type AnchoredShot = Pick<Shot, 'id' | 'sceneId' | 'omitted' | 'omittedBy'> & { start: number; end: number };

/** All scenes with their anchors as they stand, and all shots that cover text, omitted ones too. Only the reconciler needs it. */
export function readKept(doc: Y.Doc): { scenes: KeptScene[]; shots: AnchoredShot[] } {
	const { scenes, shots } = readPlaced(doc);
	const kept = scenes.map(({ item, scene, start }) => ({
		...scene,
		index: start,
		alive: isAlive(doc, item.get('anchor')),
	}));
	return {
		scenes: kept.sort((a, b) => (a.id < b.id ? -1 : 1)),
		shots: shots.flatMap(({ start, end, ...shot }) =>
			start === null || end === null ? [] : [{ ...shot, start, end }],
		),
	};
}

/** The scenes of `readKept`. */
export const readKeptScenes = (doc: Y.Doc): KeptScene[] => readKept(doc).scenes;
/** The shots of `readKept`. */
export const readAnchoredShots = (doc: Y.Doc): AnchoredShot[] => readKept(doc).shots;

/** Lets a shot cover another range of the text. Only whoever moves its text calls it, and an import. */
export function anchorShot(doc: Y.Doc, shotId: string, { start, end }: { start: number; end: number }): void {
	const item = shotsMap(doc).get(shotId);
	item?.set('start', anchorAt(doc, start, 0));
	item?.set('end', anchorAt(doc, end, -1));
}

/** Makes a shot independent of the text. Only the reconciler calls it. */
export function dropRange(doc: Y.Doc, shotId: string): void {
	const item = shotsMap(doc).get(shotId);
	for (const key of ['start', 'end', 'omittedBy']) if (item?.has(key)) item.delete(key);
}

/** Omits a shot whose text went, or brings it back. Only the reconciler calls it. */
export function omitByText(doc: Y.Doc, shotId: string, omitted: boolean): void {
	const item = shotsMap(doc).get(shotId);
	if (item === undefined) return;
	item.set('omitted', omitted);
	if (omitted) item.set('omittedBy', 'text');
	else for (const key of ['omittedBy', 'omittedWho']) if (item.has(key)) item.delete(key);
}

function orderAfter(doc: Y.Doc, sceneId: string, after: string | null | undefined, movingId: string): string {
	const own = readShots(doc)
		.map(({ value }) => value)
		.filter((shot) => shot.sceneId === sceneId && shot.id !== movingId);
	if (after === undefined) return orderBetween(own.at(-1)?.order ?? null, null);
	const index = after === null ? -1 : own.findIndex((shot) => shot.id === after);
	return orderBetween(index < 0 ? null : (own[index]?.order ?? null), own[index + 1]?.order ?? null);
}

/** Replaces the script by another text as one edit that touches only what differs, so that anchors and other people's words around it stay. */
export function replaceScript(doc: Y.Doc, origin: unknown, text: string): void {
	editScript(doc, origin, textEdits(scriptOf(doc).toString(), text));
}

/** Carries out edits whose places are those of the script as it stands. */
export function editScript(doc: Y.Doc, origin: unknown, edits: readonly TextEdit[]): void {
	const script = scriptOf(doc);
	doc.transact(() => {
		// From the end on, so that the places before stay true.
		for (const { at, remove, insert } of [...edits].reverse()) {
			if (insert !== '') script.insert(at + remove.length, insert);
			if (remove !== '') script.delete(at, remove.length);
		}
	}, origin);
}

/** Brings a scene back as it was, its heading at a place of the script. Only restoring calls it. */
export function putBackScene(doc: Y.Doc, { id, heading }: Pick<Scene, 'id' | 'heading'>, index: number): void {
	if (scenesMap(doc).has(id)) editScene(doc, id, { heading, omitted: false }, index);
	else addScene(doc, { id, heading, omitted: false }, index);
}

/** Takes a scene off the board whose heading is gone, and lets it hold on to no letter any more. Only restoring calls it. */
export function retireScene(doc: Y.Doc, sceneId: string): void {
	editScene(doc, sceneId, { omitted: true }, scriptOf(doc).length);
}

/** Brings fields of a shot back, and with `range` the text it covers (null = none). Only restoring calls it. */
export function putBackShot(
	doc: Y.Doc,
	shotId: string,
	fields: Partial<ShotOnBoard>,
	range?: { start: number; end: number } | null,
): void {
	let item = shotsMap(doc).get(shotId);
	if (item === undefined) {
		item = new Y.Map();
		shotsMap(doc).set(shotId, item);
	}
	const { label: _label, start: _start, end: _end, ...stored } = fields;
	for (const [key, value] of Object.entries(stored))
		if (JSON.stringify(item.get(key)) !== JSON.stringify(value)) item.set(key, value);
	for (const key of ['omittedBy', 'omittedWho'] as const)
		if (fields.omitted !== undefined && fields[key] === undefined && item.has(key)) item.delete(key);
	if (range === undefined) return;
	if (range === null) return dropRange(doc, shotId);
	item.set('start', anchorAt(doc, range.start, 0));
	item.set('end', anchorAt(doc, range.end, -1));
}
