import * as z from 'zod';
import type { Endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { nameUpTo } from '../name.ts';

/** What a key of the API may be used for, besides what its maker may do. */
export const apiKeyScopes = ['read', 'generate', 'write'] as const;
export const ApiKeyScope = z.enum(apiKeyScopes);
export type ApiKeyScope = z.infer<typeof ApiKeyScope>;

/** A key as its maker sees it later: by its beginning only. */
export const ApiKey = z.strictObject({
	id: Id,
	name: z.string(),
	/** The visible beginning of the key. */
	begins: z.string(),
	scopes: z.array(ApiKeyScope),
	createdAt: z.string(),
	expiresAt: z.string().nullable(),
	lastUsedAt: z.string().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const NewApiKey = z.strictObject({
	name: nameUpTo(80),
	scopes: z.array(ApiKeyScope).min(1).max(apiKeyScopes.length).default(['read', 'generate']),
	/** Days until it ends by itself; without it the key stays until it is revoked. */
	days: z.int().min(1).max(3650).optional(),
});

const notForKeys: ReadonlySet<string> = new Set(['/account', '/api-keys']);
const ofAccount = ({ path }: Pick<Endpoint, 'path'>) => notForKeys.has(/^\/[^/]*/.exec(path)?.[0] ?? '');

/** The scope that a key needs for an operation; null for what no key may do: sign-ins, the account itself, keys of all kinds and the install are for people. */
export function scopeFor(endpoint: Pick<Endpoint, 'path' | 'method' | 'allow'>): ApiKeyScope | null {
	if (ofAccount(endpoint) || endpoint.allow === 'administrator' || endpoint.allow.startsWith('credential.'))
		return null;
	if (endpoint.method === 'get') return 'read';
	return endpoint.allow.startsWith('task.') || endpoint.path.endsWith('/generate') ? 'generate' : 'write';
}
