import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { WebSocketServer, type WebSocket } from 'ws';
import { formatExactJson } from '../../src/provider/exact-json.ts';
import type { JsonObject } from './recordings.ts';

type Client = { socket: WebSocket; id: string; flags: JsonObject | null };
export type ComfySockets = ReturnType<typeof createSockets>;

const uint = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
};
/** A frame with a picture, as it goes to clients that did or did not ask for metadata. */
export const previewFrame = (kind: 1 | 2, image: Buffer, metadata?: JsonObject): Buffer => {
	if (metadata === undefined) return Buffer.concat([uint(1), uint(kind), image]);
	const told = Buffer.from(formatExactJson(metadata, true));
	return Buffer.concat([uint(4), uint(told.length), told, image]);
};
/** A frame with a text that a node shows. */
export const textFrame = (nodeId: string, text: string): Buffer => {
	const id = Buffer.from(nodeId);
	return Buffer.concat([uint(3), uint(id.length), id, Buffer.from(text)]);
};

/** The sockets of the server, one for each client id: whoever comes later takes over, and when the earlier one closes the later one is deregistered too. */
export function createSockets(
	features: JsonObject,
	greet: (clientId: string) => { remaining: number; node: string | null },
) {
	const server = new WebSocketServer({ noServer: true, perMessageDeflate: true, handleProtocols: () => false });
	const open = new Set<Client>();
	const byId = new Map<string, Client>();
	const send = (client: Client, type: string, data: JsonObject) =>
		client.socket.send(formatExactJson({ type, data }, true));
	return {
		upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, clientId: string) {
			server.handleUpgrade(request, socket, head, (webSocket) => {
				const id = clientId === '' ? randomUUID().replaceAll('-', '') : clientId;
				const client: Client = { socket: webSocket, id, flags: null };
				open.add(client);
				byId.set(id, client);
				webSocket.on('error', () => {});
				webSocket.on('close', () => {
					open.delete(client);
					byId.delete(id);
				});
				let isFirst = true;
				webSocket.on('message', (bytes, isBinary) => {
					if (isBinary || !isFirst) return;
					let told: unknown;
					try {
						told = JSON.parse(String(bytes as Buffer));
					} catch {
						return;
					}
					if (typeof told !== 'object' || told === null || Array.isArray(told)) return;
					isFirst = false;
					const { type, data } = told as { type?: string; data?: JsonObject };
					if (type !== 'feature_flags') return;
					client.flags = data ?? {};
					send(client, 'feature_flags', features);
				});
				const { remaining, node } = greet(id);
				send(client, 'status', { status: { exec_info: { queue_remaining: remaining } }, sid: id });
				if (node !== null) send(client, 'executing', { node });
			});
		},
		everybody: (type: string, data: JsonObject) => {
			for (const client of byId.values()) send(client, type, data);
		},
		to: (clientId: string, type: string, data: JsonObject) => {
			const client = byId.get(clientId);
			if (client !== undefined) send(client, type, data);
		},
		bytes: (clientId: string | undefined, frame: Buffer) => {
			for (const client of clientId === undefined ? byId.values() : [byId.get(clientId)]) client?.socket.send(frame);
		},
		wantsMetadata: (clientId: string | undefined): boolean =>
			clientId !== undefined && byId.get(clientId)?.flags?.['supports_preview_metadata'] === true,
		count: () => open.size,
		/** Ends every connection at once, as a killed server does. */
		drop: () => {
			for (const { socket } of open) socket.terminate();
		},
		close: () => {
			for (const { socket } of open) socket.terminate();
			server.close();
		},
	};
}
