import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { nameUpTo } from '../name.ts';
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
