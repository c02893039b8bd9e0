import * as encoding from 'lib0/encoding';
import type { Typed } from './typed-update.ts';

/** Typing as it came and as it was read. */
export type Queued = { update: Uint8Array; typed: Typed };

/** Bytes of neighbouring structs, or of deletions, of one client id. */
type Part = { count: number; clock: number; end: number; bytes: Uint8Array[] };

/**
 * Puts typing together that came one behind the other: updates that say the same as all of it, nearly always one. Nothing is decoded; the bytes of each client id
 * are put behind each other, as each of them begins where the one before it ended.
 */
export function rowsOfTyping(queued: readonly Queued[]): Uint8Array[] {
	const [only] = queued;
	if (only === undefined) return [];
	if (queued.length === 1) return [only.update];
	const rows: Uint8Array[] = [];
	let words = new Map<number, Part>();
	let deletions = new Map<number, Part>();
	for (const { update, typed } of queued) {
		const { client, clock, end, count, from, to } = typed;
		if (client !== null) {
			// Something else of the same id was taken in between.
			if (clock !== (words.get(client)?.end ?? clock)) {
				rows.push(written(words, deletions));
				[words, deletions] = [new Map(), new Map()];
			}
			put(words, client, { count, clock, end, bytes: [update.subarray(from, to)] });
		}
		for (const { client: of, count: ranges, from: begin, to: after } of typed.deletions)
			put(deletions, of, { count: ranges, clock: 0, end: 0, bytes: [update.subarray(begin, after)] });
	}
	rows.push(written(words, deletions));
	return rows;
}

function put(parts: Map<number, Part>, client: number, { count, clock, end, bytes }: Part): void {
	const part = parts.get(client);
	if (part === undefined) return void parts.set(client, { count, clock, end, bytes });
	part.count += count;
	part.end = end;
	part.bytes.push(...bytes);
}

function written(words: ReadonlyMap<number, Part>, deletions: ReadonlyMap<number, Part>): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, words.size);
	// As Yjs writes and merges them.
	for (const [client, { count, clock, bytes }] of [...words].sort(([a], [b]) => b - a)) {
		for (const number of [count, client, clock]) encoding.writeVarUint(encoder, number);
		for (const each of bytes) encoding.writeUint8Array(encoder, each);
	}
	encoding.writeVarUint(encoder, deletions.size);
	for (const [client, { count, bytes }] of deletions) {
		for (const number of [client, count]) encoding.writeVarUint(encoder, number);
		for (const each of bytes) encoding.writeUint8Array(encoder, each);
	}
	return encoding.toUint8Array(encoder);
}
