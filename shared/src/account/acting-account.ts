/** The header by which a window says for which account it works: where another one has signed in since, nothing is done in that one's name. */
export const actingAccountHeader = 'x-reelroom-account';
