import * as decoding from 'lib0/decoding';

/** What the decoder must know of a document to judge typing against it. */
export type Known = {
	/** The next clock of a client id, with all that was taken so far. */
	clockOf(client: number): number;
	/** Whether the document has a text or map of this name at its root. */
	hasRoot(name: string): boolean;
};

/** Typing of one client id: where its next clock is now, or null when it only deletes. */
export type Typed = { client: number; end: number } | { client: null };

/** Longer ones are judged by Yjs itself. */
const mostBytes = 4096;
const stringContent = 4;
const [hasOrigin, hasRightOrigin, hasParentKey] = [0x80, 0x40, 0x20];

/**
 * Reads an update that only types and deletes text, follows directly on what is known, and refers to nothing else: such an
 * update cannot fail when it is applied, so it may be handed on first. Null for every other update, sound or not.
 */
export function readTyped(update: Uint8Array, known: Known): Typed | null {
	if (update.length > mostBytes) return null;
	try {
		const decoder = decoding.createDecoder(update);
		const typed = readStructs(decoder, known);
		if (typed === null || !hasKnownDeletions(decoder, known, typed)) return null;
		return decoding.hasContent(decoder) ? null : typed;
	} catch {
		// Whatever it is, Yjs will say.
		return null;
	}
}

function readStructs(decoder: decoding.Decoder, known: Known): Typed | null {
	const clients = decoding.readVarUint(decoder);
	if (clients === 0) return { client: null };
	if (clients > 1) return null;
	const count = decoding.readVarUint(decoder);
	const client = decoding.readVarUint(decoder);
	let clock = decoding.readVarUint(decoder);
	if (count === 0 || clock !== known.clockOf(client)) return null;
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
	return Number.isSafeInteger(clock) ? { client, end: clock } : null;
}

function hasKnownDeletions(decoder: decoding.Decoder, known: Known, typed: Typed): boolean {
	for (let clients = decoding.readVarUint(decoder); clients > 0; clients--) {
		const client = decoding.readVarUint(decoder);
		const end = client === typed.client ? typed.end : known.clockOf(client);
		for (let ranges = decoding.readVarUint(decoder); ranges > 0; ranges--) {
			const clock = decoding.readVarUint(decoder);
			const length = decoding.readVarUint(decoder);
			if (length === 0 || clock + length > end) return false;
		}
	}
	return true;
}
