import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { nameUpTo } from '../name.ts';
import { ApiKey, NewApiKey } from './api-key.ts';
import { Account, Email, Language, Password, Theme } from './account.ts';

const Name = nameUpTo(80);
/** Tokens are in the reply for programs; browsers use the cookies that come with it. */
const SignedIn = z.strictObject({
	account: Account,
	accessToken: z.string(),
	refreshToken: z.string(),
	expiresAt: z.string(),
});

export const accountApi = {
	register: endpoint({
		method: 'post',
		path: '/auth/register',
		summary: 'Makes an account, its own workspace and the sample projects, and signs in.',
		allow: 'public',
		status: 201,
		body: z.strictObject({ email: Email, password: Password, name: Name, language: Language.optional() }),
		reply: SignedIn,
	}),
	login: endpoint({
		method: 'post',
		path: '/auth/login',
		summary: 'Signs in.',
		allow: 'public',
		body: z.strictObject({ email: Email, password: z.string().min(1).max(128) }),
		reply: SignedIn,
	}),
	refresh: endpoint({
		method: 'post',
		path: '/auth/refresh',
		summary: 'Exchanges a refresh token (cookie or body) for new tokens; each works once.',
		allow: 'public',
		body: z.strictObject({ refreshToken: z.string().max(200).optional() }),
		reply: SignedIn,
	}),
	logout: endpoint({
		method: 'post',
		path: '/auth/logout',
		summary: 'Ends this sign-in.',
		allow: 'public',
		body: z.strictObject({ refreshToken: z.string().max(200).optional() }),
		status: 204,
	}),
	read: endpoint({ method: 'get', path: '/account', summary: 'Who is signed in.', allow: 'signed-in', reply: Account }),
	edit: endpoint({
		method: 'patch',
		path: '/account',
		summary: 'Changes name, language or theme.',
		allow: 'signed-in',
		body: z.strictObject({ name: Name.optional(), language: Language.optional(), theme: Theme.optional() }),
		reply: Account,
	}),
};

export const apiKeyApi = {
	create: endpoint({
		method: 'post',
		path: '/api-keys',
		summary:
			'Makes a key for programs, sent as `X-API-Key`. The key itself is in this reply and never again. It does what you may do, as far as its scopes reach.',
		allow: 'signed-in',
		status: 201,
		body: NewApiKey,
		reply: z.strictObject({ key: z.string(), apiKey: ApiKey }),
	}),
	list: endpoint({
		method: 'get',
		path: '/api-keys',
		summary: 'Your keys, newest first, each by its beginning.',
		allow: 'signed-in',
		reply: z.array(ApiKey),
	}),
	revoke: endpoint({
		method: 'delete',
		path: '/api-keys/:id',
		summary: 'Revokes a key at once.',
		allow: 'signed-in',
		params: z.strictObject({ id: Id }),
		status: 204,
	}),
};
