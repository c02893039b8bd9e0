import { createHash, randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { ApiKey, ApiKeyScope, NewApiKey } from '@reelroom/shared/account/api-key.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { ApiKeyRecord, ApiKeyStore } from '@reelroom/shared/node/stores/api-key-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Actor, SignedIn } from '../http/on.ts';

export type ApiKeysDeps = { store: ApiKeyStore; now: () => Date; newId: () => string };
export type ApiKeys = ReturnType<typeof createApiKeys>;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const view = ({ _id, name, begins, scopes, createdAt, expiresAt, lastUsedAt }: ApiKeyRecord): ApiKey => ({
	id: _id,
	name,
	begins,
	scopes,
	createdAt: createdAt.toISOString(),
	expiresAt: expiresAt?.toISOString() ?? null,
	lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

/** The use cases of API keys: a key is shown once, kept as a digest, does no more than its maker may and its scopes say, and is gone when it is revoked. */
export function createApiKeys({ store, now, newId }: ApiKeysDeps) {
	return {
		async create(
			actor: Actor,
			{ name, scopes, days }: z.output<typeof NewApiKey>,
		): Promise<{ key: string; apiKey: ApiKey }> {
			const maker = actor.signedIn();
			const at = now();
			const begins = `rr_${randomBytes(6).toString('base64url')}`;
			const key = `${begins}${randomBytes(32).toString('base64url')}`;
			const record: ApiKeyRecord = {
				_id: newId(),
				accountId: maker.id,
				accountName: maker.name,
				name,
				begins,
				hash: hashOf(key),
				scopes: [...new Set(scopes)],
				createdAt: at,
				expiresAt: days === undefined ? null : new Date(at.getTime() + days * 24 * 3_600_000),
				lastUsedAt: null,
			};
			if (!(await store.add(record, limits.apiKeysPerAccount)))
				throw new Problem('too-large', `Up to ${limits.apiKeysPerAccount} keys at a time`);
			return { key, apiKey: view(record) };
		},
		list: async (actor: Actor): Promise<ApiKey[]> => (await store.list(actor.signedIn().id)).map(view),
		async revoke(actor: Actor, id: string): Promise<undefined> {
			if (!(await store.revoke(actor.signedIn().id, id))) throw new Problem('not-found');
		},
		/** Whose key this is and what it may be used for; `token-invalid` for one that is none, or none any more. */
		async holderOf(key: string): Promise<SignedIn & { scopes: readonly ApiKeyScope[] }> {
			const found = /^rr_[\w-]{40,80}$/.test(key) ? await store.use(hashOf(key), now()) : null;
			if (found === null) throw new Problem('token-invalid');
			return { id: found.accountId, name: found.accountName, signInId: found._id, scopes: found.scopes };
		},
	};
}
