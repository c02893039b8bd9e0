import { pathOf, type Endpoint, type FileBytes, type ReplyOf, type RequestOf } from '@reelroom/shared/http/endpoint.ts';
import { actingAccountHeader } from '@reelroom/shared/account/acting-account.ts';
import { accountApi } from '@reelroom/shared/account/api.ts';
import { Problem, problems, type ProblemCode, type ProblemDetails } from '@reelroom/shared/problem.ts';
import { heardDate } from '#lib/clock.svelte.ts';
import { acting } from '#lib/acting.svelte.ts';

type Fetch = typeof globalThis.fetch;
type AnyRequest = {
	params?: Record<string, string>;
	query?: Record<string, unknown>;
	body?: unknown;
	bytes?: Uint8Array<ArrayBuffer> | FileBytes;
	idempotencyKey?: string;
};
type Options = {
	/** Kit's `fetch` within a load function. */
	fetch?: Fetch;
	signal?: AbortSignal;
	/** Answer a 401 as a problem instead of going to the sign-in page. */
	stay?: boolean;
};

function requestOf(declaration: Endpoint, request: AnyRequest, signal: AbortSignal | undefined): [string, RequestInit] {
	const query = new URLSearchParams(
		Object.entries(request.query ?? {}).flatMap(([name, value]) =>
			value === undefined ? [] : [[name, String(value)]],
		),
	);
	const headers: Record<string, string> = { accept: 'application/json' };
	if (acting.accountId !== null) headers[actingAccountHeader] = acting.accountId;
	const init: RequestInit = { method: declaration.method.toUpperCase(), headers };
	if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey;
	if (signal !== undefined) init.signal = signal;
	if (request.bytes !== undefined) {
		// Of the files that there are only a browser's own comes this way.
		init.body = request.bytes as BodyInit;
		headers['content-type'] = 'application/octet-stream';
	} else if (request.body !== undefined) {
		init.body = JSON.stringify(request.body);
		headers['content-type'] = 'application/json';
	}
	return [pathOf(declaration, request.params) + (query.size > 0 ? `?${query}` : ''), init];
}

/** The problem a reply tells of; replies that are not ours count as "unavailable" or "internal" by their status. */
export async function problemOf(response: Response): Promise<Problem> {
	const details: Partial<ProblemDetails> = await response.json().catch(() => ({}));
	const known = details.code !== undefined && details.code in problems;
	const code: ProblemCode =
		known && details.code !== undefined
			? details.code
			: response.status === 404
				? 'not-found'
				: response.status >= 502
					? 'unavailable'
					: 'internal';
	return new Problem(code, details.detail, {
		...(details.errors === undefined ? {} : { errors: details.errors }),
		retryAt: details.retryAt,
	});
}

const send = (fetch: Fetch, path: string, init: RequestInit): Promise<Response> =>
	fetch(path, init).catch((cause: unknown) => {
		if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
		throw new Problem('unavailable', undefined, { cause });
	});

let refreshing: Promise<boolean> | null = null;
/** Renews the sign-in once for all calls that found it ended. */
export function refreshSignIn(): Promise<boolean> {
	refreshing ??= send(globalThis.fetch, ...requestOf(accountApi.refresh, { body: {} }, undefined))
		.then((response) => response.ok)
		.finally(() => (refreshing = null));
	return refreshing;
}

/** Only paths of this site may be gone back to after signing in. */
export const safeNext = (next: string | null): string =>
	next !== null && /^\/(?![/\\])/.test(next) && !/[\s\\]/.test(next) ? next : '/projects';

/** Calls an operation of the API; throws the `Problem` it answers with. */
export async function call<E extends Endpoint>(
	declaration: E,
	...rest: object extends RequestOf<E>
		? [request?: RequestOf<E>, options?: Options]
		: [request: RequestOf<E>, options?: Options]
): Promise<ReplyOf<E>> {
	const [request, options = {}] = rest;
	const fetch = options.fetch ?? globalThis.fetch;
	const [path, init] = requestOf(declaration, (request ?? {}) as AnyRequest, options.signal);
	let response = await send(fetch, path, init);
	const inBrowser = typeof document !== 'undefined';
	if (inBrowser) heardDate(response.headers.get('date'));
	if (response.status === 401 && inBrowser && !declaration.path.startsWith('/auth/')) {
		if (await refreshSignIn()) response = await send(fetch, path, init);
		if (response.status === 401 && options.stay !== true)
			location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
	}
	if (!response.ok) {
		const problem = await problemOf(response);
		if (problem.code === 'other-account') acting.displace('other');
		throw problem;
	}
	if (response.status === 204 || declaration.reply === undefined) return undefined as ReplyOf<E>;
	return (await response.json()) as ReplyOf<E>;
}

/** The address of a file that an operation answers, for `src` and `href`. */
export const fileUrl = (declaration: Endpoint, params: Record<string, string>): string => pathOf(declaration, params);
