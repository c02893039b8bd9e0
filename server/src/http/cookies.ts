import type { Request, Response } from 'express';
import { limits } from '@reelroom/shared/limits.ts';
import type { Log } from '@reelroom/shared/node/log.ts';

type Kind = 'access' | 'refresh';
const lifetimeMs: Record<Kind, number> = { access: limits.accessTokenMs, refresh: limits.refreshTokenMs };

export type Cookies = ReturnType<typeof createCookies>;

/** The cookies of a browser's sign-in: bound to the host over HTTPS; over plain HTTP as safe as they can be. */
export function createCookies({ publicUrl, log }: { publicUrl: string | undefined; log: Pick<Log, 'warn'> }) {
	let warned = false;
	const isSecure = (request: Request) => request.secure || (publicUrl?.startsWith('https:') ?? false);
	const nameOf = (kind: Kind, secure: boolean) => `${secure ? '__Host-' : ''}reelroom_${kind}`;
	const options = (secure: boolean) => ({ httpOnly: true, sameSite: 'lax', path: '/', secure }) as const;

	function read(request: Request, kind: Kind): string | undefined {
		return readCookie(request.headers.cookie, nameOf(kind, isSecure(request)));
	}

	return {
		read,
		has: (request: Request): boolean => read(request, 'access') !== undefined || read(request, 'refresh') !== undefined,
		write(request: Request, response: Response, tokens: Record<Kind, string>): void {
			const secure = isSecure(request);
			if (!secure && !warned) {
				warned = true;
				log.warn('signing in over plain HTTP: use HTTPS for anything but this machine, and set PUBLIC_URL');
			}
			for (const kind of ['access', 'refresh'] as const)
				response.cookie(nameOf(kind, secure), tokens[kind], { ...options(secure), maxAge: lifetimeMs[kind] });
		},
		clear(request: Request, response: Response): void {
			const secure = isSecure(request);
			for (const kind of ['access', 'refresh'] as const) response.clearCookie(nameOf(kind, secure), options(secure));
		},
	};
}

/** The value of a cookie in a `Cookie` header. */
function readCookie(header: string | undefined, name: string): string | undefined {
	for (const part of header?.split(';') ?? []) {
		const at = part.indexOf('=');
		if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
	}
	return undefined;
}

/** The access token in a `Cookie` header, whether it came over HTTPS or not; for sockets, which have no `Request`. */
export function readAccessCookie(header: string | undefined): string | undefined {
	return readCookie(header, '__Host-reelroom_access') ?? readCookie(header, 'reelroom_access');
}
