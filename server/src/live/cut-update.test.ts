import fc from 'fast-check';
import * as Y from 'yjs';
import { expect, it } from 'vitest';
import { BadUpdate } from './check-update.ts';
import { findCuts, piecesOf, standsOn } from './cut-update.ts';
import { scanUpdate } from './scan-update.ts';

const whole = (doc: Y.Doc): Uint8Array => Y.encodeStateAsUpdate(doc);
const pieces = (update: Uint8Array): Uint8Array[] => [...piecesOf(update, findCuts(scanUpdate(update)))];
const built = (updates: Iterable<Uint8Array>): Y.Doc => {
	const doc = new Y.Doc();
	for (const update of updates) Y.applyUpdate(doc, update);
	return doc;
};
const contentOf = (doc: Y.Doc) => [doc.getText('script').toString(), doc.getMap('shots').toJSON()];
/** Types that nobody has looked at yet have no content to show. */
const looked = (doc: Y.Doc) => {
	doc.getText('script');
	doc.getMap('shots');
	return doc;
};

type Edit = [who: number, kind: number, place: number, words: string];
const edits = fc.array(fc.tuple(fc.nat(3), fc.nat(9), fc.nat(10_000), fc.string({ unit: 'grapheme', maxLength: 12 })), {
	minLength: 1,
	maxLength: 60,
	size: 'max',
});

/** Some people who edit, and now and then hear of each other. */
function room(list: readonly Edit[]): Y.Doc[] {
	const docs = [0, 1, 2, 3].map(() => looked(new Y.Doc()));
	for (const [who, kind, place, words] of list) {
		const doc = docs[who] as Y.Doc;
		const text = doc.getText('script');
		const shots = doc.getMap<Y.Map<unknown>>('shots');
		if (kind < 4) text.insert(place % (text.length + 1), words);
		else if (kind < 6 && text.length > 0) text.delete(place % text.length, 1);
		else if (kind === 6) shots.set(`shot-${place % 5}`, new Y.Map([['words', { said: [words, null, place] }]]));
		else if (kind === 7) shots.get(`shot-${place % 5}`)?.set('words', words === '' ? new Uint8Array([1, 2]) : words);
		else if (kind === 8) shots.delete(`shot-${place % 5}`);
		else for (const other of docs) Y.applyUpdate(other, whole(doc));
	}
	return docs;
}

it('cuts whatever people wrote so that the pieces say the same as the whole, and none of them waits for a later one', () => {
	fc.assert(
		fc.property(edits, (list) => {
			for (const doc of room(list)) {
				const update = whole(doc);
				const made = looked(new Y.Doc());
				for (const piece of pieces(update)) {
					Y.applyUpdate(made, piece);
					expect([made.store.pendingStructs, made.store.pendingDs]).toEqual([null, null]);
				}
				expect(contentOf(made)).toEqual(contentOf(doc));
				expect(Y.encodeStateVector(made)).toEqual(Y.encodeStateVector(looked(built([update]))));
			}
		}),
		{ numRuns: 200 },
	);
});

it('finds in every update where its structs begin, of which client ids, and how many there are', () => {
	fc.assert(
		fc.property(edits, (list) => {
			const [first, second] = room(list) as [Y.Doc, Y.Doc];
			for (const update of [whole(first), Y.encodeStateAsUpdate(second, Y.encodeStateVector(first))]) {
				const { structs, ds } = Y.decodeUpdate(update);
				const { sections, parts } = scanUpdate(update);
				const found = sections.flatMap(({ client, clocks }) => clocks.slice(0, -1).map((clock) => [client, clock]));
				expect(found).toEqual(structs.map(({ id }) => [id.client, id.clock]));
				const ranges = [...ds.clients.values()].reduce((sum, { length }) => sum + length, 0);
				expect(parts).toBe(structs.length + ranges);
			}
		}),
		{ numRuns: 200 },
	);
});

it('says whether all of an update can stand in a document', () => {
	fc.assert(
		fc.property(edits, (list) => {
			const [first, second, third] = room(list) as [Y.Doc, Y.Doc, Y.Doc];
			const update = Y.encodeStateAsUpdate(second, Y.encodeStateVector(first));
			const needs = standsOn(scanUpdate(update));
			for (const doc of [first, third, new Y.Doc()]) {
				const stands = [...(needs ?? [])].every(([client, clock]) => Y.getState(doc.store, client) >= clock);
				Y.applyUpdate(doc, update);
				expect(stands).toBe(doc.store.pendingStructs === null && doc.store.pendingDs === null);
			}
		}),
		{ numRuns: 200 },
	);
});

it('cuts what thousands of edits made into many small pieces', () => {
	const docs = [0, 1].map(() => looked(new Y.Doc())) as [Y.Doc, Y.Doc];
	for (let count = 0; count < 4_000; count++) {
		const [here, there] = count % 2 === 0 ? docs : (docs.toReversed() as [Y.Doc, Y.Doc]);
		const text = here.getText('script');
		text.insert((count * 7919) % (text.length + 1), '字');
		if (count % 3 === 0) text.delete((count * 31) % text.length, 1);
		Y.applyUpdate(there, Y.encodeStateAsUpdate(here, Y.encodeStateVector(there)));
	}
	const update = whole(docs[0]);
	const made = pieces(update);
	expect(made.length).toBeGreaterThan(16);
	for (const piece of made) expect(scanUpdate(piece).parts).toBeLessThanOrEqual(256);
	expect(contentOf(looked(built(made)))).toEqual(contentOf(docs[0]));
});

const circle = Uint8Array.of(...[2, 1, 9, 0, 0x84, 8, 0, 1, 97], ...[1, 8, 0, 0x84, 9, 0, 1, 98], ...[0]);
it.each([
	['that ends too early', whole(looked(built([]))).slice(0, -1)],
	['with something behind it', Uint8Array.of(0, 0, 0)],
	['of nothing', new Uint8Array()],
	['with a struct of an unknown kind', Uint8Array.of(1, 1, 9, 0, 0x8b, 9, 0, 1, 0)],
	['with an empty struct', Uint8Array.of(1, 1, 9, 0, 0x84, 8, 0, 0, 0)],
	['whose text is longer than it is', Uint8Array.of(1, 1, 9, 0, 0x84, 8, 0, 100, 97, 0)],
	['that says it has a thousand million structs', Uint8Array.of(1, 0x80, 0x94, 0xeb, 0xdc, 0x03, 9, 0, 0)],
])('refuses an update %s', (_, update) => {
	expect(() => scanUpdate(update)).toThrow(BadUpdate);
});
it('refuses what follows on itself', () => {
	expect(() => pieces(circle)).toThrow('What is written follows on itself');
	expect(() => pieces(Uint8Array.of(1, 1, 9, 0, 0x84, 9, 0, 1, 97, 0))).toThrow('What is written follows on itself');
});
