import type { Request } from 'express';
import { Problem } from '@reelroom/shared/problem.ts';

/** Whether an `Origin` header is ours: the host that was asked, the public one, or one of those allowed. */
export function isOwnOrigin(origin: string, host: string | undefined, allowed: readonly string[]): boolean {
	if (!URL.canParse(origin)) return false;
	const url = new URL(origin);
	return (host !== undefined && url.host === host.toLowerCase()) || allowed.includes(url.origin);
}

/** Refuses changes that another site asks a browser for; programs that send their token themselves are not concerned. */
export function createOriginCheck(allowed: readonly string[], hasOwnCookie: (request: Request) => boolean) {
	return (request: Request): void => {
		if (request.headers.authorization !== undefined || request.headers['x-api-key'] !== undefined) return;
		const { origin } = request.headers;
		if (origin !== undefined) {
			// The port belongs to it: another port of the same machine may be somebody else's page.
			if (!isOwnOrigin(origin, request.host, allowed)) throw new Problem('foreign-origin');
			return;
		}
		const site = request.headers['sec-fetch-site'];
		if (site === undefined ? hasOwnCookie(request) : site !== 'same-origin' && site !== 'none')
			throw new Problem('foreign-origin');
	};
}
