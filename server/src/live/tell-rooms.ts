import type { Duplex } from 'node:stream';
import type { Server, Socket } from 'socket.io';

/** What is used of a connection of Engine.IO, and of ws below it. */
type Connection = {
	readonly readyState: string;
	readonly upgrading: boolean;
	readonly writeBuffer: readonly unknown[];
	readonly transport: {
		readonly name: string;
		readonly socket?: { readonly _socket?: Duplex; readonly readyState: number };
	};
};
type Encoder = {
	encode(packet: { type: number; nsp: string; data: unknown[] }): (string | Uint8Array | ArrayBuffer)[];
};
/** One hint: its name, what it says, and the same as bytes for the wire. */
type Hint = { told: [string, ...unknown[]]; frames: Buffer };

const eventPacket = 2;
/** Sign of Engine.IO for a message. */
const messageSign = '4';
const openState = 1;
/** Whoever has more than this to read yet is told in the usual way, which counts what gathers and drops who does not read at all. */
const mostUnreadBytes = 64 * 1024;

/**
 * Tells rooms of Socket.IO: each hint is made into the frames of its WebSocket once, what is told within one turn of the event loop leaves as one write, and goes past
 * all that Socket.IO keeps for each packet of each socket. Whoever is connected in another way, or is behind, is told by Socket.IO itself; for each socket
 * the order is that of the telling.
 */
export function createRoomTeller(io: Server) {
	const { encoder } = io as unknown as { encoder: Encoder };
	let waiting = new Map<string, Hint[]>();

	const flush = (): void => {
		const rooms = waiting;
		waiting = new Map();
		for (const [room, hints] of rooms) {
			const bytes = Buffer.concat(hints.map(({ frames }) => frames));
			for (const id of io.sockets.adapter.rooms.get(room) ?? []) {
				const socket = io.sockets.sockets.get(id);
				if (socket === undefined) continue;
				const wire = wireOf(socket);
				if (wire !== null) wire.write(bytes);
				else for (const { told } of hints) socket.emit(...told);
			}
		}
	};
	return (room: string, ...told: [string, ...unknown[]]): void => {
		if (!io.sockets.adapter.rooms.has(room)) return;
		const parts = encoder.encode({ type: eventPacket, nsp: '/', data: told });
		const frames = Buffer.concat(parts.map(frameOf));
		if (waiting.size === 0) setImmediate(flush);
		const hints = waiting.get(room);
		if (hints === undefined) waiting.set(room, [{ told, frames }]);
		else hints.push({ told, frames });
	};
}

/** Where bytes can be written for a socket; null where Socket.IO has to do it: it is no WebSocket yet, something waits before, or it reads too slowly. */
function wireOf({ conn }: Socket): Duplex | null {
	const { readyState, upgrading, writeBuffer, transport } = conn as unknown as Connection;
	if (readyState !== 'open' || upgrading || writeBuffer.length > 0 || transport.name !== 'websocket') return null;
	const { socket } = transport;
	const wire = socket?.readyState === openState ? socket._socket : undefined;
	return wire === undefined || !wire.writable || wire.writableLength > mostUnreadBytes ? null : wire;
}

/** A part of a packet as a frame of the server: text with the sign of a message, or bytes as they are. */
function frameOf(part: string | Uint8Array | ArrayBuffer): Buffer {
	const isText = typeof part === 'string';
	const bytes = isText
		? Buffer.from(messageSign + part)
		: part instanceof ArrayBuffer
			? Buffer.from(part)
			: Buffer.from(part.buffer, part.byteOffset, part.byteLength);
	const { length } = bytes;
	const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
	head[0] = isText ? 0x81 : 0x82;
	head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
	if (head.length === 4) head.writeUInt16BE(length, 2);
	if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
	return Buffer.concat([head, bytes]);
}
