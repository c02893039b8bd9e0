import fc from 'fast-check';
import * as Y from 'yjs';
import { describe, expect, it } from 'vitest';
import { addShot, editShot, moveShot, omitShot, readBoard, replaceScript, scriptOf } from '../project/document.ts';
import { reconcileScenes } from '../project/reconcile.ts';
import { openFrozen } from './authors.ts';
import { canonicalContent } from './content.ts';
import { copySceneBack, restoreVersion } from './restore.ts';
import { shotContent as content } from '../../testing/shot-content.ts';
const scenes = [
	'INT. ROOM - DAY\n\nAn old man waits.\n\n',
	'外景 山路 夜\n\n愚公挖山。\n\n',
	'EXT. SEA - DAWN\n\nWaves.\n\n',
];
const origin = 'mei-000001';

function aProject(text = scenes.join('')) {
	let count = 0;
	const newId = () => `id-${String(++count).padStart(8, '0')}`;
	const doc = new Y.Doc();
	const reconcile = () => reconcileScenes(doc, newId);
	scriptOf(doc).insert(0, text);
	reconcile();
	const edit = { newId, origin };
	for (const scene of readBoard(doc).scenes) {
		const start = scene.start + scene.heading.length + 2;
		addShot(doc, edit, {
			sceneId: scene.id,
			content: { ...content, action: scene.heading },
			range: { start, end: start + 4 },
		});
		addShot(doc, edit, { sceneId: scene.id, content });
	}
	return { doc, edit, newId, reconcile, freeze: () => openFrozen(Y.encodeStateAsUpdate(doc)) };
}
const headings = (doc: Y.Doc) => readBoard(doc).scenes.map((scene) => scene.heading);
const ids = (doc: Y.Doc) => readBoard(doc).scenes.map((scene) => [scene.id, ...scene.shots.map((shot) => shot.id)]);

describe('restoring a version', () => {
	it('brings text, scenes and shots back under their own ids, with fields and order, and omits what came since', () => {
		const { doc, edit, reconcile, freeze } = aProject();
		const target = freeze();
		const [room] = readBoard(doc).scenes;
		const [first, second] = room?.shots ?? [];
		editShot(doc, edit, first?.id ?? '', { action: 'Another thing', selectedTakeId: 'take-0001' });
		moveShot(doc, edit, second?.id ?? '', { sceneId: room?.id ?? '', after: null });
		const added = addShot(doc, edit, { sceneId: room?.id ?? '', content });
		replaceScript(
			doc,
			origin,
			`${scenes[2] ?? ''}INT. NEW - DAY\n\nNew.\n\n${scenes[0]?.replace('old', 'young') ?? ''}`,
		);
		reconcile();
		restoreVersion(doc, { origin, target });
		reconcile();
		expect(scriptOf(doc).toString()).toBe(scriptOf(target).toString());
		expect(ids(doc)).toEqual(ids(target));
		expect(readBoard(doc).scenes).toEqual(readBoard(target).scenes);
		expect(readBoard(doc).omittedShots.map((shot) => shot.id)).toEqual([added]);
		expect(readBoard(doc).omittedScenes.map((scene) => scene.heading)).toEqual(['INT. NEW - DAY']);
	});

	it('leaves what others type at the same time', () => {
		const { doc, reconcile, freeze } = aProject();
		const target = freeze();
		replaceScript(doc, origin, scenes.slice(0, 2).join(''));
		reconcile();
		const other = new Y.Doc();
		Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
		scriptOf(other).insert(scriptOf(other).toString().indexOf('waits'), 'still ');
		restoreVersion(doc, { origin, target });
		Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
		reconcile();
		expect(scriptOf(doc).toString()).toBe(scenes.join('').replace('waits', 'still waits'));
		expect(headings(doc)).toEqual(headings(target));
	});

	it('can be taken back, and what was written since then stays', () => {
		const { doc, edit, reconcile, freeze } = aProject();
		const old = freeze();
		replaceScript(doc, origin, scenes.join('').replace('An old man waits.', 'A young woman runs.'));
		const [shot] = readBoard(doc).scenes[1]?.shots ?? [];
		editShot(doc, edit, shot?.id ?? '', { action: 'Changed', size: 'CU' });
		reconcile();
		const before = freeze();
		restoreVersion(doc, { origin, target: old });
		reconcile();
		const since = freeze();
		scriptOf(doc).insert(scriptOf(doc).toString().indexOf('Waves'), 'Big ');
		editShot(doc, edit, shot?.id ?? '', { size: 'EWS' });
		restoreVersion(doc, { origin, target: before, since });
		reconcile();
		expect(scriptOf(doc).toString()).toBe(scriptOf(before).toString().replace('Waves', 'Big Waves'));
		expect(readBoard(doc).scenes[1]?.shots[0]).toMatchObject({ action: 'Changed', size: 'EWS' });
		expect(ids(doc)).toEqual(ids(before));
	});

	it('is exact whatever happened in between, as is taking it back, and no shot or scene is ever lost', () => {
		const step = fc.record({
			kind: fc.nat(5),
			at: fc.nat(1000),
			much: fc.nat(40),
			text: fc.constantFrom(...scenes, 'x', '山\n\n'),
		});
		fc.assert(
			fc.property(fc.array(step, { maxLength: 12 }), fc.array(step, { maxLength: 12 }), (first, then) => {
				const { doc, edit, reconcile, freeze } = aProject();
				const run = (steps: typeof first) => {
					for (const { kind, at, much, text } of steps) {
						const script = scriptOf(doc);
						const place = script.length === 0 ? 0 : at % script.length;
						const shots = readBoard(doc).scenes.flatMap((scene) => scene.shots);
						const shot = shots[at % Math.max(1, shots.length)];
						if (kind === 0) script.insert(place, text);
						if (kind === 1) script.delete(place, Math.min(much, script.length - place));
						if (kind === 2 && shot) editShot(doc, edit, shot.id, { action: `${at}`, durationFrames: much + 1 });
						if (kind === 3 && shot) omitShot(doc, edit, shot.id);
						if (kind === 4 && shot)
							moveShot(doc, edit, shot.id, { sceneId: shots[much % shots.length]?.sceneId ?? '', after: null });
						if (kind === 5) reconcile();
					}
					reconcile();
				};
				run(first);
				const target = freeze();
				run(then);
				const before = freeze();
				restoreVersion(doc, { origin, target });
				reconcile();
				const seen = (one: Y.Doc) => JSON.stringify([scriptOf(one).toString(), readBoard(one).scenes]);
				expect(seen(doc)).toBe(seen(target));
				const since = freeze();
				restoreVersion(doc, { origin, target: before, since });
				reconcile();
				expect(seen(doc)).toBe(seen(before));
				const all = (one: Y.Doc) => {
					const board = readBoard(one);
					return [
						...board.scenes.flatMap((scene) => scene.shots),
						...board.omittedScenes.flatMap((scene) => scene.shots),
						...board.omittedShots,
					]
						.map((shot) => shot.id)
						.sort();
				};
				expect(all(doc)).toEqual(all(before));
			}),
			{ numRuns: 150 },
		);
	});
});

describe('copying one scene back', () => {
	it('brings a scene that is gone to where it stood, with its shots, and touches no other', () => {
		const { doc, reconcile, freeze } = aProject();
		const target = freeze();
		const gone = readBoard(target).scenes[1];
		replaceScript(doc, origin, `${scenes[0]?.replace('old', 'young') ?? ''}${scenes[2] ?? ''}`);
		reconcile();
		expect(copySceneBack(doc, { origin, target, sceneId: gone?.id ?? '' })).toBe(true);
		reconcile();
		expect(scriptOf(doc).toString()).toBe(scenes.join('').replace('old', 'young'));
		expect(ids(doc)).toEqual(ids(target));
		expect(readBoard(doc).scenes[1]?.shots[0]).toMatchObject({ omitted: false, action: gone?.heading });
	});

	it('makes a scene that is still there what it was, and keeps its new shots off the board', () => {
		const { doc, edit, reconcile, freeze } = aProject();
		const target = freeze();
		const sceneId = readBoard(doc).scenes[1]?.id ?? '';
		replaceScript(doc, origin, scenes.join('').replace('愚公挖山', '愚公休息，喝水').replace('Waves', 'Waves roar'));
		const added = addShot(doc, edit, { sceneId, content });
		reconcile();
		copySceneBack(doc, { origin, target, sceneId });
		reconcile();
		expect(scriptOf(doc).toString()).toBe(scenes.join('').replace('Waves', 'Waves roar'));
		expect(ids(doc)).toEqual(ids(target));
		expect(readBoard(doc).omittedShots.map((shot) => shot.id)).toEqual([added]);
	});

	it('goes to the end of a script that has nothing left of its neighbours, and is nothing for a scene the version does not know', () => {
		const { doc, reconcile, freeze } = aProject();
		const target = freeze();
		const sceneId = readBoard(doc).scenes[1]?.id ?? '';
		replaceScript(doc, origin, 'Just words');
		reconcile();
		expect(copySceneBack(doc, { origin, target, sceneId: 'no-such-scene' })).toBe(false);
		copySceneBack(doc, { origin, target, sceneId });
		reconcile();
		expect(scriptOf(doc).toString()).toBe('Just words\n\n外景 山路 夜\n\n愚公挖山。\n');
		expect(readBoard(doc).scenes.at(-1)?.id).toBe(sceneId);
	});
});

it('equal content is told apart from changed content, however it came about', () => {
	const { doc, freeze } = aProject();
	const before = canonicalContent(freeze());
	scriptOf(doc).insert(3, 'x');
	expect(canonicalContent(doc)).not.toBe(before);
	scriptOf(doc).delete(3, 1);
	expect(canonicalContent(doc)).toBe(before);
});
