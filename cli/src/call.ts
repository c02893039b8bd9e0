import { accountApi } from '@reelroom/shared/account/api.ts';
import { pathOf } from '@reelroom/shared/http/endpoint.ts';
import type { Endpoint, ReplyOf, RequestOf } from '@reelroom/shared/http/endpoint.ts';
import { problems } from '@reelroom/shared/problem.ts';

/** A refusal of the server, in its own words. */
export class Refusal extends Error {
	override name = 'Refusal';
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

/** Calls operations of one server, signed in. */
export interface Caller {
	call<E extends Endpoint>(endpoint: E, request: RequestOf<E>): Promise<ReplyOf<E>>;
	/** The raw reply, for an operation that answers with a file. */
	file(endpoint: Endpoint, params: Record<string, string>): Promise<Response>;
}

interface Loose {
	params?: Record<string, string>;
	query?: Record<string, unknown>;
	body?: unknown;
	bytes?: Uint8Array<ArrayBuffer>;
	idempotencyKey?: string;
}

/** Makes an account on the server and calls as that account; the sign-in is renewed when it has ended. */
export async function signUp(
	url: string,
	account: RequestOf<typeof accountApi.register>['body'],
	signal: AbortSignal,
): Promise<Caller> {
	let tokens: { accessToken: string; refreshToken: string } | undefined;

	async function send(endpoint: Endpoint, { params, query, body, bytes, idempotencyKey }: Loose): Promise<Response> {
		const target = new URL(pathOf(endpoint, params), url);
		for (const [key, value] of Object.entries(query ?? {}))
			if (value !== undefined) target.searchParams.set(key, String(value));
		const headers: Record<string, string> = {};
		if (tokens) headers.authorization = `Bearer ${tokens.accessToken}`;
		if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
		if (bytes) headers['content-type'] = 'application/octet-stream';
		else if (body !== undefined) headers['content-type'] = 'application/json';
		const content = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
		return fetch(target, {
			method: endpoint.method.toUpperCase(),
			headers,
			signal,
			...(content === undefined ? {} : { body: content }),
		});
	}

	async function sure(endpoint: Endpoint, request: Loose): Promise<Response> {
		let reply = await send(endpoint, request);
		if (reply.status === 401 && tokens) {
			await reply.arrayBuffer();
			const { refreshToken } = tokens;
			tokens = undefined;
			tokens = (await (await sure(accountApi.refresh, { body: { refreshToken } })).json()) as typeof tokens;
			reply = await send(endpoint, request);
		}
		if (reply.ok) return reply;
		const said = (await reply.json().catch(() => ({}))) as {
			code?: string;
			type?: string;
			title?: string;
			detail?: string;
		};
		const code = said.code ?? said.type?.split('/').at(-1) ?? 'internal';
		const title = said.title ?? problems.internal.title;
		throw new Refusal(code, said.detail === undefined ? `${title}.` : `${title}: ${said.detail}`);
	}

	tokens = (await (await sure(accountApi.register, { body: account })).json()) as NonNullable<typeof tokens>;
	return {
		async call<E extends Endpoint>(endpoint: E, request: RequestOf<E>) {
			const reply = await sure(endpoint, request as Loose);
			const text = await reply.text();
			return (text === '' ? undefined : JSON.parse(text)) as ReplyOf<E>;
		},
		file: (endpoint, params) => sure(endpoint, { params }),
	};
}
