import fc from 'fast-check';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { shotContent } from '../../testing/shot-content.ts';
import { parseFountain } from '../script/fountain.ts';
import { scenesOf } from '../script/scenes.ts';
import { addShot, followUndone, readBoard, readKeptScenes, scriptOf } from './document.ts';
import { moveScene } from './move-scene.ts';
import { reconcileScenes } from './reconcile.ts';

const text = 'INT. ROOM - DAY\n\nAn old man waits.\n\n外景 山路 夜\n\n愚公挖山。\n\nEXT. SEA - NIGHT\n\nWaves.\n';
const runs = Number(process.env.HISTORIES ?? 200);
const seed = Number(process.env.HISTORIES_SEED ?? 20261124);
let ids = 0;
const newId = () => `id-${String(++ids).padStart(8, '0')}`;

/** Documents that begin alike, each with somebody who edits it and a server that reconciles it. */
function replicas(clientIds: readonly number[]) {
	const first = new Y.Doc();
	first.clientID = 100;
	scriptOf(first).insert(0, text);
	reconcileScenes(first, newId);
	const shots = readBoard(first).scenes.map(({ id, start }) =>
		addShot(first, { newId, origin: 'user' }, { sceneId: id, content: shotContent, range: { start, end: start + 4 } }),
	);
	const docs = clientIds.map((clientId) => {
		const doc = new Y.Doc();
		doc.clientID = clientId;
		Y.applyUpdate(doc, Y.encodeStateAsUpdate(first));
		return doc;
	});
	const undos = docs.map(
		(doc) => new Y.UndoManager(scriptOf(doc), { trackedOrigins: new Set(['me']), captureTimeout: 0 }),
	);
	return { docs, shots, undos };
}

const insertions = ['a', '愚', '\n', '\n\nINT. NEW - DAY\n\n', '\n\n内景 屋 日\n\n', 'INT. ROOM - DAY', '\n\n'];
const step = fc.record({
	who: fc.nat(2),
	what: fc.constantFrom('type', 'type', 'cut', 'paste', 'move', 'undo', 'reconcile', 'deliver'),
	at: fc.nat(200),
	length: fc.nat(40),
	to: fc.nat(4),
});

/** Whose letters come first where two write at one place, and whose word counts last, follows from these. */
const clientIdsInAnyOrder = fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5, maxLength: 5 });

test(
	`after ${runs} random histories in any order of delivery: same text, one scene per heading, no shot lost or doubled, undo takes back own edits only`,
	() => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 25 }), clientIdsInAnyOrder, (steps, clientIds) => {
				// Three who write, and two servers that do nothing but reconcile.
				const { docs, shots, undos } = replicas(clientIds);
				const servers = docs.slice(3);
				const clipboard = ['', '', ''];
				for (const { who, what, at, length, to } of steps) {
					const doc = docs[who] as Y.Doc;
					const script = scriptOf(doc);
					const place = at % (script.length + 1);
					const size = Math.min(length, script.length - place);
					const edit = (act: () => void) => doc.transact(act, 'me');
					if (what === 'type') edit(() => script.insert(place, insertions[length % insertions.length] ?? ''));
					else if (what === 'cut') {
						clipboard[who] = script.toString().slice(place, place + size);
						if (size > 0) edit(() => script.delete(place, size));
					} else if (what === 'paste') edit(() => script.insert(place, clipboard[who] ?? ''));
					else if (what === 'move') {
						const { scenes } = readBoard(doc);
						const scene = scenes[at % Math.max(1, scenes.length)];
						if (scene !== undefined)
							moveScene(doc, { origin: 'me' }, scene.id, scenes[length % (scenes.length + 1)]?.id ?? null);
					} else if (what === 'undo') {
						const others = ownLetters(doc, (id) => id !== doc.clientID);
						undos[who]?.undo();
						followUndone(doc, 'follow');
						for (const letter of others) expect(ownLetters(doc, (id) => id !== doc.clientID).has(letter)).toBe(true);
					} else if (what === 'reconcile') {
						const server = servers[who % 2] as Y.Doc;
						Y.applyUpdate(server, Y.encodeStateAsUpdate(doc));
						reconcileScenes(server, newId);
						Y.applyUpdate(doc, Y.encodeStateAsUpdate(server));
					} else Y.applyUpdate(docs[to] as Y.Doc, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(docs[to] as Y.Doc)));
				}
				// Two servers reconcile what they have at the same time, and again once they heard of each other.
				for (let round = 0; round < 4; round++) {
					if (round < 3) for (const doc of servers) reconcileScenes(doc, newId);
					for (const from of docs) for (const doc of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
				}
				const [one] = servers as [Y.Doc];
				for (const doc of docs) {
					expect(scriptOf(doc).toString()).toBe(scriptOf(one).toString());
					expect(readBoard(doc)).toEqual(readBoard(one));
				}
				expect(reconcileScenes(one, newId)).toBe(false);
				const headings = scenesOf(parseFountain(scriptOf(one).toString()));
				const active = readKeptScenes(one).filter(({ omitted }) => !omitted);
				expect(active).toHaveLength(headings.length);
				const { scenes, omittedScenes, omittedShots } = readBoard(one);
				const kept = [...[...scenes, ...omittedScenes].flatMap((scene) => scene.shots), ...omittedShots].map(
					({ id }) => id,
				);
				expect(kept.toSorted()).toEqual(shots.toSorted());
			}),
			{ numRuns: runs, seed },
		);
	},
	30_000 + runs * 200,
);

/** The letters that stand, of these writers. */
function ownLetters(doc: Y.Doc, isWanted: (clientId: number) => boolean): Set<string> {
	const letters = new Set<string>();
	for (const [clientId, structs] of doc.store.clients) {
		if (!isWanted(clientId)) continue;
		for (const struct of structs)
			if (struct instanceof Y.Item && !struct.deleted && struct.content instanceof Y.ContentString)
				for (let offset = 0; offset < struct.length; offset++) letters.add(`${clientId}:${struct.id.clock + offset}`);
	}
	return letters;
}

test('a scene that is moved takes its text and its shots along, and an undo takes all of it back', () => {
	const { docs } = replicas([1]);
	const [doc] = docs as [Y.Doc];
	const undo = new Y.UndoManager([scriptOf(doc), doc.getMap('scenes'), doc.getMap('shots')], {
		trackedOrigins: new Set(['me']),
	});
	const before = readBoard(doc);
	const [room, road, sea] = before.scenes;
	expect(moveScene(doc, { origin: 'me' }, room?.id ?? '', sea?.id ?? '')).toBe(true);
	expect(reconcileScenes(doc, newId)).toBe(false);
	const after = readBoard(doc);
	expect(after.scenes.map(({ id }) => id)).toEqual([road?.id, sea?.id, room?.id]);
	expect(after.scenes.map(({ shots }) => shots.length)).toEqual([1, 1, 1]);
	const shot = after.scenes[2]?.shots[0];
	expect(
		scriptOf(doc)
			.toString()
			.slice(shot?.start ?? 0, shot?.end ?? 0),
	).toBe('INT.');
	undo.undo();
	expect(scriptOf(doc).toString()).toBe(text);
	expect(readBoard(doc).scenes.map(({ id }) => id)).toEqual(before.scenes.map(({ id }) => id));
});
