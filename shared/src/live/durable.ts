import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** What the server's journal holds. */
export type Durable = {
	/** Encoded state vector of the durable document. */
	vector: Uint8Array;
	/** How many frames with edits of this connection are in it; unlike the vector it covers deletions. */
	frames: number;
};

/** Writes the body of a `durable` message. */
export function writeDurable(encoder: encoding.Encoder, { vector, frames }: Durable): void {
	encoding.writeVarUint8Array(encoder, vector);
	encoding.writeVarUint(encoder, frames);
}

/** Reads the body of a `durable` message, with the clock of each client id that is durable. */
export function readDurable(decoder: decoding.Decoder): { clocks: Map<number, number>; frames: number } {
	const clocks = Y.decodeStateVector(decoding.readVarUint8Array(decoder));
	return { clocks, frames: decoding.readVarUint(decoder) };
}

/** Reads the body of a `refused` message: problem details as JSON. */
export const readRefused = (decoder: decoding.Decoder): unknown => JSON.parse(decoding.readVarString(decoder));
