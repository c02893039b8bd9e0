import { randomUUID } from 'node:crypto';
import { SignJWT, errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { Role } from '@reelroom/shared/workspace/access.ts';

const pinned = { issuer: 'reelroom', audience: 'reelroom-sync', typ: 'ticket+jwt' };
const Claims = z.object({
	sub: z.string(),
	jti: z.string(),
	exp: z.number(),
	name: z.string(),
	signInId: z.string(),
	projectId: z.string(),
	role: Role,
});

/** What a ticket says: who may open which live document, as what, and by which sign-in they asked for it. */
export type Ticket = { accountId: string; projectId: string; name: string; role: Role; signInId: string };
export type Tickets = ReturnType<typeof createTickets>;

/** Issues and takes tickets of 30 s, each of which opens one connection. */
export function createTickets({
	secret,
	spend,
	now = Date.now,
}: {
	secret: Uint8Array;
	/** Spends a ticket by its id, for all servers together; false when it was spent before. */
	spend: (id: string, endsAt: Date) => Promise<boolean>;
	now?: () => number;
}) {
	return {
		issue({ accountId, projectId, name, role, signInId }: Ticket): Promise<string> {
			const issuedAt = Math.floor(now() / 1000);
			return new SignJWT({ name, projectId, role, signInId })
				.setProtectedHeader({ alg: 'HS256', typ: pinned.typ })
				.setSubject(accountId)
				.setJti(randomUUID())
				.setIssuer(pinned.issuer)
				.setAudience(pinned.audience)
				.setIssuedAt(issuedAt)
				.setExpirationTime(issuedAt + limits.ticketMs / 1000)
				.sign(secret);
		},
		/** Takes a ticket; `token-invalid` when it is forged, ended or used before. */
		async verify(ticket: string): Promise<Ticket> {
			try {
				const { payload } = await jwtVerify(ticket, secret, {
					...pinned,
					algorithms: ['HS256'],
					requiredClaims: ['exp', 'jti'],
					currentDate: new Date(now()),
				});
				const claims = Claims.parse(payload);
				if (!(await spend(claims.jti, new Date(claims.exp * 1000))))
					throw new Problem('token-invalid', 'The ticket was used before');
				const { sub: accountId, projectId, name, role, signInId } = claims;
				return { accountId, projectId, name, role, signInId };
			} catch (error) {
				if (error instanceof errors.JOSEError || error instanceof z.ZodError || error instanceof TypeError)
					throw new Problem('token-invalid', undefined, { cause: error });
				throw error;
			}
		},
	};
}
