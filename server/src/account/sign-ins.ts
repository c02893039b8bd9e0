import type { ApiKeyStore } from '@reelroom/shared/node/stores/api-key-store.ts';
import type { SessionStore } from '@reelroom/shared/node/stores/session-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { readAccessCookie } from '../http/cookies.ts';
import type { SignedIn } from '../http/on.ts';
import type { AccessTokens } from './access-tokens.ts';

export type SignInDeps = {
	accessTokens: Pick<AccessTokens, 'verify'>;
	sessions: Pick<SessionStore, 'stands'>;
	apiKeys: Pick<ApiKeyStore, 'stands'>;
	now: () => Date;
};
/** What a socket's handshake brings. */
export type Handshake = { cookie?: string | undefined; authorization?: string | undefined };
export type SignIns = ReturnType<typeof createSignIns>;

/** Whether those who keep a connection open are still signed in: an access token says so for some minutes only, and goes on saying it after a log-out. */
export function createSignIns({ accessTokens, sessions, apiKeys, now }: SignInDeps) {
	/** Whether a sign-in has not ended; an API key stands for one until it is revoked or ends. */
	const stands = async (signInId: string): Promise<boolean> =>
		(await sessions.stands(signInId, now())) || (await apiKeys.stands(signInId, now()));
	return {
		stands,
		/** The account of a socket's handshake; null for a visitor, and for a token or a sign-in that has ended. */
		async accountOf({ cookie, authorization }: Handshake): Promise<SignedIn | null> {
			const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? readAccessCookie(cookie);
			if (token === undefined) return null;
			const holder = await orNull(accessTokens.verify(token));
			if (holder === null || !(await stands(holder.session))) return null;
			return { id: holder.id, name: holder.name, signInId: holder.session };
		},
	};
}

/** A token's holder; null for a token that stands for nobody. */
export async function orNull<T>(verifying: Promise<T>): Promise<T | null> {
	try {
		return await verifying;
	} catch (error) {
		if (error instanceof Problem && error.code === 'token-invalid') return null;
		throw error;
	}
}
