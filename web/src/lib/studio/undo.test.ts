import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { ShotContent } from '@reelroom/shared/board/shot.ts';
import { addShot, editShot, readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import { createUndo } from './undo.ts';

let ids = 0;
const newId = (): string => `id-${String(ids++).padStart(8, '0')}`;
const content: ShotContent = {
	size: 'MS',
	angle: 'eye',
	move: 'static',
	characters: [],
	place: '',
	interior: true,
	timeOfDay: 'day',
	action: '',
	dialogue: [],
	prompt: '',
	durationFrames: 24,
	transition: 'cut',
};

/** Two people with one document, joined at once. */
function pair() {
	const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
	mine.on(
		'update',
		(update: Uint8Array, origin: unknown) => origin !== 'wire' && Y.applyUpdate(theirs, update, 'wire'),
	);
	theirs.on(
		'update',
		(update: Uint8Array, origin: unknown) => origin !== 'wire' && Y.applyUpdate(mine, update, 'wire'),
	);
	const type = (doc: Y.Doc, index: number, words: string, origin: unknown): void =>
		doc.transact(() => scriptOf(doc).insert(index, words), origin);
	type(mine, 0, 'INT. A - DAY\n\nShe waits.\n', 'begin');
	reconcileScenes(mine, newId);
	return { mine, theirs, type };
}

describe('one history of script and board', () => {
	it('takes back in the order it was done, however fast', () => {
		const { mine, type } = pair();
		const undo = createUndo(mine, 'studio');
		undo.addTrackedOrigin('editor');
		const sceneId = readBoard(mine).scenes[0]?.id ?? '';
		type(mine, 14, 'Once. ', 'editor');
		const shot = addShot(mine, { newId, origin: 'studio' }, { sceneId, content });
		type(mine, 14, 'Twice. ', 'editor');
		undo.undo();
		expect(scriptOf(mine).toString()).toContain('\n\nOnce. She');
		expect(readBoard(mine).scenes[0]?.shots).toHaveLength(1);
		undo.undo();
		expect(readBoard(mine).scenes[0]?.shots).toHaveLength(0);
		expect(scriptOf(mine).toString()).toContain('Once. She');
		undo.undo();
		expect(scriptOf(mine).toString()).not.toContain('Once');
		undo.redo();
		undo.redo();
		expect(readBoard(mine).scenes[0]?.shots.map(({ id }) => id)).toEqual([shot]);
	});
	it('never takes back what somebody else did, in the same line or on the same shot', () => {
		const { mine, theirs, type } = pair();
		const undo = createUndo(mine, 'studio');
		undo.addTrackedOrigin('editor');
		const sceneId = readBoard(mine).scenes[0]?.id ?? '';
		const shot = addShot(mine, { newId, origin: 'begin' }, { sceneId, content });
		type(mine, 14, 'mine ', 'editor');
		type(theirs, 16, 'THEIRS', 'their editor');
		editShot(mine, { origin: 'studio' }, shot, { action: 'my words' });
		editShot(theirs, { origin: 'their studio' }, shot, { prompt: 'their prompt' });
		for (let step = 0; step < 5; step++) undo.undo();
		expect(scriptOf(mine).toString()).toContain('\n\nTHEIRSShe waits.');
		expect(readBoard(mine).scenes[0]?.shots[0]).toMatchObject({ action: '', prompt: 'their prompt' });
		expect(scriptOf(theirs).toString()).toBe(scriptOf(mine).toString());
	});
	it('brings a shot back with the words it covers, and a scene with its shots, for everybody', () => {
		const { mine, theirs, type } = pair();
		const undo = createUndo(mine, 'studio');
		undo.addTrackedOrigin('editor');
		const [scene] = readBoard(mine).scenes;
		const range = { start: 14, end: 23 };
		const shot = addShot(mine, { newId, origin: 'begin' }, { sceneId: scene?.id ?? '', content, range });
		const cut = (start: number, length: number): void => {
			mine.transact(() => scriptOf(mine).delete(start, length), 'editor');
			undo.stopCapturing();
			reconcileScenes(theirs, newId);
		};
		const takeBack = (): void => {
			undo.undo();
			reconcileScenes(theirs, newId);
		};
		const before = readBoard(mine);
		cut(14, 10);
		expect(readBoard(theirs).omittedShots.map(({ id }) => id)).toEqual([shot]);
		takeBack();
		expect([readBoard(mine), readBoard(theirs)]).toEqual([before, before]);
		cut(0, 24);
		expect(readBoard(theirs).omittedScenes.map(({ id }) => id)).toEqual([scene?.id]);
		takeBack();
		expect([readBoard(mine), readBoard(theirs)]).toEqual([before, before]);
		undo.redo();
		reconcileScenes(theirs, newId);
		expect(readBoard(theirs).omittedScenes.map(({ id }) => id)).toEqual([scene?.id]);
		type(mine, 0, 'Title: X\n\n', 'editor');
		expect(readBoard(theirs)).toEqual(readBoard(mine));
	});
	it('goes on after the other side has loaded the document anew', () => {
		const { mine, type } = pair();
		const undo = createUndo(mine, 'studio');
		undo.addTrackedOrigin('editor');
		type(mine, 14, 'mine ', 'editor');
		const reloaded = new Y.Doc();
		Y.applyUpdate(reloaded, Y.encodeStateAsUpdate(mine), 'wire');
		type(reloaded, 0, 'Title: X\n\n', 'their editor');
		Y.applyUpdate(mine, Y.encodeStateAsUpdate(reloaded), 'wire');
		undo.undo();
		Y.applyUpdate(reloaded, Y.encodeStateAsUpdate(mine), 'wire');
		expect(scriptOf(reloaded).toString()).toBe('Title: X\n\nINT. A - DAY\n\nShe waits.\n');
	});
});
