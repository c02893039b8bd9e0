import { SignJWT, errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';

const pinned = { issuer: 'reelroom', audience: 'reelroom-api', typ: 'access+jwt' };
const Claims = z.object({ sub: z.string(), name: z.string(), session: z.string() });

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/** Signs and checks the short-lived tokens that say who asks. */
export function createAccessTokens({ secret, now = Date.now }: { secret: Uint8Array; now?: () => number }) {
	return {
		async issue(account: { id: string; name: string }, session: string): Promise<{ token: string; expiresAt: Date }> {
			const issuedAt = Math.floor(now() / 1000);
			const expiresAt = issuedAt + limits.accessTokenMs / 1000;
			const token = await new SignJWT({ name: account.name, session })
				.setProtectedHeader({ alg: 'HS256', typ: pinned.typ })
				.setSubject(account.id)
				.setIssuer(pinned.issuer)
				.setAudience(pinned.audience)
				.setIssuedAt(issuedAt)
				.setNotBefore(issuedAt)
				.setExpirationTime(expiresAt)
				.sign(secret);
			return { token, expiresAt: new Date(expiresAt * 1000) };
		},
		/** Who a token stands for; `token-invalid` for anything that is not a token of ours, now. */
		async verify(token: string): Promise<{ id: string; name: string; session: string }> {
			try {
				const { payload } = await jwtVerify(token, secret, {
					...pinned,
					algorithms: ['HS256'],
					requiredClaims: ['sub', 'exp', 'nbf', 'iat'],
					maxTokenAge: limits.accessTokenMs / 1000,
					currentDate: new Date(now()),
					clockTolerance: 2,
				});
				const { sub, name, session } = Claims.parse(payload);
				return { id: sub, name, session };
			} catch (error) {
				if (error instanceof errors.JOSEError || error instanceof z.ZodError || error instanceof TypeError)
					throw new Problem('token-invalid', undefined, { cause: error });
				throw error;
			}
		},
	};
}
