import type { Call, Outgoing } from '@reelroom/shared/node/outgoing.ts';
import { Problem } from '@reelroom/shared/problem.ts';

/** An answer that is no success, or none at all. */
export class CloudFault extends Error {
	/** Null when there was no answer. */
	readonly status: number | null;
	/** The answer as far as it is JSON. */
	readonly body: unknown;
	readonly retryAfterMs: number | undefined;
	/** Whether the service may have begun to work on it: not when it was never reached, and not when it said no. */
	readonly maybeDone: boolean;
	constructor(
		message: string,
		about: {
			status: number | null;
			body?: unknown;
			retryAfterMs?: number | undefined;
			maybeDone: boolean;
			cause?: unknown;
		},
	) {
		super(message, about.cause === undefined ? undefined : { cause: about.cause });
		this.name = 'CloudFault';
		this.status = about.status;
		this.body = about.body;
		this.retryAfterMs = about.retryAfterMs;
		this.maybeDone = about.maybeDone;
	}
}

/** Faults of connections over which nothing has been sent yet. */
const unsent =
	/^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;
/** The codes of a fault and of what caused it; several addresses of one name fail together. */
function codesOf(error: unknown): string[] {
	if (error === null || typeof error !== 'object') return [];
	const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
	return [
		...(typeof code === 'string' ? [code] : []),
		...codesOf(cause),
		...(Array.isArray(errors) ? errors.flatMap(codesOf) : []),
	];
}
/** Statuses of something between us and the service, which may have heard us all the same. */
const inBetween = new Set([408, 499, 502, 504, 520, 522, 524]);

/** How long a service asks to be left alone: seconds, a date, or the milliseconds and spans that some send; at most an hour is believed. */
export function retryAfterOf(headers: { get(name: string): string | null }, nowMs: number): number | undefined {
	const inMs = Number(headers.get('retry-after-ms') ?? NaN);
	const after = headers.get('retry-after') ?? '';
	const waitMs = Number.isFinite(inMs)
		? inMs
		: /^\d+(\.\d+)?$/.test(after)
			? Number(after) * 1000
			: Date.parse(after) - nowMs;
	return Number.isFinite(waitMs) ? Math.min(Math.max(0, Math.ceil(waitMs)), 3_600_000) : undefined;
}

/** Reads a reply to its end, unless it is longer than allowed. */
async function readUpTo(
	body: AsyncIterable<Uint8Array> | null,
	maxBytes: number,
	onChunk: ((bytes: Uint8Array) => void) | undefined,
): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	let size = 0;
	for await (const part of body ?? []) {
		size += part.byteLength;
		if (size > maxBytes) throw new Problem('provider-failed', `The answer has more than ${maxBytes} bytes`);
		parts.push(part);
		onChunk?.(part);
	}
	return Buffer.concat(parts);
}
function jsonOf(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
	} catch {
		return undefined;
	}
}

export type CloudRequest = Omit<Call, 'signal' | 'headers' | 'body'> & {
	headers?: Record<string, string>;
	body?: string | Uint8Array;
	signal: AbortSignal;
	timeoutMs: number;
	maxBytes: number;
	/** Told the bytes of a good answer as they come. */
	onChunk?: (bytes: Uint8Array) => void;
};
export type CloudAnswer = { bytes: Buffer; json: unknown; headers: { get(name: string): string | null } };
export type CloudCall = ReturnType<typeof createCloudCall>;

/** Makes the function by which providers call services: whole answers within limits, everything else as a `CloudFault`. An aborted signal's reason passes through. */
export function createCloudCall(outgoing: Pick<Outgoing, 'call'>, now: () => Date = () => new Date()) {
	return async (
		address: string,
		{ signal, timeoutMs, maxBytes, onChunk, ...init }: CloudRequest,
	): Promise<CloudAnswer> => {
		signal.throwIfAborted();
		const limit = AbortSignal.timeout(timeoutMs);
		try {
			const response = await outgoing.call(address, { ...init, signal: AbortSignal.any([signal, limit]) } as Call);
			const bytes = await readUpTo(
				response.body as AsyncIterable<Uint8Array> | null,
				maxBytes,
				response.ok ? onChunk : undefined,
			);
			const json = jsonOf(bytes);
			if (response.ok) return { bytes, json, headers: response.headers };
			throw new CloudFault(`It answered ${response.status}`, {
				status: response.status,
				body: json,
				retryAfterMs: retryAfterOf(response.headers, now().getTime()),
				maybeDone: inBetween.has(response.status),
			});
		} catch (error) {
			signal.throwIfAborted();
			if (error instanceof CloudFault || error instanceof Problem) throw error;
			const isUnsent = codesOf(error).some((code) => unsent.test(code));
			throw new CloudFault(limit.aborted ? `No answer within ${timeoutMs} ms` : 'The connection failed', {
				status: null,
				maybeDone: !isUnsent,
				cause: error,
			});
		}
	};
}
