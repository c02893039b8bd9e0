import { isIP } from 'node:net';
import type { Request } from 'express';
import { accountApi, apiKeyApi } from '@reelroom/shared/account/api.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { type Http, type Route, on } from '../http/on.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import type { Accounts, SignedIn } from './accounts.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Cookies } from '../http/cookies.ts';

/** Whether a request comes from this machine itself, not through a proxy. */
function isFromLoopback(request: Request): boolean {
	const address = (request.ip ?? '').replace(/^::ffff:/, '');
	const proxied = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined;
	return !proxied && isIP(address) !== 0 && (address === '::1' || address.startsWith('127.'));
}

/** Answers the endpoints of accounts; browsers get their tokens as cookies, too. */
export function accountRoutes({
	accounts,
	apiKeys,
	cookies,
	guesses,
}: {
	accounts: Accounts;
	apiKeys: ApiKeys;
	cookies: Cookies;
	guesses: RateLimit;
}): Route[] {
	/** Counts failures by address and e-mail, so that nobody can lock out somebody else. */
	async function guarded(email: string, { request, response }: Http, work: () => Promise<SignedIn>): Promise<SignedIn> {
		const key = `${request.ip ?? ''} ${email}`;
		guesses.check(key, (seconds) => response.setHeader('Retry-After', String(seconds)));
		try {
			const reply = await work();
			guesses.succeeded(key);
			cookies.write(request, response, { access: reply.accessToken, refresh: reply.refreshToken });
			return reply;
		} catch (error) {
			if (error instanceof Problem) guesses.failed(key);
			throw error;
		}
	}

	return [
		on(accountApi.register, ({ body }, _actor, http) =>
			guarded(body.email, http, () => accounts.register(body, { fromLoopback: isFromLoopback(http.request) })),
		),
		on(accountApi.login, ({ body }, _actor, http) => guarded(body.email, http, () => accounts.login(body))),
		on(accountApi.refresh, async ({ body }, _actor, { request, response }) => {
			const token = body.refreshToken ?? cookies.read(request, 'refresh');
			if (token === undefined) throw new Problem('sign-in-required');
			try {
				const reply = await accounts.refresh(token);
				cookies.write(request, response, { access: reply.accessToken, refresh: reply.refreshToken });
				return reply;
			} catch (error) {
				if (error instanceof Problem && body.refreshToken === undefined) cookies.clear(request, response);
				throw error;
			}
		}),
		on(accountApi.logout, async ({ body }, _actor, { request, response }) => {
			const token = body.refreshToken ?? cookies.read(request, 'refresh');
			cookies.clear(request, response);
			if (token !== undefined) await accounts.logout(token);
			return undefined;
		}),
		on(accountApi.read, (_input, actor) => accounts.read(actor)),
		on(accountApi.edit, ({ body }, actor) => accounts.edit(actor, body)),
		on(apiKeyApi.create, ({ body }, actor) => apiKeys.create(actor, body)),
		on(apiKeyApi.list, (_input, actor) => apiKeys.list(actor)),
		on(apiKeyApi.revoke, ({ params }, actor) => apiKeys.revoke(actor, params.id)),
	];
}
