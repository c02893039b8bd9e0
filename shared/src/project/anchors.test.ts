import fc from 'fast-check';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { anchorAt, anchorIndex, placesOf, scriptOf } from './anchors.ts';

test('many anchors are found at once where each alone is, whatever was written, deleted and undone around them', () => {
	const step = fc.record({
		at: fc.nat(),
		text: fc.constantFrom('', 'a', 'bc\n', '愚公'),
		remove: fc.nat(5),
		undo: fc.boolean(),
	});
	const mark = fc.record({ at: fc.nat(), assoc: fc.constantFrom(0, -1) });
	fc.assert(
		fc.property(fc.array(fc.tuple(step, mark), { maxLength: 40 }), (steps) => {
			const doc = new Y.Doc();
			const text = scriptOf(doc);
			const undo = new Y.UndoManager(text, { captureTimeout: 0 });
			const anchors: Uint8Array[] = [];
			for (const [{ at, text: words, remove, undo: isUndo }, mark] of steps) {
				if (isUndo) undo.undo();
				const index = at % (text.length + 1);
				if (words !== '') text.insert(index, words);
				text.delete(index, Math.min(remove, text.length - index));
				anchors.push(anchorAt(doc, mark.at % (text.length + 1), mark.assoc));
			}
			expect(placesOf(doc, anchors)).toEqual(anchors.map((anchor) => anchorIndex(doc, anchor)));
		}),
		{ numRuns: 300, seed: 11 },
	);
});

test('what is no anchor of this text is nowhere', () => {
	const doc = new Y.Doc();
	const text = scriptOf(doc);
	text.insert(0, 'Rain.');
	const other = doc.getText('other');
	other.insert(0, 'Sea.');
	const elsewhere = (index: number) => Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(other, index));
	const anchors = [null, 'x', Uint8Array.of(9, 9, 9), Uint8Array.of(0, 1, 99), elsewhere(1), elsewhere(4)];
	expect(placesOf(doc, anchors)).toEqual(anchors.map(() => null));
	expect(placesOf(doc, [anchorAt(doc, 5), anchorAt(doc, 0, -1), anchorAt(doc, 2)])).toEqual([5, 0, 2]);
});

test('a thousand anchors in a text of ten thousand pieces are found in one walk', () => {
	const doc = new Y.Doc();
	const text = scriptOf(doc);
	for (let edit = 0; edit < 10_000; edit++) text.insert((edit * 7919) % (text.length + 1), 'x');
	const anchors = Array.from({ length: 1000 }, (_, one) => anchorAt(doc, one * 10));
	const began = performance.now();
	for (let turn = 0; turn < 20; turn++) placesOf(doc, anchors);
	// One by one it takes many seconds.
	expect(performance.now() - began).toBeLessThan(2000);
});
