import fc from 'fast-check';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { restoreVersion } from '../version/restore.ts';
import { canonicalContent } from '../version/content.ts';
import {
	addAssets,
	addPicture,
	addVariant,
	bibleTypeOf,
	editAsset,
	editVariant,
	leadPicture,
	readBible,
	removePicture,
	removeVariant,
} from './bible.ts';

let ids = 0;
const edit = { newId: () => `id-${String(++ids).padStart(8, '0')}`, origin: 'mei-000001' };
const copyOf = (doc: Y.Doc): Y.Doc => {
	const copy = new Y.Doc();
	Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
	return copy;
};
const merge = (...docs: Y.Doc[]): void => {
	for (const from of docs) for (const to of docs) Y.applyUpdate(to, Y.encodeStateAsUpdate(from));
};
const aBible = () => {
	const doc = new Y.Doc();
	const [girl = '', street = ''] = addAssets(doc, edit, [
		{ kind: 'character', name: 'Girl' },
		{ kind: 'location', name: 'Street', description: 'gas lamps' },
	]);
	return { doc, girl, street };
};
const aPicture = { sha256: 'a'.repeat(64), widthPx: 4, heightPx: 4, variantId: null };

test('people who change different things of one asset at once change them all', () => {
	const { doc: mei, girl } = aBible();
	const coat = addVariant(mei, edit, girl, 'coat');
	const tom = copyOf(mei);
	editAsset(mei, edit, girl, { description: 'freckles' });
	editVariant(mei, edit, { assetId: girl, variantId: coat }, { name: 'winter coat' });
	addPicture(mei, edit, girl, aPicture);
	editAsset(tom, edit, girl, { seed: 7 });
	editVariant(tom, edit, { assetId: girl, variantId: coat }, { description: 'fur collar' });
	addPicture(tom, edit, girl, { ...aPicture, sha256: 'b'.repeat(64) });
	addVariant(tom, edit, girl, 'barefoot');
	merge(mei, tom);
	expect(readBible(mei)).toEqual(readBible(tom));
	expect(readBible(mei).assets[0]).toMatchObject({
		description: 'freckles',
		seed: 7,
		variants: [
			{ name: 'winter coat', description: 'fur collar' },
			{ name: 'barefoot', description: '' },
		],
		pictures: [{ order: 'a0' }, { order: 'a0' }],
	});
});

test('a variant that one removes while another writes in it is gone, and its pictures are the asset’s own', () => {
	const { doc: mei, girl } = aBible();
	const variantId = addVariant(mei, edit, girl, 'coat');
	addPicture(mei, edit, girl, { ...aPicture, variantId });
	const tom = copyOf(mei);
	removeVariant(mei, edit, { assetId: girl, variantId });
	editVariant(tom, edit, { assetId: girl, variantId }, { description: 'fur' });
	merge(mei, tom);
	expect(readBible(tom).assets[0]).toMatchObject({ variants: [], pictures: [{ variantId: null }] });
});

test('the picture that is put first stands for the asset, and one that is removed is gone', () => {
	const { doc, girl } = aBible();
	const first = addPicture(doc, edit, girl, aPicture);
	const second = addPicture(doc, edit, girl, aPicture);
	leadPicture(doc, edit, { assetId: girl, pictureId: second });
	expect(readBible(doc).assets[0]?.pictures.map(({ id }) => id)).toEqual([second, first]);
	removePicture(doc, edit, { assetId: girl, pictureId: second });
	expect(readBible(doc).assets[0]?.pictures.map(({ id }) => id)).toEqual([first]);
});

test('what a broken program wrote is passed over', () => {
	const { doc, girl } = aBible();
	bibleTypeOf(doc).set('nonsense', 7 as unknown as Y.Map<unknown>);
	bibleTypeOf(doc).set('half-0001', new Y.Map<unknown>([['name', 'Half']]));
	bibleTypeOf(doc).get(girl)?.set('variant/x/name', 7);
	bibleTypeOf(doc).get(girl)?.set('picture/y', { sha256: '../etc' });
	expect(readBible(doc).assets.map(({ name, variants, pictures }) => [name, variants, pictures])).toEqual([
		['Girl', [], []],
		['Street', [], []],
	]);
});

test('an undo takes back what one did to the bible and nothing of the others', () => {
	const { doc, girl } = aBible();
	const undo = new Y.UndoManager([bibleTypeOf(doc)], { trackedOrigins: new Set([edit.origin]), captureTimeout: 0 });
	editAsset(doc, edit, girl, { description: 'mine' });
	editAsset(doc, { origin: 'tom-000001' }, girl, { lora: 'theirs' });
	undo.undo();
	expect(readBible(doc).assets[0]).toMatchObject({ description: '', lora: 'theirs' });
});

test('restoring a version brings the bible back, and takes out what came since', () => {
	const { doc, girl, street } = aBible();
	addVariant(doc, edit, girl, 'coat');
	const target = copyOf(doc);
	const before = canonicalContent(doc);
	editAsset(doc, edit, street, { omitted: true });
	editAsset(doc, edit, girl, { description: 'other', name: 'Woman' });
	addVariant(doc, edit, girl, 'hat');
	const [later] = addAssets(doc, edit, [{ kind: 'prop', name: 'Matches' }]);
	expect(canonicalContent(doc)).not.toBe(before);
	restoreVersion(doc, { origin: edit.origin, target });
	expect(readBible(doc).assets).toEqual(readBible(target).assets);
	expect(readBible(doc).omitted.map(({ id }) => id)).toEqual([later]);
});

test('whatever people do at once, everybody ends with the same bible and no name is lost', () => {
	const step = fc.record({
		who: fc.nat(2),
		what: fc.constantFrom('add', 'edit', 'variant', 'picture', 'omit', 'meet'),
		words: fc.constantFrom('Rain', '愚公', ''),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
			const docs = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
			let added = 0;
			for (const { who, what, words } of steps) {
				const doc = docs[who] ?? new Y.Doc();
				const [asset] = readBible(doc).assets;
				if (what === 'add') added += addAssets(doc, edit, [{ kind: 'prop', name: words }]).length;
				else if (what === 'meet') merge(doc, docs[(who + 1) % 3] ?? doc);
				else if (asset === undefined) continue;
				else if (what === 'edit') editAsset(doc, edit, asset.id, { description: words });
				else if (what === 'variant') addVariant(doc, edit, asset.id, words);
				else if (what === 'picture') addPicture(doc, edit, asset.id, aPicture);
				else editAsset(doc, edit, asset.id, { omitted: true });
			}
			merge(...docs);
			const [first, ...others] = docs.map((doc) => readBible(doc));
			for (const other of others) expect(other).toEqual(first);
			expect((first?.assets.length ?? 0) + (first?.omitted.length ?? 0)).toBe(added);
		}),
		{ numRuns: 60, seed: 5 },
	);
});
