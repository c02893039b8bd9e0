import type * as z from 'zod';
import type { Action, OpenAction } from '../workspace/access.ts';

type AnySchema = z.ZodType;

/** One HTTP operation, told once: the server answers it, the web calls it, OpenAPI lists it. */
export type Endpoint<
	Params extends AnySchema | undefined = AnySchema | undefined,
	Query extends AnySchema | undefined = AnySchema | undefined,
	Body extends AnySchema | undefined = AnySchema | undefined,
	Reply extends AnySchema | undefined = AnySchema | undefined,
> = {
	method: 'get' | 'post' | 'put' | 'patch' | 'delete';
	/** Below `/api/v1`, with `:name` parameters. */
	path: string;
	/** What it does, one sentence for the reference page. */
	summary: string;
	/** Who may call it at all; the use case asks again of the thing itself. */
	allow: Action | OpenAction;
	params?: Params;
	query?: Query;
	body?: Body;
	/** The caller may send an `Idempotency-Key` header: the same request under one key is carried out once and answered alike. */
	idempotent?: true;
	/** `bytes`: the body is raw bytes up to the limit. */
	bytesLimit?: number;
	/** The handler reads those bytes from the request itself, as they come: they are too many for memory, or what they may be shows only then. */
	streamed?: true;
	/** JSON reply; without it the reply is 204, or a file where `file` is set. */
	reply?: Reply;
	status?: 200 | 201 | 202 | 204;
	/** Media types of a reply that is a file. */
	file?: string[];
};

/** Declares an operation and keeps its exact types. */
export function endpoint<
	P extends AnySchema | undefined = undefined,
	Q extends AnySchema | undefined = undefined,
	B extends AnySchema | undefined = undefined,
	R extends AnySchema | undefined = undefined,
>(declaration: Endpoint<P, Q, B, R>): Endpoint<P, Q, B, R> {
	return declaration;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
type Given<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler is given: parsed and trusted. */
export type InputOf<E> =
	E extends Endpoint<infer P, infer Q, infer B, infer _R>
		? { params: Parsed<P>; query: Parsed<Q>; body: Parsed<B> }
		: never;
/** A file of a browser's, which it sends without reading it into memory. */
export type FileBytes = { readonly size: number; readonly type: string; arrayBuffer(): Promise<ArrayBuffer> };
/** What a caller must give. */
export type RequestOf<E> =
	E extends Endpoint<infer P, infer Q, infer B, infer _R>
		? (P extends z.ZodType ? { params: Given<P> } : { params?: undefined }) &
				(Q extends z.ZodType ? { query?: Given<Q> } : { query?: undefined }) &
				(B extends z.ZodType ? { body: Given<B> } : { body?: undefined }) & {
					bytes?: Uint8Array<ArrayBuffer> | FileBytes;
					idempotencyKey?: string;
				}
		: never;
export type ReplyOf<E> =
	E extends Endpoint<infer _P, infer _Q, infer _B, infer R> ? (R extends z.ZodType ? z.output<R> : undefined) : never;

/** Prefix of every operation. */
export const apiPrefix = '/api/v1';

/** The path of an operation with its parameters filled in. */
export function pathOf(declaration: { path: string }, params: Record<string, string> = {}): string {
	return (
		apiPrefix + declaration.path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
	);
}
