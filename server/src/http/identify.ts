import type { Request } from 'express';
import { Problem } from '@reelroom/shared/problem.ts';
import type { AccessTokens } from '../account/access-tokens.ts';
import type { Cookies } from './cookies.ts';

/** Finds out whose request it is: by `Authorization: Bearer`, else by cookie; null for a visitor. */
export function createIdentify({ accessTokens, cookies }: { accessTokens: AccessTokens; cookies: Cookies }) {
	return async (request: Request): Promise<{ id: string; name: string } | null> => {
		const header = request.headers.authorization;
		const token = header === undefined ? cookies.read(request, 'access') : /^Bearer ([\w.~+/=-]+)$/i.exec(header)?.[1];
		if (token !== undefined) {
			const { id, name } = await accessTokens.verify(token);
			return { id, name };
		}
		// The access cookie ends before the sign-in does: say so, and the page refreshes instead of asking for a password.
		if (header !== undefined || cookies.has(request)) throw new Problem('token-invalid');
		return null;
	};
}
