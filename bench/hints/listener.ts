import { once } from 'node:events';
import { WebSocket } from 'ws';
import { socketPath } from '../../shared/src/live/events.ts';

/** Where a client is told of a project: over Socket.IO with a token, or over a plain WebSocket. */
export type Door = { port: number; projectId: string; token?: string; isPlain?: boolean };
const mark = Buffer.from('"value":');

/** The number that a message says the progress has come to; null in any other message. */
function valueOf(message: Buffer): number | null {
	const at = message.indexOf(mark);
	return at < 0 ? null : Number.parseInt(message.toString('latin1', at + mark.length, at + mark.length + 12), 10);
}

/** Connects one more client, which does nothing of its own but to note what progress it hears of; resolves when it hears. */
export async function listen(
	{ port, projectId, token, isPlain = false }: Door,
	heard: (value: number) => void,
): Promise<{ close(): void }> {
	const address = `ws://127.0.0.1:${port}${isPlain ? '/' : `${socketPath}/?EIO=4&transport=websocket`}`;
	const socket = new WebSocket(address, { perMessageDeflate: false });
	const joined = new Promise<void>((resolve, reject) => {
		socket.on('error', reject);
		socket.on('close', () => reject(new Error('A client was cut off.')));
		socket.on('message', (message: Buffer) => {
			const value = valueOf(message);
			if (value !== null) heard(value);
			if (isPlain) return;
			const sign = message.toString('latin1', 0, 3);
			if (sign.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`);
			else if (sign === '2') socket.send('3');
			else if (sign.startsWith('40')) socket.send(`420${JSON.stringify(['project.join', { projectId }])}`);
			else if (sign.startsWith('44')) reject(new Error(`A client was not let in: ${message.toString()}`));
			else if (sign.startsWith('430')) {
				if (message.includes('"ok":true')) resolve();
				else reject(new Error(`A client could not join: ${message.toString()}`));
			}
		});
	});
	await once(socket, 'open');
	if (!isPlain) await joined;
	else joined.catch(() => {});
	return {
		close() {
			joined.catch(() => {});
			socket.terminate();
		},
	};
}
