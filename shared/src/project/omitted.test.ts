import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { shotContent } from '../../testing/shot-content.ts';
import { addShot, omitShot, readBoard, scriptOf } from './document.ts';
import { moveScene } from './move-scene.ts';
import { omittedOf, restoreScene, restoreShotInPlace } from './omitted.ts';
import { reconcileScenes } from './reconcile.ts';
import { carryingOrigin, followMoves, letterBefore } from './carry-words.ts';
import { placeOfLetter } from './put-words.ts';

const text =
	'Title: Stones\n\nINT. ROOM - DAY\n\nAn old man waits.\n\n外景 山路 夜\n\n愚公挖山。\n\nEXT. SEA - NIGHT\n\nWaves.\n';
let ids = 0;
const newId = () => `id-${String(++ids).padStart(8, '0')}`;
const edit = { newId, origin: 'me' };
const who = { id: 'mei-0000001', name: 'Mei', at: '2026-11-25T00:00:00.000Z' };
const words = (doc: Y.Doc) => scriptOf(doc).toString();
const scenes = (doc: Y.Doc) => readBoard(doc).scenes;
const idOf = (doc: Y.Doc, heading: string) =>
	[...scenes(doc), ...readBoard(doc).omittedScenes].find((scene) => scene.heading === heading)?.id ?? '';

/** People with one project, as each of them has it; the first is the server that reconciles too. */
function people(count: number): Y.Doc[] {
	const first = new Y.Doc();
	scriptOf(first).insert(0, text);
	reconcileScenes(first, newId);
	for (const { id, start } of scenes(first))
		for (let n = 0; n < 3; n++)
			addShot(first, edit, { sceneId: id, content: shotContent, range: { start, end: start + 6 } });
	const docs = Array.from({ length: count }, () => new Y.Doc());
	for (const doc of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(first));
	return docs;
}
/** Everybody hears everything, in rounds, with reconciling servers among them. */
function settle(docs: Y.Doc[]): void {
	for (let round = 0; round < 3; round++) {
		for (const from of docs)
			for (const doc of docs)
				if (doc !== from) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from, Y.encodeStateVector(doc)), 'remote');
		for (const doc of docs.slice(0, 2)) reconcileScenes(doc, newId);
	}
	for (const from of docs) for (const doc of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from), 'remote');
}
function cut(doc: Y.Doc, from: string, to: string): void {
	const at = words(doc).indexOf(from);
	doc.transact(() => scriptOf(doc).delete(at, words(doc).indexOf(to) - at), 'other');
	reconcileScenes(doc, newId);
}

test('a shot that was omitted comes back between the shots it stood between, and it is told who omitted it until then', () => {
	const [doc] = people(1) as [Y.Doc];
	const before = scenes(doc)[0]?.shots.map(({ id }) => id) ?? [];
	omitShot(doc, edit, before[1] ?? '', who);
	expect(omittedOf(readBoard(doc)).shots.get(scenes(doc)[0]?.id ?? '')?.[0]).toMatchObject({ omittedWho: who });
	restoreShotInPlace(doc, edit, before[1] ?? '');
	expect(scenes(doc)[0]?.shots.map(({ id }) => id)).toEqual(before);
	expect(scenes(doc)[0]?.shots[1]).not.toHaveProperty('omittedWho');
});

test('a scene whose text was cut comes back with its heading in its old place and with its shots; one undo takes it back', () => {
	const [doc] = people(1) as [Y.Doc];
	const undo = new Y.UndoManager([scriptOf(doc), doc.getMap('scenes'), doc.getMap('shots')], {
		trackedOrigins: new Set(['me']),
	});
	const before = scenes(doc);
	cut(doc, '外景', 'EXT. SEA');
	expect(omittedOf(readBoard(doc)).scenes.map(({ heading, shots }) => [heading, shots.length])).toEqual([
		['外景 山路 夜', 3],
	]);
	const without = words(doc);
	expect(restoreScene(doc, edit, before[1]?.id ?? '')).toBe(true);
	expect(words(doc)).toBe(text.replace('愚公挖山。\n\n', ''));
	reconcileScenes(doc, newId);
	expect(scenes(doc).map(({ id, shots }) => [id, shots.map((shot) => shot.id)])).toEqual(
		before.map(({ id, shots }) => [id, shots.map((shot) => shot.id)]),
	);
	undo.undo();
	expect(words(doc)).toBe(without);
	reconcileScenes(doc, newId);
	expect(omittedOf(readBoard(doc)).scenes).toHaveLength(1);
});

test.each([
	['the first scene, behind the title page', 'INT. ROOM', '外景', 0],
	['the last scene', 'EXT. SEA', '', 2],
	['a heading alone, back above its own words', '外景 山路 夜', '愚公', 1],
])('%s comes back in its place', (_name, from, to, at) => {
	const [doc] = people(1) as [Y.Doc];
	const before = scenes(doc).map(({ id }) => id);
	if (to === '') {
		scriptOf(doc).delete(words(doc).indexOf(from), words(doc).length - words(doc).indexOf(from));
		reconcileScenes(doc, newId);
	} else cut(doc, from, to);
	restoreScene(doc, edit, before[at] ?? '');
	reconcileScenes(doc, newId);
	expect(scenes(doc).map(({ id }) => id)).toEqual(before);
	expect(words(doc).startsWith('Title: Stones\n\nINT. ROOM - DAY\n')).toBe(true);
});

test('a heading that only its dot made one comes back as a heading', () => {
	const [doc] = people(1) as [Y.Doc];
	doc.transact(() => scriptOf(doc).insert(words(doc).indexOf('外景'), '.THE LONG WAY\n\nThey go.\n\n'), 'me');
	reconcileScenes(doc, newId);
	const id = idOf(doc, 'THE LONG WAY');
	cut(doc, '.THE LONG', '外景');
	restoreScene(doc, edit, id);
	expect(words(doc)).toContain('\n\n.THE LONG WAY\n\n外景');
	expect(reconcileScenes(doc, newId)).toBe(false);
});

test('two who bring one scene back at the same time, while a third types there, make one scene and lose no word', () => {
	const docs = people(3) as [Y.Doc, Y.Doc, Y.Doc];
	const [mei, akua, ines] = docs;
	const id = idOf(mei, '外景 山路 夜');
	cut(mei, '外景', 'EXT. SEA');
	settle(docs);
	restoreScene(mei, edit, id);
	restoreScene(akua, edit, id);
	scriptOf(ines).insert(words(ines).indexOf('EXT. SEA'), 'Wind.\n\n');
	settle(docs);
	for (const doc of docs) {
		expect(words(doc)).toBe(words(mei));
		expect(words(doc).match(/外景 山路 夜/g)).toHaveLength(1);
		expect(words(doc)).toContain('Wind.');
		expect(scenes(doc).find((scene) => scene.id === id)?.shots).toHaveLength(3);
		expect(scenes(doc)).toHaveLength(3);
	}
});

test('two who move one scene at the same time leave it once, with its shots', () => {
	const docs = people(2) as [Y.Doc, Y.Doc];
	const [mei, akua] = docs;
	const [room, road, sea] = scenes(mei).map(({ id }) => id) as [string, string, string];
	moveScene(mei, edit, room, sea);
	moveScene(akua, edit, room, road);
	settle(docs);
	for (const doc of docs) {
		expect(words(doc)).toBe(words(mei));
		expect(words(doc).match(/An old man waits/g)).toHaveLength(1);
		expect(scenes(doc)).toHaveLength(3);
		expect(scenes(doc).find(({ id }) => id === room)?.shots).toHaveLength(3);
	}
});

test('notes of what was put that no honest browser writes hurt nobody', () => {
	const [mei, akua] = people(2) as [Y.Doc, Y.Doc];
	const follow = followMoves(akua);
	const lies = [
		7,
		{ put: [1, 2, 3], lead: 0, copied: [[9, 9, 9]] },
		{ put: [8, 0, 2 ** 40], lead: 5, copied: [] },
		null,
	];
	for (const [at, lie] of lies.entries())
		mei.getMap<Y.Map<unknown>>('scenes').get(idOf(mei, 'INT. ROOM - DAY'))?.set(`put/${at}`, lie);
	settle([mei, akua]);
	expect(words(akua)).toBe(text);
	expect(scenes(akua)).toHaveLength(3);
	follow.stop();
});

test('what one types in a scene while another moves it goes along, to its place among the words, in one undo with the typing', () => {
	const docs = people(2) as [Y.Doc, Y.Doc];
	const [mei, akua] = docs;
	const [room, , sea] = scenes(mei).map(({ id }) => id) as [string, string, string];
	const stop = followMoves(akua);
	const undo = new Y.UndoManager(scriptOf(akua), { trackedOrigins: new Set(['me', carryingOrigin]) });
	const type = (behind: string, written: string) =>
		akua.transact(() => scriptOf(akua).insert(words(akua).indexOf(behind) + behind.length, written), 'me');
	moveScene(mei, edit, room, sea);
	type('An old', ', very old');
	type('waits.', ' He');
	type(' He', ' sleeps.');
	settle(docs);
	expect(words(akua)).toBe(
		'Title: Stones\n\n外景 山路 夜\n\n愚公挖山。\n\nEXT. SEA - NIGHT\n\nWaves.\n\nINT. ROOM - DAY\n\nAn old, very old man waits. He sleeps.\n\n',
	);
	expect(words(mei)).toBe(words(akua));
	undo.undo();
	expect(words(akua)).toContain('An old man waits.\n\n');
	stop.stop();
});

test('a caret goes along with the words that were moved, and with those that were carried after them', () => {
	const docs = people(2) as [Y.Doc, Y.Doc];
	const [mei, akua] = docs;
	const [room, , sea] = scenes(mei).map(({ id }) => id) as [string, string, string];
	for (const typed of ['', ' He']) {
		moveScene(mei, edit, room, typed === '' ? sea : null);
		const follow = followMoves(akua);
		akua.transact(() => scriptOf(akua).insert(words(akua).indexOf('waits.') + 6, typed), 'me');
		const caret = words(akua).indexOf(`waits.${typed}`) + 6 + typed.length;
		let letter: Y.ID | null = null;
		const before = (_event: unknown, transaction: Y.Transaction) => {
			if (!transaction.local) letter ??= letterBefore(akua, transaction, caret);
		};
		scriptOf(akua).observe(before);
		let found: number | undefined;
		const silent = follow.onMoved((newHome) => {
			const home = letter === null ? null : newHome(letter);
			if (home !== null) found ??= (placeOfLetter(akua, home.client, home.clock)?.index ?? 0) + 1;
		});
		settle(docs);
		expect(words(akua).slice(0, found)).toMatch(new RegExp(`waits\\.${typed}$`));
		expect(found).not.toBe(caret);
		scriptOf(akua).unobserve(before);
		silent();
		follow.stop();
	}
});
