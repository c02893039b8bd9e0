import * as Y from 'yjs';
import { scriptOf } from './document.ts';
import { placeOfLetter, putsIn, type Put } from './put-words.ts';

/** Origin of the transactions that carry somebody's own words after a scene which another person moved meanwhile. */
export const carryingOrigin = 'carrying';

/** Says where a letter went: to its copy, or where it was carried. */
type NewHome = (letter: Y.ID) => Y.ID | null;
/** Hears that words moved, once everything stands where it belongs. */
export type MovedListener = (newHome: NewHome) => void;
/** What tells an editor that scenes moved under it. */
export type Moves = { onMoved(listener: MovedListener): () => void; stop(): void };

/**
 * Lets what is typed here go along with a scene that somebody else moves at the same moment: a move copies the words it knew, and letters that were
 * typed among them meanwhile are carried by the one browser that typed them, so that nobody does it twice. Answers how to stop and to listen.
 */
export function followMoves(doc: Y.Doc): Moves {
	const listeners = new Set<MovedListener>();
	const moved = (transaction: Y.Transaction): void => {
		const puts = movesIn(doc, transaction);
		if (puts.length === 0) return;
		const carried = carryOwn(doc, puts);
		const newHome: NewHome = (letter) => {
			for (const put of puts) {
				const offset = offsetIn(put, letter.client, letter.clock);
				if (offset !== null) return copyOf(put, offset);
			}
			const own = carried.find(({ from: [client, clock, length] }) => isIn(letter, client, clock, length));
			return own === undefined ? null : Y.createID(own.to.client, own.to.clock + letter.clock - own.from[1]);
		};
		told.push(newHome);
	};
	const told: NewHome[] = [];
	// Whoever shows the text has heard of the move and of what was carried by then.
	const tell = (): void => {
		for (const newHome of told.splice(0)) for (const listener of listeners) listener(newHome);
	};
	doc.on('afterTransaction', moved);
	doc.on('afterAllTransactions', tell);
	return {
		onMoved(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		stop() {
			doc.off('afterTransaction', moved);
			doc.off('afterAllTransactions', tell);
		},
	};
}

const movesIn = (doc: Y.Doc, transaction: Y.Transaction): Put[] =>
	transaction.local ? [] : putsIn(doc, transaction).filter(({ copied }) => copied.length > 0);

/** Whether a transaction brings moves of others. */
export const bringsMoves = (doc: Y.Doc, transaction: Y.Transaction): boolean => movesIn(doc, transaction).length > 0;

/** The letter that a place stood behind before a transaction; null at the very beginning. */
export function letterBefore(doc: Y.Doc, transaction: Y.Transaction, index: number): Y.ID | null {
	let left = index;
	let last: Y.ID | null = null;
	for (let item = scriptOf(doc)._start; item !== null && left > 0; item = item.right) {
		const isNew = item.id.clock >= (transaction.beforeState.get(item.id.client) ?? 0);
		const stood = !isNew && (!item.deleted || Y.isDeleted(transaction.deleteSet, item.id));
		if (!stood || (!item.countable && !item.deleted)) continue;
		last = Y.createID(item.id.client, item.id.clock + Math.min(left, item.length) - 1);
		left -= item.length;
	}
	return last;
}

const isIn = (letter: Y.ID, client: number, clock: number, length: number): boolean =>
	letter.client === client && letter.clock >= clock && letter.clock < clock + length;
const copyOf = ({ put: [client, clock], lead }: Put, offset: number): Y.ID => Y.createID(client, clock + lead + offset);

/** The how-manieth of the copied letters this is; null when it is none of them. */
function offsetIn({ copied }: Put, client: number, clock: number): number | null {
	let offset = 0;
	for (const [owner, first, length] of copied) {
		if (owner === client && clock >= first && clock < first + length) return offset + clock - first;
		offset += length;
	}
	return null;
}

type Carried = { from: readonly [number, number, number]; to: Y.ID };

function carryOwn(doc: Y.Doc, puts: readonly Put[]): Carried[] {
	const left = puts.flatMap((put) => leftBehind(doc, put));
	if (left.length === 0) return [];
	const script = scriptOf(doc);
	const carried: Carried[] = [];
	doc.transact(() => {
		// The last first: what was typed at one place keeps its order.
		for (const { put, behind, clock, words } of left.reverse()) {
			const from = placeOfLetter(doc, doc.clientID, clock);
			if (from !== null) script.delete(from.index, words.length);
			const after = behind < 0 ? copyOf(put, 0) : copyOf(put, behind);
			const place = placeOfLetter(doc, after.client, after.clock);
			const to = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID));
			script.insert(place === null ? script.length : place.index + (behind >= 0 && place.alive ? 1 : 0), words);
			carried.push({ from: [doc.clientID, clock, words.length], to });
		}
	}, carryingOrigin);
	return carried;
}

/** Own words among the letters that a move took away, each with the copied letter it stood behind (-1 = before all). */
function leftBehind(doc: Y.Doc, put: Put): { put: Put; behind: number; clock: number; words: string }[] {
	const found = [];
	const total = put.copied.reduce((sum, [, , length]) => sum + length, 0);
	const [first] = put.copied;
	if (first === undefined || Y.getState(doc.store, first[0]) <= first[1]) return [];
	let behind = -1;
	let item: Y.Item | null = Y.getItem(doc.store, Y.createID(first[0], first[1]));
	for (; item instanceof Y.Item && behind < total - 1; item = item.right) {
		const { client, clock } = item.id;
		const end = offsetIn(put, client, clock + item.length - 1);
		if (end !== null) behind = end;
		else if (client === doc.clientID && !item.deleted && item.content instanceof Y.ContentString)
			found.push({ put, behind, clock, words: item.content.str });
	}
	return found;
}
