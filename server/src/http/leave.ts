import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';

/** Takes leave of whoever asks over HTTP. */
export type Leave = {
	/** Lets nobody new in; resolves when everybody is answered, or after so long. `closed` resolves when the last connection is. */
	begin(limitMs: number): { answered: Promise<void>; closed: Promise<void> };
};

/** Who has connected is about to ask, and has this long for it. */
const momentMs = 250;

/**
 * Knows which requests are being answered, from the moment the server has heard them; to be made before anything else listens. Answers from `begin` on
 * end their connection, so that nobody sends another request into one that is about to be closed.
 */
export function createLeave(server: Server): Leave {
	const answering = new Set<ServerResponse>();
	let isLeaving = false;
	let allAnswered: () => void = () => {};
	const last = (response: ServerResponse): void => {
		if (!response.headersSent) response.setHeader('Connection', 'close');
	};
	server.on('request', (_request, response) => {
		answering.add(response);
		if (isLeaving) last(response);
		response.once('close', () => {
			answering.delete(response);
			if (answering.size === 0) allAnswered();
		});
	});
	async function answerAll(limitMs: number): Promise<void> {
		await wait(Math.min(momentMs, limitMs));
		server.closeIdleConnections();
		if (answering.size === 0) return;
		const limit = new AbortController();
		const all = new Promise<void>((resolve) => (allAnswered = resolve));
		await Promise.race([all, wait(limitMs, undefined, { signal: limit.signal }).catch(() => {})]);
		limit.abort();
	}
	return {
		begin(limitMs) {
			isLeaving = true;
			for (const response of answering) last(response);
			// Whoever stands at the door is let in first. The server's own way to close would cut off all who have not asked yet.
			const closed = turn().then(
				() => new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve())),
			);
			return { answered: answerAll(limitMs), closed };
		},
	};
}
