import * as decoding from 'lib0/decoding';
import { BadUpdate } from './check-update.ts';

/** Structs of one client id in an update, one behind the other. */
export type Section = {
	client: number;
	/** Where each struct begins in the bytes; one more says where the last ends. */
	at: number[];
	/** The clock of each struct; one more says where the last ends. */
	clocks: number[];
	/** Two ids of each struct that must be there before it, as client and clock; client -1 for none. */
	needs: number[];
	/** Whether something between its structs is left out. */
	hasGap: boolean;
};
export type Scanned = {
	sections: Section[];
	/** What is deleted of each client id: where each range begins in the bytes, and where the last ends; and the clock up to which it goes. */
	deletions: { client: number; at: number[]; end: number }[];
	/** Structs and ranges together: what applying it costs goes with that. */
	parts: number;
};

const [gc, deleted, json, binary, string, embed, format, type, any, subdocument, skip] = [
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];
const [hasOrigin, hasRightOrigin, hasParentKey] = [0x80, 0x40, 0x20];
/** Types that are written with a name. */
const namedTypes: ReadonlySet<number> = new Set([3, 5]);

/**
 * Finds where the structs of an update (in Yjs' first format) begin and what they follow on, without making anything of them: a tenth of what decoding
 * costs. Throws `BadUpdate` for what is no update; whether its contents are sound only Yjs says.
 */
export function scanUpdate(update: Uint8Array): Scanned {
	try {
		const decoder = decoding.createDecoder(update);
		const sections: Section[] = [];
		let parts = 0;
		for (let rest = decoding.readVarUint(decoder); rest > 0; rest--) {
			const section = readSection(decoder);
			parts += section.at.length - 1;
			sections.push(section);
		}
		const deletions = readDeletions(decoder);
		if (decoding.hasContent(decoder)) throw new BadUpdate('Something follows on the update');
		for (const { at } of deletions) parts += at.length - 1;
		return { sections, deletions, parts };
	} catch (error) {
		if (error instanceof BadUpdate) throw error;
		throw new BadUpdate('The update cannot be read', { cause: error });
	}
}

function readSection(decoder: decoding.Decoder): Section {
	const count = decoding.readVarUint(decoder);
	const client = decoding.readVarUint(decoder);
	let clock = decoding.readVarUint(decoder);
	const section: Section = { client, at: [decoder.pos], clocks: [clock], needs: [], hasGap: false };
	for (let index = 0; index < count; index++) {
		const info = decoding.readUint8(decoder);
		const isGap = (info & 0x1f) === skip;
		const length = isGap || (info & 0x1f) === gc ? readBare(decoder, section) : readItem(decoder, info, section);
		clock += length;
		if (length < 1 || !Number.isSafeInteger(clock)) throw new BadUpdate('An id is out of range');
		section.at.push(decoder.pos);
		section.clocks.push(clock);
		section.hasGap ||= isGap;
	}
	return section;
}

function readBare(decoder: decoding.Decoder, { needs }: Section): number {
	needs.push(-1, 0, -1, 0);
	return decoding.readVarUint(decoder);
}

function readItem(decoder: decoding.Decoder, info: number, { needs }: Section): number {
	const readId = () => needs.push(decoding.readVarUint(decoder), decoding.readVarUint(decoder));
	let ids = 0;
	for (const bit of [hasOrigin, hasRightOrigin])
		if ((info & bit) !== 0) {
			readId();
			ids++;
		}
	if (ids === 0) {
		if (decoding.readVarUint(decoder) === 1) skipBytes(decoder);
		else {
			readId();
			ids++;
		}
		if ((info & hasParentKey) !== 0) skipBytes(decoder);
	}
	for (; ids < 2; ids++) needs.push(-1, 0);
	return readContent(decoder, info & 0x1f);
}

/** Answers how many clocks the content takes. */
function readContent(decoder: decoding.Decoder, kind: number): number {
	switch (kind) {
		case deleted:
			return decoding.readVarUint(decoder);
		case json:
			return readEach(decoder, skipBytes);
		case any:
			return readEach(decoder, decoding.readAny);
		case string:
			return readUnits(decoder);
		case format:
			skipBytes(decoder);
			skipBytes(decoder);
			return 1;
		case binary:
		case embed:
			skipBytes(decoder);
			return 1;
		case type:
			if (namedTypes.has(decoding.readVarUint(decoder))) skipBytes(decoder);
			return 1;
		case subdocument:
			skipBytes(decoder);
			decoding.readAny(decoder);
			return 1;
		default:
			throw new BadUpdate('A struct of an unknown kind');
	}
}

function readEach(decoder: decoding.Decoder, read: (decoder: decoding.Decoder) => unknown): number {
	const count = decoding.readVarUint(decoder);
	for (let index = 0; index < count; index++) read(decoder);
	return count;
}

function skipBytes(decoder: decoding.Decoder): void {
	const length = decoding.readVarUint(decoder);
	decoder.pos += length;
	if (decoder.pos > decoder.arr.length) throw new BadUpdate('The update ends too early');
}

/** Skips a text; answers its length in units of UTF-16, as Yjs counts. */
function readUnits(decoder: decoding.Decoder): number {
	const begin = decoder.pos;
	skipBytes(decoder);
	const { arr, pos: end } = decoder;
	let at = begin;
	while ((arr[at++] ?? 0) >= 0x80);
	let units = 0;
	for (; at < end; at++) {
		const byte = arr[at] ?? 0;
		if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
	}
	return units;
}

function readDeletions(decoder: decoding.Decoder): Scanned['deletions'] {
	const deletions = [];
	for (let clients = decoding.readVarUint(decoder); clients > 0; clients--) {
		const client = decoding.readVarUint(decoder);
		let rest = decoding.readVarUint(decoder);
		const at = [decoder.pos];
		let end = 0;
		for (; rest > 0; rest--) {
			end = Math.max(end, decoding.readVarUint(decoder) + decoding.readVarUint(decoder));
			if (!Number.isSafeInteger(end)) throw new BadUpdate('An id is out of range');
			at.push(decoder.pos);
		}
		deletions.push({ client, at, end });
	}
	return deletions;
}
