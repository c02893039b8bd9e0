import fc from 'fast-check';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { parseFountain } from '../script/fountain.ts';
import { scenesOf } from '../script/scenes.ts';
import {
	addShot,
	followUndone,
	omitShot,
	readBoard,
	readKeptScenes,
	replaceScript,
	restoreShot,
	scriptOf,
} from './document.ts';
import { reconcileScenes } from './reconcile.ts';
import { shotContent as content } from '../../testing/shot-content.ts';
const script = 'INT. ROOM - DAY\n\nAn old man waits.\n\n外景 山路 夜\n\n愚公挖山。\n';

function aProject(text = script) {
	let count = 0;
	const newId = () => `id-${String(++count).padStart(8, '0')}`;
	const doc = new Y.Doc();
	doc.gc = true;
	scriptOf(doc).insert(0, text);
	reconcileScenes(doc, newId);
	return { doc, newId, reconcile: () => reconcileScenes(doc, newId), edit: { newId, origin: 'user' } };
}

test('every heading gets one scene, in the order of the text', () => {
	const { doc } = aProject();
	expect(readBoard(doc).scenes.map((scene) => scene.heading)).toEqual(['INT. ROOM - DAY', '外景 山路 夜']);
});

test('a heading that is retyped stays the same scene', () => {
	const { doc, reconcile } = aProject();
	const before = readBoard(doc).scenes.map((scene) => scene.id);
	scriptOf(doc).delete(0, 15);
	scriptOf(doc).insert(0, 'INT. KITCHEN - DAY');
	reconcile();
	expect(readBoard(doc).scenes.map((scene) => scene.id)).toEqual(before);
	expect(readBoard(doc).scenes[0]?.heading).toBe('INT. KITCHEN - DAY');
});

test('a scene whose text is cut is omitted with its shots, and comes back when it is pasted elsewhere', () => {
	const { doc, reconcile, edit } = aProject();
	const scene = readBoard(doc).scenes[0];
	const shot = addShot(doc, edit, { sceneId: scene?.id ?? '', content, range: { start: 17, end: 34 } });
	scriptOf(doc).delete(0, 36);
	reconcile();
	expect(readBoard(doc).omittedScenes.map((omitted) => omitted.id)).toEqual([scene?.id]);
	scriptOf(doc).insert(scriptOf(doc).length, '\nINT. ROOM - DAY\n\nAn old man waits.\n');
	reconcile();
	expect(readBoard(doc).scenes.map(({ heading, shots }) => [heading, shots.map(({ id }) => id)])).toEqual([
		['外景 山路 夜', []],
		['INT. ROOM - DAY', [shot]],
	]);
});

test('a shot whose words are deleted is omitted and returns when the deletion is undone', () => {
	const { doc, reconcile, edit } = aProject();
	const undo = new Y.UndoManager(scriptOf(doc), { captureTimeout: 0 });
	const shot = addShot(doc, edit, {
		sceneId: readBoard(doc).scenes[0]?.id ?? '',
		content,
		range: { start: 17, end: 34 },
	});
	scriptOf(doc).delete(17, 17);
	reconcile();
	expect(readBoard(doc).omittedShots.map(({ id }) => id)).toEqual([shot]);
	undo.undo();
	followUndone(doc, 'follow');
	reconcile();
	expect(readBoard(doc).scenes[0]?.shots.map(({ id }) => id)).toEqual([shot]);
});

test('a shot that somebody omitted stays omitted, one that somebody restored stays', () => {
	const { doc, reconcile, edit } = aProject();
	const sceneId = readBoard(doc).scenes[0]?.id ?? '';
	const omitted = addShot(doc, edit, { sceneId, content, range: { start: 17, end: 34 } });
	omitShot(doc, edit, omitted);
	reconcile();
	expect(readBoard(doc).omittedShots).toHaveLength(1);
	const restored = addShot(doc, edit, { sceneId, content, range: { start: 17, end: 20 } });
	scriptOf(doc).delete(17, 3);
	reconcile();
	restoreShot(doc, edit, restored);
	reconcile();
	reconcile();
	expect(readBoard(doc).scenes[0]?.shots.map(({ id }) => id)).toEqual([restored]);
});

test('items and anchors that a broken program wrote are passed over', () => {
	const { doc, reconcile } = aProject();
	const scenes = doc.getMap<unknown>('scenes');
	scenes.set('broken-01', 'no scene');
	scenes.set(
		'broken-02',
		new Y.Map(Object.entries({ id: 'broken-02', heading: 'X', omitted: false, anchor: Uint8Array.of(9, 9, 9) })),
	);
	scenes.set(
		'broken-03',
		new Y.Map(Object.entries({ id: 'broken-03', heading: 'Y', omitted: false, anchor: Uint8Array.of(0, 1, 99) })),
	);
	reconcile();
	expect(readBoard(doc).scenes.map((scene) => scene.heading)).toEqual(['INT. ROOM - DAY', '外景 山路 夜']);
	expect(reconcile()).toBe(false);
});

test('a flood of headings makes as many scenes as a script may have, and holds nobody up', () => {
	const began = performance.now();
	const { doc, reconcile } = aProject('INT. A - DAY\n\nx.\n\n'.repeat(100_000));
	scriptOf(doc).insert(0, 'INT. B - DAY\n\n');
	reconcile();
	expect(readBoard(doc).scenes).toHaveLength(limits.scenesPerScript);
	expect(reconcile()).toBe(false);
	// Growing with the square it takes minutes.
	expect(performance.now() - began).toBeLessThan(5000);
});

test('whatever is typed, pasted or cut: one scene per heading, none lost, and a second look changes nothing', () => {
	const word = fc.constantFrom(
		'INT. ROOM - DAY\n\n',
		'外景 山路 夜\n\n',
		'\n',
		'x',
		' ',
		'INT. A\n',
		'愚公。\n\n',
		'.FORCED\n\n',
		'/*',
		'*/',
	);
	const step = fc.oneof(
		fc.record({ at: fc.nat(), text: word }),
		fc.record({ at: fc.nat(), length: fc.nat(60) }),
		fc.record({ replace: fc.array(word, { maxLength: 5 }).map((words) => words.join('')) }),
	);
	fc.assert(
		fc.property(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 12 }), (rounds) => {
			const { doc, reconcile } = aProject();
			const text = scriptOf(doc);
			let known = new Set(readKeptScenes(doc).map(({ id }) => id));
			for (const steps of rounds) {
				for (const change of steps) {
					if ('replace' in change) replaceScript(doc, 'user', change.replace);
					else if ('text' in change) text.insert(change.at % (text.length + 1), change.text);
					else if (text.length > 0) {
						const at = change.at % text.length;
						text.delete(at, Math.min(change.length, text.length - at));
					}
				}
				reconcile();
				const headings = scenesOf(parseFountain(text.toString()));
				expect(readBoard(doc).scenes.map(({ heading, start }) => [heading, start])).toEqual(
					headings.map(({ heading, headingStart }) => [heading, headingStart]),
				);
				const now = new Set(readKeptScenes(doc).map(({ id }) => id));
				expect([...known].filter((id) => !now.has(id))).toEqual([]);
				known = now;
				expect(reconcile()).toBe(false);
			}
		}),
		{ numRuns: 300, seed: 7 },
	);
});
