import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { socketPath } from '@reelroom/shared/live/events.ts';
import { syncPath } from '@reelroom/shared/live/protocol.ts';

/** Refuses upgrades that nobody serves: each listener leaves what is not its own to the others, and a socket that nobody takes would stay open for ever. */
export function refuseOtherUpgrades(server: Server): void {
	server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
		const path = URL.parse(request.url ?? '', 'http://any')?.pathname ?? '';
		if (path.startsWith(`${syncPath}/`) || path.startsWith(`${socketPath}/`)) return;
		socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
	});
}
