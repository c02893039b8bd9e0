import type { Server, ServerResponse } from 'node:http';

/** Takes leave of whoever asks over HTTP. */
export type Leave = {
	/** Tells everybody who is being answered to come back over another connection; resolves when all are answered, or after so long. */
	begin(limitMs: number): Promise<void>;
};

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
	return {
		async begin(limitMs) {
			isLeaving = true;
			for (const response of answering) last(response);
			if (answering.size === 0) return;
			let limit: NodeJS.Timeout | undefined;
			await new Promise<void>((resolve) => {
				allAnswered = resolve;
				limit = setTimeout(resolve, limitMs);
			});
			clearTimeout(limit);
		},
	};
}
