import * as decoding from 'lib0/decoding';

/** What the decoder must know of a document to judge typing against it. */
export type Known = {
	/** The next clock of a client id, with all that was taken so far. */
	clockOf(client: number): number;
	/** Whether the document has a text or map of this name at its root. */
	hasRoot(name: string): boolean;
};

/** Typing of one client id, and where in the bytes it stands. */
export type Typed = {
	/** Null when it only deletes. */
	client: number | null;
	/** The clock of its first letter, and where its next clock is now. */
	clock: number;
	end: number;
	/** Its structs: how many, and their bytes. */
	count: number;
	from: number;
	to: number;
	deletions: readonly TypedDeletions[];
};
/** What is deleted of one client id: how many ranges, and their bytes. */
export type TypedDeletions = { client: number; count: number; from: number; to: number };

/** Longer ones are judged by Yjs itself. */
const mostBytes = 4096;
const stringContent = 4;
const [hasOrigin, hasRightOrigin, hasParentKey] = [0x80, 0x40, 0x20];
/** Most typing deletes nothing. */
const none: readonly TypedDeletions[] = [];

/**
 * Reads an update that only types and deletes text, follows directly on what is known, and refers to nothing else: such an
 * update cannot fail when it is applied, so it may be handed on and written first. Null for every other update, sound or not.
 */
export function readTyped(update: Uint8Array, known: Known): Typed | null {
	if (update.length > mostBytes) return null;
	try {
		const decoder = decoding.createDecoder(update);
		const typed = readStructs(decoder, known);
		if (typed === null) return null;
		const deletions = readDeletions(decoder, known, typed);
		if (deletions === null || decoding.hasContent(decoder)) return null;
		typed.deletions = deletions;
		return typed;
	} catch {
		// Whatever it is, Yjs will say.
		return null;
	}
}

function readStructs(decoder: decoding.Decoder, known: Known): Typed | null {
	const clients = decoding.readVarUint(decoder);
	if (clients === 0) return { client: null, clock: 0, end: 0, count: 0, from: 0, to: 0, deletions: none };
	if (clients > 1) return null;
	const count = decoding.readVarUint(decoder);
	const client = decoding.readVarUint(decoder);
	const first = decoding.readVarUint(decoder);
	if (count === 0 || first !== known.clockOf(client)) return null;
	const from = decoder.pos;
	let clock = first;
	const isThere = (otherClient: number, otherClock: number) =>
		otherClock < (otherClient === client ? clock : known.clockOf(otherClient));
	for (let index = 0; index < count; index++) {
		const info = decoding.readUint8(decoder);
		if ((info & 0x1f) !== stringContent) return null;
		if ((info & hasOrigin) !== 0 && !isThere(decoding.readVarUint(decoder), decoding.readVarUint(decoder))) return null;
		if ((info & hasRightOrigin) !== 0 && !isThere(decoding.readVarUint(decoder), decoding.readVarUint(decoder)))
			return null;
		if ((info & (hasOrigin | hasRightOrigin)) === 0) {
			if ((info & hasParentKey) !== 0 || decoding.readVarUint(decoder) !== 1) return null;
			if (!known.hasRoot(decoding.readVarString(decoder))) return null;
		}
		const { length } = decoding.readVarString(decoder);
		if (length === 0) return null;
		clock += length;
	}
	if (!Number.isSafeInteger(clock)) return null;
	return { client, clock: first, end: clock, count, from, to: decoder.pos, deletions: none };
}

function readDeletions(decoder: decoding.Decoder, known: Known, typed: Typed): readonly TypedDeletions[] | null {
	let clients = decoding.readVarUint(decoder);
	if (clients === 0) return none;
	const deletions: TypedDeletions[] = [];
	for (; clients > 0; clients--) {
		const client = decoding.readVarUint(decoder);
		const end = client === typed.client ? typed.end : known.clockOf(client);
		const count = decoding.readVarUint(decoder);
		const from = decoder.pos;
		for (let ranges = count; ranges > 0; ranges--) {
			const clock = decoding.readVarUint(decoder);
			const length = decoding.readVarUint(decoder);
			if (length === 0 || clock + length > end) return null;
		}
		deletions.push({ client, count, from, to: decoder.pos });
	}
	return deletions;
}
