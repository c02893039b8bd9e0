import type { Connection } from 'mongoose';
import type { Account, Language, Theme } from '@reelroom/shared/account/account.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { AccountRow, AccountStore } from '@reelroom/shared/node/stores/account-store.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Passwords } from './passwords.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import type { Actor } from '../http/on.ts';

export type SignedIn = { account: Account; accessToken: string; refreshToken: string; expiresAt: string };
type Registration = { email: string; password: string; name: string; language?: Language | undefined };
type AccountChange = { name?: string | undefined; language?: Language | undefined; theme?: Theme | undefined };
type Session = Parameters<Parameters<Connection['transaction']>[0]>[0];

export type AccountDeps = {
	connection: Connection;
	accounts: AccountStore;
	passwords: Passwords;
	accessTokens: AccessTokens;
	refreshTokens: RefreshTokens;
	/** Makes the workspace every account has; answers its id. */
	addOwnWorkspace: (account: { id: string; name: string; language: Language }, session: Session) => Promise<string>;
	/** Called once an account and its workspace are there. */
	onRegistered: (account: Account, workspaceId: string) => Promise<void>;
	now: () => Date;
	newId: () => string;
};

/** An account as its person sees it. */
const viewAccount = ({ _id: id, email, name, language, theme, administrator, createdAt }: AccountRow): Account => ({
	id,
	email,
	name,
	language,
	theme,
	administrator,
	createdAt: createdAt.toISOString(),
});

const isDuplicate = (error: unknown) => (error as { code?: unknown }).code === 11000;

export type Accounts = ReturnType<typeof createAccounts>;

/** Registering, signing in and out, and what a person may change of their account. */
export function createAccounts(deps: AccountDeps) {
	const { accounts, passwords, accessTokens, refreshTokens } = deps;

	async function signedIn(row: AccountRow, session: { session: string; token: string }): Promise<SignedIn> {
		const access = await accessTokens.issue({ id: row._id, name: row.name }, session.session);
		return {
			account: viewAccount(row),
			accessToken: access.token,
			refreshToken: session.token,
			expiresAt: access.expiresAt.toISOString(),
		};
	}

	async function own(actor: Actor): Promise<AccountRow> {
		const row = await accounts.find(actor.signedIn().id);
		if (row === null) throw new Problem('token-invalid');
		return row;
	}

	return {
		/** Makes an account with its own workspace, both or neither; the first one from this machine administrates the install. */
		async register(input: Registration, { fromLoopback }: { fromLoopback: boolean }): Promise<SignedIn> {
			if ((await accounts.findByEmail(input.email)) !== null) throw new Problem('email-taken');
			const passwordHash = await passwords.hash(input.password);
			const isFirst = fromLoopback && (await accounts.isEmpty());
			const { email, name, language = 'en' } = input;
			const row: AccountRow = {
				_id: deps.newId(),
				email,
				name,
				passwordHash,
				language,
				theme: 'system',
				administrator: false,
				createdAt: deps.now(),
			};
			let workspaceId = '';
			try {
				await deps.connection.transaction(async (session) => {
					// Others may be first at the same moment.
					row.administrator = isFirst && (await accounts.takeSeat(row._id, session));
					await accounts.add(row, session);
					workspaceId = await deps.addOwnWorkspace({ id: row._id, name, language }, session);
				});
			} catch (error) {
				if (isDuplicate(error)) throw new Problem('email-taken', undefined, { cause: error });
				throw error;
			}
			await deps.onRegistered(viewAccount(row), workspaceId);
			return signedIn(row, await refreshTokens.begin(row._id));
		},
		/** Signs in; an unknown e-mail fails as a wrong password does, and takes as long. */
		async login({ email, password }: { email: string; password: string }): Promise<SignedIn> {
			const row = await accounts.findByEmail(email);
			const right = await passwords.verify(row?.passwordHash, password);
			if (row === null || !right) throw new Problem('wrong-credentials');
			return signedIn(row, await refreshTokens.begin(row._id));
		},
		/** Exchanges a refresh token for new tokens. */
		async refresh(token: string): Promise<SignedIn> {
			const session = await refreshTokens.rotate(token);
			const row = await accounts.find(session.accountId);
			if (row === null) throw new Problem('token-invalid');
			return signedIn(row, session);
		},
		/** Ends a sign-in. */
		logout: (token: string): Promise<void> => refreshTokens.end(token),
		read: async (actor: Actor): Promise<Account> => viewAccount(await own(actor)),
		async edit(actor: Actor, change: AccountChange): Promise<Account> {
			const row = await own(actor);
			const { name = row.name, language = row.language, theme = row.theme } = change;
			const edited = await accounts.edit(row._id, { name, language, theme });
			if (edited === null) throw new Problem('token-invalid');
			return viewAccount(edited);
		},
	};
}
