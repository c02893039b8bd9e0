import type { Server } from 'socket.io';

/** What is used of a connection of Engine.IO. */
type Connection = {
	readonly transport: { readonly socket?: { readonly bufferedAmount: number; terminate(): void } };
	on(event: 'packetCreate', listener: (packet: { data?: string | ArrayBuffer | Uint8Array }) => void): void;
	on(event: 'flush' | 'close', listener: () => void): void;
	close(discard: boolean): void;
};

/** Whoever is asked to close and does not answer is cut off after this long. */
const closeMs = 2_000;

/**
 * Drops connections of Socket.IO for which more has gathered than this because they read more slowly than they are told, and leaves no socket behind of those that do not
 * answer: hints may be missed, and whoever comes back is told the present state.
 */
export function boundBacklogs({ engine }: Pick<Server, 'engine'>, mostBytes: number): void {
	engine.on('connection', (connection: Connection) => {
		let waitingBytes = 0;
		connection.on('packetCreate', ({ data }) => {
			waitingBytes += typeof data === 'string' ? data.length : (data?.byteLength ?? 0);
			const { socket } = connection.transport;
			if (waitingBytes + (socket?.bufferedAmount ?? 0) <= mostBytes) return;
			if (socket === undefined) connection.close(true);
			else socket.terminate();
		});
		// From here on the socket counts it.
		connection.on('flush', () => (waitingBytes = 0));
		connection.on('close', () => {
			const { socket } = connection.transport;
			if (socket !== undefined) setTimeout(() => socket.terminate(), closeMs).unref();
		});
	});
}
