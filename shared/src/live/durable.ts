import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { ProblemDetails } from '../problem.ts';

/** What the server's journal holds, as far as it concerns the receiver. */
export type Durable = {
	/** Durable clocks of the receiver's own client ids; of all that are known when it has just joined. Others stay as they were told before. */
	clocks: ReadonlyMap<number, number>;
	/** How many frames with edits of this connection are in it; unlike the clocks it covers deletions. */
	frames: number;
};

/** Writes the body of a `durable` message. */
export function writeDurable(encoder: encoding.Encoder, { clocks, frames }: Durable): void {
	encoding.writeVarUint8Array(encoder, Y.encodeStateVector(clocks as Map<number, number>));
	encoding.writeVarUint(encoder, frames);
}

/** Reads the body of a `durable` message, with the clock of each client id that it tells of. */
export function readDurable(decoder: decoding.Decoder): { clocks: Map<number, number>; frames: number } {
	const clocks = Y.decodeStateVector(decoding.readVarUint8Array(decoder));
	return { clocks, frames: decoding.readVarUint(decoder) };
}

/** Reads the body of a `packed` message: the deflated update, in bytes of its own. */
export const readPacked = (decoder: decoding.Decoder): Uint8Array<ArrayBuffer> =>
	decoding.readVarUint8Array(decoder).slice();

/** Reads the body of a `refused` message: problem details as JSON. */
export const readRefused = (decoder: decoding.Decoder): ProblemDetails =>
	JSON.parse(decoding.readVarString(decoder)) as ProblemDetails;
