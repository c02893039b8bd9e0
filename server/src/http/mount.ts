import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type * as z from 'zod';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import { Id } from '@reelroom/shared/id.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { type InputError, Problem } from '@reelroom/shared/problem.ts';
import type { Actor, FileReply, Route } from './on.ts';
import { inputErrors } from './problems.ts';
import { sendFile } from './send-file.ts';

export type MountDeps = {
	/** Who asks; throws `token-invalid` for a token that is none. */
	actorOf(request: Request, endpoint: Route['endpoint']): Promise<Actor>;
	/** A visitor, for public endpoints that take no notice of tokens. */
	visitor: Actor;
	/** Throws `foreign-origin` for a change that another site asks for. */
	checkOrigin(request: Request): void;
};

const empty = new Uint8Array();

/** Puts routes under the prefix of the API: rights at the edge, parsing, and the reply in its declared form. */
export function mount(routes: readonly Route[], deps: MountDeps): Router {
	const router = express.Router({ caseSensitive: true });
	for (const route of routes) router[route.endpoint.method](apiPrefix + route.endpoint.path, ...answer(route, deps));
	for (const [path, own] of Map.groupBy(routes, ({ endpoint }) => endpoint.path))
		router.all(apiPrefix + path, refuseMethod(own));
	return router;
}

function answer(route: Route, { actorOf, visitor, checkOrigin }: MountDeps): RequestHandler[] {
	const { endpoint } = route;
	const admit: RequestHandler = async (request, response, next) => {
		if (endpoint.method !== 'get') checkOrigin(request);
		const actor = endpoint.allow === 'public' ? visitor : await actorOf(request, endpoint);
		if (endpoint.allow !== 'public') actor.signedIn();
		if (endpoint.allow === 'administrator') await actor.mustAdminister();
		response.locals.actor = actor;
		next();
	};
	const reply: RequestHandler = async (request, response) => {
		const input = { ...parseInput(route, request), bytes: bytesOf(request), idempotencyKey: keyOf(route, request) };
		const result = await route.handle(input, response.locals.actor as Actor, { request, response });
		if (endpoint.reply !== undefined) {
			response.status(endpoint.status ?? 200).setHeader('Cache-Control', 'no-store');
			response.json(result);
		} else if (result === undefined) response.status(204).setHeader('Cache-Control', 'no-store').end();
		else await sendFile(request, response, result as FileReply);
	};
	return [admit, ...bodyReader(route), reply];
}

/** Answers the methods of a known address that it does not have. */
function refuseMethod(routes: readonly Route[]): RequestHandler {
	const methods = routes.map(({ endpoint }) => endpoint.method.toUpperCase());
	const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
	return (request, response) => {
		response.setHeader('Allow', allowed);
		if (request.method !== 'OPTIONS') throw new Problem('method-not-allowed');
		response.status(204).end();
	};
}

function bodyReader({ endpoint }: Route): RequestHandler[] {
	if (endpoint.streamed === true) return [];
	if (endpoint.bytesLimit !== undefined) return [express.raw({ type: () => true, limit: endpoint.bytesLimit })];
	if (endpoint.body !== undefined)
		return [express.json({ limit: limits.jsonBytes, type: ['application/json', 'application/*+json'] })];
	return [];
}

const bytesOf = (request: Request): Uint8Array => (request.body instanceof Uint8Array ? request.body : empty);

/** The key under which a request is carried out once; none where the endpoint takes none. */
function keyOf({ endpoint }: Route, request: Request): string | undefined {
	const key = request.headers['idempotency-key'];
	if (endpoint.idempotent !== true || key === undefined) return undefined;
	const parsed = Id.safeParse(key);
	if (parsed.success) return parsed.data;
	const detail = 'An Idempotency-Key has 8 to 64 letters, digits, _ or -';
	throw new Problem('invalid-input', detail, { errors: [{ pointer: '#/headers/Idempotency-Key', detail }] });
}

function parseInput({ endpoint }: Route, request: Request): { params: unknown; query: unknown; body: unknown } {
	const errors: InputError[] = [];
	const parse = (schema: z.ZodType | undefined, value: unknown) => {
		if (schema === undefined) return undefined;
		const result = schema.safeParse(value);
		if (!result.success) errors.push(...inputErrors(result.error));
		return result.data;
	};
	const params = parse(endpoint.params, { ...request.params });
	const query = parse(endpoint.query, { ...request.query });
	if (endpoint.bytesLimit !== undefined && endpoint.streamed !== true && bytesOf(request).length === 0)
		errors.push({ pointer: '#', detail: 'The body is empty' });
	const body = parse(endpoint.body, endpoint.body === undefined ? undefined : jsonOf(request));
	if (errors.length > 0) throw new Problem('invalid-input', undefined, { errors });
	return { params, query, body };
}

/** The JSON of a request; a request without a body counts as an empty object, so that optional fields may all be left out. */
function jsonOf(request: Request): unknown {
	if (request.body !== undefined) return request.body as unknown;
	const hasBody =
		request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
	if (!hasBody) return {};
	const detail = 'The body must be JSON, with Content-Type application/json';
	throw new Problem('invalid-input', detail, { errors: [{ pointer: '#', detail }] });
}

/** Everything below the prefix that no route answers. */
export const nothingHere: RequestHandler = (_request: Request, _response: Response) => {
	throw new Problem('not-found');
};
