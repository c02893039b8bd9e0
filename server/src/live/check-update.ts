import * as Y from 'yjs';

/** An update that no honest client sends. */
export class BadUpdate extends Error {
	override name = 'BadUpdate';
}

/** No honest client is this far ahead of what it has sent. */
const largestJump = 50_000_000;
/** A browser has one client id for each time it opened the document without coming through. */
const mostNewClients = 100;

/** What an update brings: where what each client id wrote ends in it. */
export type Brings = { ends: ReadonlyMap<number, number> };

/** Decodes an update before it may touch a document; throws `BadUpdate` when it is none. */
export function readBrings(update: Uint8Array): Brings {
	let decoded;
	try {
		decoded = Y.decodeUpdate(update);
	} catch (error) {
		throw new BadUpdate('The update cannot be decoded', { cause: error });
	}
	const ends = new Map<number, number>();
	for (const struct of decoded.structs) {
		const { client, clock } = struct.id;
		const end = clock + struct.length;
		if (!Number.isSafeInteger(client) || !Number.isSafeInteger(end) || client < 0 || clock < 0 || struct.length < 1)
			throw new BadUpdate('An id is out of range');
		if (!(struct instanceof Y.Skip)) ends.set(client, Math.max(end, ends.get(client) ?? 0));
	}
	return { ends };
}

/**
 * Judges an update before it may touch a document. What is new must come from client ids of this account: a forged
 * clock of somebody else's id would make the document drop that person's later edits for ever. Answers the ids under which it
 * adds something: this account's, those of them that were nobody's yet, and somebody else's.
 */
export function checkUpdate(
	doc: Y.Doc,
	{ ends }: Brings,
	owners: ReadonlyMap<number, string>,
	accountId: string,
): { clients: Set<number>; newClients: Set<number>; foreign: Set<number> } {
	const newClients = new Set<number>();
	const clients = new Set<number>();
	const foreign = new Set<number>();
	for (const [client, end] of ends) {
		const known = Y.getState(doc.store, client);
		if (end <= known) continue;
		if (end - known > largestJump) throw new BadUpdate('A clock jumps too far');
		const owner = owners.get(client);
		if (owner === undefined) newClients.add(client);
		(owner === undefined || owner === accountId ? clients : foreign).add(client);
	}
	if (newClients.size > mostNewClients) throw new BadUpdate('Too many client ids');
	return { clients, newClients, foreign };
}

/** Whether an update holds anything that the document does not: words, or deletions of words, which have no clock of their own. */
export function hasNews(doc: Y.Doc, update: Uint8Array): boolean {
	const { structs, ds } = Y.decodeUpdate(update);
	if (structs.some(({ id, length }) => id.clock + length > Y.getState(doc.store, id.client))) return true;
	if (ds.clients.size === 0) return false;
	const known = Y.createDeleteSetFromStructStore(doc.store);
	return !Y.equalDeleteSets(Y.mergeDeleteSets([known, ds]), known);
}

/**
 * What is written in the update, without what these client ids wrote, and without what it deletes: of words that were replaced the
 * deletion must never be taken alone.
 */
export function wordsWithout(update: Uint8Array, clients: Iterable<number>): Uint8Array {
	const all = new Map([...clients].map((client) => [client, Number.MAX_SAFE_INTEGER]));
	const words = Y.diffUpdate(update, Y.encodeStateVector(all));
	// An update ends with its deletions; a snapshot writes the same bytes, and one more for an empty state vector.
	const deletedBytes = Y.encodeSnapshot(Y.createSnapshot(Y.decodeUpdate(words).ds, new Map())).length - 1;
	const without = words.slice(0, words.length - deletedBytes + 1);
	without[without.length - 1] = 0;
	return without;
}
