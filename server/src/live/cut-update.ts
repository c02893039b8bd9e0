import * as encoding from 'lib0/encoding';
import { BadUpdate } from './check-update.ts';
import type { Scanned, Section } from './scan-update.ts';

/** Neighbouring structs of one client id: how many, the clock of the first, and where they stand in the bytes. */
type Run = { client: number; count: number; clock: number; from: number; to: number };
/** Where an update may be cut. Applied in their order the pieces say the same as the whole. */
type Cuts = {
	/** What is written. */
	words: Run[][];
	/** What is deleted, to be applied when all words are there; of ranges the clock is 0. */
	deletions: Run[][];
};

/** Some hundredths of a millisecond's work each, in an ordinary document. */
const partsPerPiece = 256;

/**
 * Finds where an update can be cut so that each piece follows only on those before it, and on what the update itself follows on. Throws `BadUpdate` when
 * structs follow on each other in a circle.
 */
export const findCuts = ({ sections, deletions }: Scanned): Cuts => ({
	words: cutWords(sections),
	deletions: cutDeletions(deletions),
});

/** A section on the way to be cut. */
type Cursor = Section & {
	/** Its first struct that is in no piece yet, and the first of the piece that is being made. */
	next: number;
	from: number;
	isOnStack: boolean;
};

function cutWords(sections: readonly Section[]): Run[][] {
	// Yjs takes the higher ids first, too: fewer of them get in each other's way.
	const cursors: Cursor[] = [...sections]
		.sort((a, b) => b.client - a.client)
		.map((section) => ({ ...section, next: 0, from: 0, isOnStack: false }));
	const byClient = new Map(cursors.map((cursor) => [cursor.client, cursor]));
	if (byClient.size < cursors.length) throw new BadUpdate('A client id comes twice');
	const pieces: Run[][] = [];
	const grown = new Set<Cursor>();
	let gathered = 0;
	const cut = (): void => {
		if (gathered > 0) pieces.push([...grown].map(takeRun));
		gathered = 0;
		grown.clear();
	};
	for (const first of cursors) {
		const stack = [first];
		for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
			const needed = isAtEnd(top) ? null : firstNeeded(top, byClient);
			if (needed !== null && needed !== top) {
				if (needed.isOnStack) throw new BadUpdate('What is written follows on itself');
				top.isOnStack = true;
				stack.push(needed);
				continue;
			}
			if (needed === top) {
				top.next++;
				grown.add(top);
				if (++gathered >= partsPerPiece) cut();
				if (stack.length === 1) continue;
			}
			// At its end; or whoever waits for this one may go on.
			top.isOnStack = false;
			stack.pop();
		}
	}
	cut();
	return pieces;
}

const isAtEnd = (cursor: Cursor): boolean => cursor.next >= cursor.clocks.length - 1;

/** The section that has to go on before this one does; itself when nothing is in its way. */
function firstNeeded(cursor: Cursor, byClient: ReadonlyMap<number, Cursor>): Cursor {
	for (let slot = cursor.next * 4; slot < cursor.next * 4 + 4; slot += 2) {
		const client = cursor.needs[slot] ?? -1;
		const other = client === -1 ? undefined : byClient.get(client);
		if (other === undefined || !isAhead(other, cursor.needs[slot + 1] ?? 0)) continue;
		if (other === cursor) throw new BadUpdate('What is written follows on itself');
		return other;
	}
	return cursor;
}

/** Whether that clock is in a struct of the section that is in no piece yet. */
const isAhead = ({ clocks, next }: Cursor, clock: number): boolean =>
	clock >= (clocks[next] ?? 0) && clock < (clocks.at(-1) ?? 0);

function takeRun(cursor: Cursor): Run {
	const { client, at, clocks, from, next } = cursor;
	cursor.from = next;
	return { client, count: next - from, clock: clocks[from] ?? 0, from: at[from] ?? 0, to: at[next] ?? 0 };
}

/** How far a document must know of each client id for all of an update to stand in it; null when something between its structs is left out. */
export function standsOn({ sections, deletions }: Scanned): Map<number, number> | null {
	const ends = new Map(sections.map(({ client, clocks }) => [client, clocks.at(-1) ?? 0]));
	const needs = new Map<number, number>();
	const need = (client: number, clock: number): void => {
		if (clock > (ends.get(client) ?? 0)) needs.set(client, Math.max(clock, needs.get(client) ?? 0));
	};
	for (const { client, end } of deletions) need(client, end);
	for (const { needs: ids } of sections)
		for (let at = 0; at < ids.length; at += 2) if (ids[at] !== -1) need(ids[at] ?? 0, (ids[at + 1] ?? 0) + 1);
	for (const { client, clocks, hasGap } of sections) {
		if (hasGap) return null;
		needs.set(client, Math.max(clocks[0] ?? 0, needs.get(client) ?? 0));
	}
	return needs;
}

function cutDeletions(deletions: Scanned['deletions']): Run[][] {
	const pieces: Run[][] = [];
	let room = 0;
	for (const { client, at } of deletions)
		for (let range = 0; range < at.length - 1;) {
			if (room === 0) {
				pieces.push([]);
				room = partsPerPiece;
			}
			const count = Math.min(room, at.length - 1 - range);
			pieces.at(-1)?.push({ client, count, clock: 0, from: at[range] ?? 0, to: at[range + count] ?? 0 });
			room -= count;
			range += count;
		}
	return pieces;
}

/** The pieces of an update, in their order, each an update of its own. */
export function* piecesOf(update: Uint8Array, { words, deletions }: Cuts): Generator<Uint8Array> {
	for (const runs of words)
		yield written((encoder) => {
			encoding.writeVarUint(encoder, runs.length);
			for (const { client, count, clock, from, to } of runs) {
				for (const number of [count, client, clock]) encoding.writeVarUint(encoder, number);
				encoding.writeUint8Array(encoder, update.subarray(from, to));
			}
			encoding.writeVarUint(encoder, 0);
		});
	for (const runs of deletions)
		yield written((encoder) => {
			encoding.writeVarUint(encoder, 0);
			encoding.writeVarUint(encoder, runs.length);
			for (const { client, count, from, to } of runs) {
				for (const number of [client, count]) encoding.writeVarUint(encoder, number);
				encoding.writeUint8Array(encoder, update.subarray(from, to));
			}
		});
}

function written(fill: (encoder: encoding.Encoder) => void): Uint8Array {
	const encoder = encoding.createEncoder();
	fill(encoder);
	return encoding.toUint8Array(encoder);
}
