import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { applyBeforeAside, withoutAside } from './aside.ts';

/** A text written in three steps, the last of which deletes the first letter, as three updates. */
function threeSteps(): [Uint8Array, Uint8Array, Uint8Array] {
	const doc = new Y.Doc();
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => void updates.push(update));
	doc.getText().insert(0, 'a');
	doc.getText().insert(1, 'b');
	doc.transact(() => {
		doc.getText().insert(2, 'c');
		doc.getText().delete(0, 1);
	});
	return updates as [Uint8Array, Uint8Array, Uint8Array];
}

test('what is kept aside is told to nobody, and is still there', () => {
	const [, second] = threeSteps();
	const doc = new Y.Doc();
	Y.applyUpdate(doc, second);
	const told = new Y.Doc();
	Y.applyUpdate(
		told,
		withoutAside(doc, () => Y.encodeStateAsUpdate(doc)),
	);
	expect([doc.store.pendingStructs === null, told.store.pendingStructs]).toEqual([false, null]);
});

test('what was kept aside comes in behind what it follows on, and is told apart from it', () => {
	const [first, second, third] = threeSteps();
	const doc = new Y.Doc();
	Y.applyUpdate(doc, third);
	const heard: [unknown, string][] = [];
	doc.on('update', (_update: Uint8Array, origin: unknown) => void heard.push([origin, doc.getText().toString()]));
	const origins = { update: 'row', aside: 'aside' };
	applyBeforeAside(doc, first, origins);
	expect(heard).toEqual([
		['row', 'a'],
		['aside', ''],
	]);
	applyBeforeAside(doc, second, origins);
	expect(heard.slice(2)).toEqual([
		['row', 'b'],
		['aside', 'bc'],
	]);
	expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null]);
});

test('an update that does not help leaves what is aside as it is, and tells of it to nobody', () => {
	const [, second] = threeSteps();
	const other = new Y.Doc();
	other.getText('other').insert(0, 'x');
	const doc = new Y.Doc();
	Y.applyUpdate(doc, second);
	const origins: unknown[] = [];
	doc.on('update', (_update: Uint8Array, origin: unknown) => void origins.push(origin));
	applyBeforeAside(doc, Y.encodeStateAsUpdate(other), { update: 'row', aside: 'aside' });
	expect([origins, doc.store.pendingStructs === null]).toEqual([['row'], false]);
});
