import * as encoding from 'lib0/encoding';
import { messageYjsSyncStep1, messageYjsUpdate } from 'y-protocols/sync';
import { syncMessages } from '@reelroom/shared/live/protocol.ts';

const binaryFrame = 0x82;
/** The frame by which a connection is asked whether it lives. */
export const pingFrame = Buffer.of(0x89, 0);

/** A message of this kind as the bytes of a WebSocket frame. */
export function frameOf(kind: number, fill: (encoder: encoding.Encoder) => void): Buffer {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, kind);
	fill(encoder);
	const message = encoding.toUint8Array(encoder);
	const { frame, at } = startFrame(message.length);
	frame.set(message, at);
	return frame;
}

/** An edit as a frame, made once for all who receive it. */
export function updateFrame(update: Uint8Array): Buffer {
	const { length } = update;
	const { frame, at } = startFrame(2 + varUintBytes(length) + length);
	frame[at] = syncMessages.sync;
	frame[at + 1] = messageYjsUpdate;
	frame.set(update, putVarUint(frame, at + 2, length));
	return frame;
}

/** What is durable as a frame, as `writeDurable` writes it: hundreds of them are made at a time. */
export function durableFrame(clocks: ReadonlyMap<number, number>, frames: number): Buffer {
	let stateBytes = varUintBytes(clocks.size);
	for (const [client, clock] of clocks) stateBytes += varUintBytes(client) + varUintBytes(clock);
	const { frame, at } = startFrame(1 + varUintBytes(stateBytes) + stateBytes + varUintBytes(frames));
	frame[at] = syncMessages.durable;
	let to = putVarUint(frame, at + 1, stateBytes);
	to = putVarUint(frame, to, clocks.size);
	for (const [client, clock] of clocks) to = putVarUint(frame, putVarUint(frame, to, client), clock);
	putVarUint(frame, to, frames);
	return frame;
}

function varUintBytes(number: number): number {
	let bytes = 1;
	for (let rest = number; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
	return bytes;
}

/** Answers where the next one begins. */
function putVarUint(buffer: Buffer, at: number, number: number): number {
	let [to, rest] = [at, number];
	for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[to++] = 0x80 | (rest % 0x80);
	buffer[to++] = rest;
	return to;
}

/** A document in its packed form as a message. */
export function packedMessage(packed: Uint8Array): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, syncMessages.packed);
	encoding.writeVarUint8Array(encoder, packed);
	return encoding.toUint8Array(encoder);
}

/** Whether a message is the question of one who has nothing: a state vector of no client ids. */
export const asksForAll = (message: Uint8Array): boolean =>
	message.length === 4 && [syncMessages.sync, messageYjsSyncStep1, 1, 0].every((byte, at) => message[at] === byte);

/** A frame of the server for so many bytes, and where they begin. */
function startFrame(length: number): { frame: Buffer; at: number } {
	const at = length < 126 ? 2 : length < 65_536 ? 4 : 10;
	const frame = Buffer.allocUnsafe(at + length);
	frame[0] = binaryFrame;
	if (at === 2) frame[1] = length;
	else if (at === 4) {
		frame[1] = 126;
		frame.writeUInt16BE(length, 2);
	} else {
		frame[1] = 127;
		frame.writeUInt32BE(0, 2);
		frame.writeUInt32BE(length, 6);
	}
	return { frame, at };
}
