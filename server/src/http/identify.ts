import type { Request } from 'express';
import { actingAccountHeader } from '@reelroom/shared/account/acting-account.ts';
import type { ApiKeyScope } from '@reelroom/shared/account/api-key.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { AccessTokens } from '../account/access-tokens.ts';
import type { Cookies } from './cookies.ts';
import type { SignedIn } from './on.ts';

/** Who asks; `scopes` only for a key of the API, which does no more than they say. */
export type Holder = SignedIn & { scopes?: readonly ApiKeyScope[] };
type IdentifyDeps = {
	accessTokens: AccessTokens;
	apiKeys: { holderOf(key: string): Promise<Holder> };
	cookies: Cookies;
};

/**
 * Finds out whose request it is: by `X-API-Key`, by `Authorization: Bearer`, else by cookie; null for a visitor. A window that works for one
 * account while another has signed in in its browser is refused: what the one wrote is never done in the name of the other.
 */
export function createIdentify({ accessTokens, apiKeys, cookies }: IdentifyDeps) {
	return async (request: Request): Promise<Holder | null> => {
		const key = request.headers['x-api-key'];
		if (key !== undefined) return apiKeys.holderOf(String(key));
		const header = request.headers.authorization;
		const token = header === undefined ? cookies.read(request, 'access') : /^Bearer ([\w.~+/=-]+)$/i.exec(header)?.[1];
		if (token !== undefined) {
			const { id, name, session } = await accessTokens.verify(token);
			const meant = request.headers[actingAccountHeader];
			if (meant !== undefined && meant !== id) throw new Problem('other-account');
			return { id, name, signInId: session };
		}
		// The access cookie ends before the sign-in does: say so, and the page refreshes instead of asking for a password.
		if (header !== undefined || cookies.has(request)) throw new Problem('token-invalid');
		return null;
	};
}
