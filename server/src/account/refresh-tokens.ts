import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { SessionRow, SessionStore } from '@reelroom/shared/node/stores/session-store.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

export type RefreshTokens = ReturnType<typeof createRefreshTokens>;

type Deps = {
	secret: Uint8Array;
	sessions: SessionStore;
	newId: () => string;
	now: () => Date;
	log: Pick<Log, 'warn'>;
};

/**
 * Refresh tokens in families: `<sign-in>.<number>.<seal>`. The seal makes the successor of a token follow from its number alone, so all of many
 * parallel refreshes arrive at the same one, and lets a spent token be told from an invented one.
 */
export function createRefreshTokens({ secret, sessions, newId, now, log }: Deps) {
	const tokenOf = (session: string, generation: number) =>
		`${session}.${generation}.${createHmac('sha256', secret).update(`${session}.${generation}`).digest('base64url')}`;

	function parse(token: string): { session: string; generation: number } {
		const [, session = '', number = ''] = /^([A-Za-z0-9_-]{8,64})\.(\d{1,9})\.[A-Za-z0-9_-]{43}$/.exec(token) ?? [];
		const own = Buffer.from(tokenOf(session, Number(number)));
		const given = Buffer.from(token);
		if (session === '' || own.length !== given.length || !timingSafeEqual(own, given))
			throw new Problem('token-invalid');
		return { session, generation: Number(number) };
	}

	/** Only the token before the newest may come again, and only at once: its reply was lost, or two tabs sent it together. */
	function isLateTwin(row: SessionRow, generation: number): boolean {
		return row.generation === generation + 1 && now().getTime() - row.refreshedAt.getTime() <= limits.refreshReuseMs;
	}

	return {
		/** Begins a sign-in. */
		async begin(accountId: string): Promise<{ session: string; token: string }> {
			const session = newId();
			const token = tokenOf(session, 0);
			const at = now();
			const expiresAt = new Date(at.getTime() + limits.refreshTokenMs);
			await sessions.add({
				_id: session,
				accountId,
				generation: 0,
				tokenHash: sha256(token),
				refreshedAt: at,
				createdAt: at,
				expiresAt,
			});
			return { session, token };
		},
		/** Exchanges a token for its successor; a spent one that comes again ends the whole sign-in. */
		async rotate(token: string): Promise<{ session: string; accountId: string; token: string }> {
			const { session, generation } = parse(token);
			const successor = tokenOf(session, generation + 1);
			const rotated = await sessions.rotate(session, sha256(token), sha256(successor), now());
			if (rotated !== null) return { session, accountId: rotated.accountId, token: successor };
			const row = await sessions.find(session);
			if (row === null || row.expiresAt <= now()) throw new Problem('token-invalid');
			if (isLateTwin(row, generation)) return { session, accountId: row.accountId, token: successor };
			await sessions.end(session);
			log.warn(
				{ event: 'refresh-token-reused', accountId: row.accountId, session },
				'a spent refresh token came again; its sign-in was ended',
			);
			throw new Problem('token-invalid');
		},
		/** Ends the sign-in of a token; an invented one ends nothing. */
		end: (token: string): Promise<void> => sessions.end(parse(token).session),
	};
}
