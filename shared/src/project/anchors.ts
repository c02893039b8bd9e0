import * as Y from 'yjs';

const scriptKey = 'script';

/** The Fountain text. */
export const scriptOf = (doc: Y.Doc): Y.Text => doc.getText(scriptKey);

/** A place in the script that moves with the text, as bytes that fit into a map. */
export function anchorAt(doc: Y.Doc, index: number, assoc = 0): Uint8Array {
	return Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(scriptOf(doc), index, assoc));
}

/** Where an anchor stands now; null when it cannot be told. */
export function anchorIndex(doc: Y.Doc, anchor: unknown): number | null {
	// Asked for first: a document that nobody has read yet knows its text by no kind, and would not know it again.
	const script = scriptOf(doc);
	const position = decodeAnchor(doc, anchor);
	if (position === null) return null;
	// That undone letters are the old ones is known only where they were undone: an anchor stands there where it stands for all others.
	const place = Y.createAbsolutePositionFromRelativePosition(position, doc, false);
	return place !== null && place.type === script ? place.index : null;
}

/**
 * Where anchors stand now, each null when it cannot be told. One walk through the text finds them all: a text that was written by hand is made of
 * thousands of pieces, and each anchor alone would walk through half of them.
 */
export function placesOf(doc: Y.Doc, anchors: readonly unknown[]): (number | null)[] {
	const script = scriptOf(doc);
	const pieces = new Map<Y.Item, number>();
	const held = anchors.map((anchor) => {
		const position = decodeAnchor(doc, anchor);
		if (position === null) return null;
		const { item: id, assoc } = position;
		if (id === null) return { piece: null, index: assoc >= 0 ? script.length : 0 };
		const piece: unknown = Y.getItem(doc.store, id);
		if (!(piece instanceof Y.Item) || piece.parent !== script) return null;
		pieces.set(piece, 0);
		const within = piece.deleted || !piece.countable ? 0 : id.clock - piece.id.clock + (assoc >= 0 ? 0 : 1);
		return { piece, index: within };
	});
	if (pieces.size > 0) {
		let index = 0;
		for (const piece of Y.getTypeChildren(script)) {
			if (pieces.has(piece)) pieces.set(piece, index);
			if (!piece.deleted && piece.countable) index += piece.length;
		}
	}
	return held.map((one) => one && one.index + (one.piece === null ? 0 : (pieces.get(one.piece) ?? 0)));
}

/** The bytes of an anchor stay the same, and with them what they say. */
const decoded = new WeakMap<Uint8Array, Y.RelativePosition>();

/** Reads an anchor; null for one that a broken or hostile program wrote, which names nothing in this document's script. */
export function decodeAnchor(doc: Y.Doc, anchor: unknown): Y.RelativePosition | null {
	if (!(anchor instanceof Uint8Array)) return null;
	let position = decoded.get(anchor);
	if (position === undefined) {
		try {
			position = Y.decodeRelativePosition(anchor);
		} catch {
			return null; // Not an anchor at all.
		}
		decoded.set(anchor, position);
	}
	const { item, tname } = position;
	if (item === null) return tname === scriptKey ? position : null;
	return Y.getState(doc.store, item.client) > item.clock ? position : null;
}

/** The anchor on the letter that an undo made in place of a deleted one; null when it needs no other one. Known only where the undo was. */
export function undoneAnchor(doc: Y.Doc, anchor: unknown): Uint8Array | null {
	const position = decodeAnchor(doc, anchor);
	for (let id = position?.item ?? null; position !== null && id !== null;) {
		const item: unknown = Y.getItem(doc.store, id);
		if (!(item instanceof Y.Item)) return null;
		if (!item.deleted) {
			if (id === position.item) return null;
			return Y.encodeRelativePosition(new Y.RelativePosition(position.type, position.tname, id, position.assoc));
		}
		id = item.redone && Y.createID(item.redone.client, item.redone.clock + id.clock - item.id.clock);
	}
	return null;
}

/** Whether the very letter that an anchor holds on to still stands. */
export function isAlive(doc: Y.Doc, anchor: unknown): boolean {
	const id = decodeAnchor(doc, anchor)?.item ?? null;
	if (id === null) return false;
	const item: unknown = Y.getItem(doc.store, id);
	return item instanceof Y.Item && !item.deleted;
}
