/**
 * Whose a client id of a live document is, as it is stored: a browser's is its account's, and no one else may write with it. What the server
 * writes for an account has ids of its own, under a word that no browser can claim.
 */
const serverPrefix = 'server:';

/** The owner of the client id with which a server writes for an account, or for nobody. */
export const serverOwner = (accountId = ''): string => serverPrefix + accountId;

/** Whether a server writes under this owner. */
export const isServerOwner = (owner: string): boolean => owner.startsWith(serverPrefix);

/** The account behind an owner; null for what the server did by itself. */
export function accountOfOwner(owner: string): string | null {
	const accountId = owner.startsWith(serverPrefix) ? owner.slice(serverPrefix.length) : owner;
	return accountId === '' ? null : accountId;
}
