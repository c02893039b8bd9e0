import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What a stand-in was asked. */
export type Asked = {
	method: string;
	/** Path and query as they came. */
	target: string;
	headers: IncomingMessage['headers'];
	/** Header names and values as they came, one after the other. */
	rawHeaders: readonly string[];
	bytes: Buffer;
	json: unknown;
};
export type Answer =
	| { status: number; body: unknown; headers?: Record<string, string> }
	| { file: Buffer; type: string }
	/** Pieces that are sent one after the other; the socket is cut behind the last one where it breaks off. */
	| { pieces: readonly Buffer[]; paceMs: number; breaksOff: boolean };
/**
 * What goes wrong with a request: an answer instead of the right one, a socket that is cut before or after the work is done, or silence until the stand-in
 * is closed.
 */
export type Fault = Answer | 'cut' | 'cut-after' | 'hang';
export type StandIn = Awaited<ReturnType<typeof aStandIn>>;

const jsonOf = (bytes: Buffer): unknown => {
	try {
		return JSON.parse(bytes.toString());
	} catch {
		return undefined;
	}
};
async function bytesOf(request: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts);
}

/** Starts a server that stands in for a service on a free port of this machine: it answers as told, notes what it is asked, and goes wrong when it is to. */
export async function aStandIn(answer: (asked: Asked, url: string) => Promise<Answer> | Answer) {
	const received: Asked[] = [];
	const faults: { fits: (asked: Asked) => boolean; fault: Fault }[] = [];
	const waiting = new Set<() => void>();
	let answering = 0;
	let url = '';
	const server = createServer((request, response) => {
		answering++;
		response.once('close', () => answering--);
		void (async () => {
			const bytes = await bytesOf(request);
			const asked: Asked = {
				method: request.method ?? '',
				target: request.url ?? '',
				headers: request.headers,
				rawHeaders: request.rawHeaders,
				bytes,
				json: jsonOf(bytes),
			};
			received.push(asked);
			const at = faults.findIndex(({ fits }) => fits(asked));
			const fault = at === -1 ? null : (faults.splice(at, 1)[0]?.fault ?? null);
			if (fault === 'cut') return void request.socket.destroy();
			if (fault === 'hang') return void (await new Promise<void>((resolve) => waiting.add(resolve)));
			const right = fault === null || fault === 'cut-after' ? await answer(asked, url) : fault;
			if (fault === 'cut-after') return void request.socket.destroy();
			if ('file' in right) {
				response.writeHead(200, { 'Content-Type': right.type, 'Content-Length': right.file.byteLength });
				return void response.end(right.file);
			}
			if ('pieces' in right) {
				response.writeHead(200, { 'Content-Type': 'text/event-stream' });
				for (const piece of right.pieces) {
					if (response.destroyed) return;
					response.write(piece);
					await wait(right.paceMs);
				}
				if (right.breaksOff) return void request.socket.destroy();
				return void response.end();
			}
			response.writeHead(right.status, { 'Content-Type': 'application/json', ...right.headers });
			response.end(typeof right.body === 'string' ? right.body : JSON.stringify(right.body));
		})().catch((error: unknown) => {
			response.writeHead(500, { 'Content-Type': 'text/plain' });
			response.end(String(error));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	url = `http://${host}`;
	return {
		url,
		host,
		received,
		/** Requests that are being answered. */
		underWay: () => answering,
		/** What goes wrong with the next request that fits, and with those after it for each further fault. */
		fail(fits: RegExp | ((asked: Asked) => boolean), ...those: Fault[]): void {
			const test = fits instanceof RegExp ? ({ method, target }: Asked) => fits.test(`${method} ${target}`) : fits;
			faults.push(...those.map((fault) => ({ fits: test, fault })));
		},
		async close(): Promise<void> {
			for (const end of waiting) end();
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

/** A number that follows from words, so that equal requests bring equal pictures. */
export const numberOf = (words: string): number =>
	[...words].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7);
