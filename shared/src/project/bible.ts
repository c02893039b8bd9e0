import * as Y from 'yjs';
import { Asset, AssetPicture, AssetVariant, assetKinds, type AssetKind } from '../bible/asset.ts';
import { compareOrder, orderBetween } from '../board/order.ts';
import type { Edit } from './document.ts';

const assetsKey = 'assets';
type Item = Y.Map<unknown>;

/** The map to observe for changes of the bible; read it with `readBible`. */
export const bibleTypeOf = (doc: Y.Doc): Y.Map<Item> => doc.getMap<Item>(assetsKey);

/** The bible as it stands: everything in use by kind and order, then what was taken out. */
export type Bible = { assets: Asset[]; omitted: Asset[] };

/** Keys of an item: `variant/ID/name` and the like each of their own, so that people who change different things of it at once change both. */
const variantKey = (variantId: string, field: 'name' | 'description' | 'order'): string =>
	`variant/${variantId}/${field}`;
const pictureKey = (pictureId: string): string => `picture/${pictureId}`;

function variantsOf(item: Item): AssetVariant[] {
	const variants = [...item.keys()].flatMap((key) => {
		const [, id = ''] = /^variant\/([^/]+)\/name$/.exec(key) ?? [];
		if (id === '') return [];
		const [name, description, order] = (['name', 'description', 'order'] as const).map((field) =>
			item.get(variantKey(id, field)),
		);
		const parsed = AssetVariant.safeParse({ id, name, description: description ?? '', order: order ?? '' });
		return parsed.success ? [parsed.data] : [];
	});
	return variants.sort(compareOrder);
}
function picturesOf(item: Item): AssetPicture[] {
	const pictures = [...item.entries()].flatMap(([key, value]) => {
		const parsed = key.startsWith('picture/') ? AssetPicture.safeParse(value) : undefined;
		return parsed?.success === true ? [parsed.data] : [];
	});
	return pictures.sort(compareOrder);
}

/** Reads the bible; what somebody's older or broken program wrote is passed over. */
export function readBible(doc: Y.Doc): Bible {
	const all = [...bibleTypeOf(doc).values()].flatMap((item: unknown) => {
		if (!(item instanceof Y.Map)) return [];
		const own = item as Item;
		const fields = Object.fromEntries([...own.entries()].filter(([key]) => !key.includes('/')));
		const parsed = Asset.safeParse({ ...fields, variants: variantsOf(own), pictures: picturesOf(own) });
		return parsed.success ? [parsed.data] : [];
	});
	all.sort((a, b) => assetKinds.indexOf(a.kind) - assetKinds.indexOf(b.kind) || compareOrder(a, b));
	return { assets: all.filter(({ omitted }) => !omitted), omitted: all.filter(({ omitted }) => omitted) };
}

type NewAsset = { kind: AssetKind; name: string; description?: string };
/** Adds things behind the last ones of their kinds, as one edit; answers their ids. */
export function addAssets(doc: Y.Doc, { newId, origin }: Edit, inputs: readonly NewAsset[]): string[] {
	const { assets, omitted } = readBible(doc);
	const last = new Map<AssetKind, string>();
	for (const { kind, order } of [...assets, ...omitted]) if (order > (last.get(kind) ?? '')) last.set(kind, order);
	const made = inputs.map(({ kind, name, description = '' }) => {
		const order = orderBetween(last.get(kind) ?? null, null);
		last.set(kind, order);
		return {
			id: newId(),
			kind,
			name,
			aliases: [],
			description,
			negative: '',
			lora: '',
			seed: null,
			order,
			omitted: false,
		};
	});
	doc.transact(() => {
		for (const asset of made) bibleTypeOf(doc).set(asset.id, new Y.Map<unknown>(Object.entries(asset)));
	}, origin);
	return made.map(({ id }) => id);
}

/** Does something to an asset as one edit; one that is gone stays gone. */
function withAsset(doc: Y.Doc, { origin }: Pick<Edit, 'origin'>, assetId: string, work: (item: Item) => void): void {
	const item = bibleTypeOf(doc).get(assetId);
	if (item !== undefined) doc.transact(() => work(item), origin);
}
const put = (item: Item, key: string, value: unknown): void => {
	if (JSON.stringify(item.get(key)) !== JSON.stringify(value)) item.set(key, value);
};

/** Fields of an asset that people change. */
export type AssetChange = Partial<
	Pick<Asset, 'kind' | 'name' | 'aliases' | 'description' | 'negative' | 'lora' | 'seed' | 'order' | 'omitted'>
>;
/** Changes fields of an asset. */
export const editAsset = (doc: Y.Doc, edit: Pick<Edit, 'origin'>, assetId: string, change: AssetChange): void =>
	withAsset(doc, edit, assetId, (item) => {
		for (const [key, value] of Object.entries(change)) put(item, key, value);
	});

/** Adds another look behind the last one; answers its id. */
export function addVariant(doc: Y.Doc, edit: Edit, assetId: string, name: string): string {
	const id = edit.newId();
	withAsset(doc, edit, assetId, (item) => {
		item.set(variantKey(id, 'order'), orderBetween(variantsOf(item).at(-1)?.order ?? null, null));
		item.set(variantKey(id, 'description'), '');
		item.set(variantKey(id, 'name'), name);
	});
	return id;
}
/** Changes name or description of a variant; one that was removed stays removed. */
export const editVariant = (
	doc: Y.Doc,
	edit: Pick<Edit, 'origin'>,
	{ assetId, variantId }: { assetId: string; variantId: string },
	change: Partial<Pick<AssetVariant, 'name' | 'description'>>,
): void =>
	withAsset(doc, edit, assetId, (item) => {
		if (!item.has(variantKey(variantId, 'name'))) return;
		for (const field of ['name', 'description'] as const)
			if (change[field] !== undefined) put(item, variantKey(variantId, field), change[field]);
	});
/** Removes a variant; its pictures become the asset's own. */
export const removeVariant = (
	doc: Y.Doc,
	edit: Pick<Edit, 'origin'>,
	{ assetId, variantId }: { assetId: string; variantId: string },
): void =>
	withAsset(doc, edit, assetId, (item) => {
		for (const field of ['name', 'description', 'order'] as const) item.delete(variantKey(variantId, field));
		for (const picture of picturesOf(item))
			if (picture.variantId === variantId) item.set(pictureKey(picture.id), { ...picture, variantId: null });
	});

/** Adds a stored picture behind the last one; answers its id. */
export function addPicture(
	doc: Y.Doc,
	edit: Edit,
	assetId: string,
	picture: Omit<AssetPicture, 'id' | 'order'>,
): string {
	const id = edit.newId();
	withAsset(doc, edit, assetId, (item) =>
		item.set(pictureKey(id), { ...picture, id, order: orderBetween(picturesOf(item).at(-1)?.order ?? null, null) }),
	);
	return id;
}
/** Puts a picture before all others: it is the one that stands for the asset. */
export const leadPicture = (
	doc: Y.Doc,
	edit: Pick<Edit, 'origin'>,
	{ assetId, pictureId }: { assetId: string; pictureId: string },
): void =>
	withAsset(doc, edit, assetId, (item) => {
		const pictures = picturesOf(item);
		const picture = pictures.find(({ id }) => id === pictureId);
		if (picture === undefined || pictures[0] === picture) return;
		item.set(pictureKey(pictureId), { ...picture, order: orderBetween(null, pictures[0]?.order ?? null) });
	});
/** Takes a picture off an asset; the file stays as long as anything refers to it. */
export const removePicture = (
	doc: Y.Doc,
	edit: Pick<Edit, 'origin'>,
	{ assetId, pictureId }: { assetId: string; pictureId: string },
): void => withAsset(doc, edit, assetId, (item) => item.delete(pictureKey(pictureId)));

/** The keys and values of every asset as they are stored, for comparing two documents key by key. */
function storedAssets(doc: Y.Doc): Map<string, Map<string, unknown>> {
	const stored = [...bibleTypeOf(doc).entries()].flatMap(([id, item]: [string, unknown]) =>
		item instanceof Y.Map ? [[id, new Map((item as Item).entries())] as const] : [],
	);
	return new Map(stored);
}

/**
 * Brings the bible back as another document has it. With `since` only what is there as it was there: what was changed after it stays. Things that
 * came later are taken out and kept. Only restoring calls it.
 */
export function putBackBible(doc: Y.Doc, { target, since = doc }: { target: Y.Doc; since?: Y.Doc }): void {
	const [wanted, base, now] = [storedAssets(target), storedAssets(since), storedAssets(doc)];
	const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
	for (const [id, fields] of wanted) {
		let item = bibleTypeOf(doc).get(id);
		if (item === undefined) bibleTypeOf(doc).set(id, (item = new Y.Map<unknown>()));
		const [was, is] = [base.get(id), now.get(id)];
		const keys = new Set([...fields.keys(), ...(is?.keys() ?? [])]);
		for (const key of keys) {
			if (is !== undefined && was !== undefined && !same(is.get(key), was.get(key))) continue;
			if (fields.has(key)) put(item, key, fields.get(key));
			else if (item.has(key)) item.delete(key);
		}
	}
	for (const [id, was] of base)
		if (!wanted.has(id) && now.get(id)?.get('omitted') === false && was.get('omitted') === false)
			bibleTypeOf(doc).get(id)?.set('omitted', true);
}
