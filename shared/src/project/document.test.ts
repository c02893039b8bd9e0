import fc from 'fast-check';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { shotContent } from '../../testing/shot-content.ts';
import { addShot, editShot, moveShot, omitShot, readBoard, restoreShot, scriptOf } from './document.ts';
import { reconcileScenes } from './reconcile.ts';

const copyOf = (doc: Y.Doc): Y.Doc => {
	const copy = new Y.Doc();
	Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
	return copy;
};

test('a board that is read again is the one that is read for the first time, whatever was changed, broken and mended meanwhile', () => {
	const step = fc.record({
		what: fc.constantFrom('add', 'edit', 'move', 'omit', 'restore', 'break', 'mend', 'type', 'undo'),
		at: fc.nat(),
		words: fc.constantFrom('Rain.', 'Sea.', ''),
		elsewhere: fc.boolean(),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
			const doc = new Y.Doc();
			scriptOf(doc).insert(0, 'INT. A - DAY\n\nRain.\n\nEXT. B - DAY\n\nSea.\n');
			let count = 0;
			const edit = { newId: () => `id-${String(++count).padStart(8, '0')}`, origin: 'user' };
			reconcileScenes(doc, edit.newId);
			const undo = new Y.UndoManager([doc.getMap('shots'), scriptOf(doc)], { trackedOrigins: new Set(['user']) });
			for (const { what, at, words, elsewhere } of steps) {
				const other = elsewhere ? copyOf(doc) : doc;
				const { scenes, omittedShots } = readBoard(other);
				const sceneId = scenes[at % scenes.length]?.id ?? '';
				const shots = [...scenes.flatMap((scene) => scene.shots), ...omittedShots];
				const shot = shots[at % (shots.length || 1)]?.id ?? '';
				const item = other.getMap<Y.Map<unknown>>('shots').get(shot);
				if (what === 'add') addShot(other, edit, { sceneId, content: shotContent, range: { start: 14, end: 19 } });
				else if (what === 'edit') editShot(other, edit, shot, { action: words });
				else if (what === 'move') moveShot(other, edit, shot, { sceneId, after: null });
				else if (what === 'omit') omitShot(other, edit, shot);
				else if (what === 'restore') restoreShot(other, edit, shot);
				else if (what === 'break') item?.set('strange', words);
				else if (what === 'mend') item?.delete('strange');
				else if (what === 'type') scriptOf(other).insert(at % (scriptOf(other).length + 1), words || 'x');
				else undo.undo();
				if (elsewhere) Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
				expect(readBoard(doc)).toEqual(readBoard(copyOf(doc)));
			}
		}),
		{ numRuns: 150, seed: 4 },
	);
});
