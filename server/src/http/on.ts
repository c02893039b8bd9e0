import type { Request, Response } from 'express';
import type * as z from 'zod';
import type { Endpoint, InputOf, ReplyOf } from '@reelroom/shared/http/endpoint.ts';
import type { Action, Role } from '@reelroom/shared/workspace/access.ts';

/** Somebody with an account. */
export type SignedIn = {
	id: string;
	name: string;
	/** The sign-in, or the API key, by which they came: what they opened ends with it. */
	signInId: string;
};

/** Who asks, and the one question about rights that every use case puts. */
export type Actor = {
	/** Null for a visitor. */
	account: SignedIn | null;
	/** The signed-in account; `sign-in-required` for a visitor. */
	signedIn(): SignedIn;
	/** Their role over a project. Throws `not-found` for what they may not even see, `not-allowed` for what their role forbids. */
	must(action: Action, projectId: string): Promise<Role>;
	/** The same for a workspace. */
	mustIn(action: Action, workspaceId: string): Promise<Role>;
	/** Throws `not-allowed` for whoever does not administrate the install. */
	mustAdminister(): Promise<void>;
};

/** A reply that is a file on disk; ranges are answered by the edge. */
export type FileReply = {
	file: string | Uint8Array;
	mediaType: string;
	/** Given: the browser saves it under this name. */
	downloadName?: string;
	/** `immutable` for content that never changes under its address. */
	cache: 'immutable' | 'none';
	/** Asked again and again while it is being sent: a reader whose right ends meanwhile is cut off. */
	stillAllowed?: () => Promise<boolean>;
};

export type Http = { request: Request; response: Response };

type Answer<E> = ReplyOf<E> extends undefined ? FileReply | undefined : ReplyOf<E>;
type Handler<E> = (
	input: InputOf<E> & { bytes: Uint8Array; idempotencyKey: string | undefined },
	actor: Actor,
	http: Http,
) => Promise<Answer<E>>;

// Schemas differ by endpoint; inside a list of routes only the pair's own agreement matters, which `on` has checked.
type AnyEndpoint = Endpoint<z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined>;
export type Route = {
	endpoint: AnyEndpoint;
	handle: (
		input: {
			params: unknown;
			query: unknown;
			body: unknown;
			bytes: Uint8Array;
			idempotencyKey: string | undefined;
		},
		actor: Actor,
		http: Http,
	) => Promise<unknown>;
};

/** Answers an endpoint: the handler gets parsed input and must reply what the endpoint declares. */
export function on<
	P extends z.ZodType | undefined,
	Q extends z.ZodType | undefined,
	B extends z.ZodType | undefined,
	R extends z.ZodType | undefined,
>(endpoint: Endpoint<P, Q, B, R>, handle: Handler<Endpoint<P, Q, B, R>>): Route {
	return { endpoint: endpoint as AnyEndpoint, handle: handle as Route['handle'] };
}
