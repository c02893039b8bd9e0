import * as encoding from 'lib0/encoding';
import { messageYjsUpdate } from 'y-protocols/sync';
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
	const lengthBytes = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : 4;
	const { frame, at } = startFrame(2 + lengthBytes + length);
	frame[at] = syncMessages.sync;
	frame[at + 1] = messageYjsUpdate;
	let rest = length;
	for (let index = 1; index <= lengthBytes; index++) {
		frame[at + 1 + index] = index < lengthBytes ? 0x80 | (rest & 0x7f) : rest;
		rest >>>= 7;
	}
	frame.set(update, at + 2 + lengthBytes);
	return frame;
}

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
