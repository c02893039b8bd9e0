import { accountApi } from '@reelroom/shared/account/api.ts';
import { call } from '#lib/call.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { forgetEverything, unsentOn } from '#lib/offline/forget.ts';
import { acting } from '#lib/acting.svelte.ts';

/** Who is signed in in this browser; null where nobody is any more. */
async function signedIn(): Promise<string | null> {
	try {
		return (await call(accountApi.read, {}, { stay: true })).id;
	} catch (failure) {
		if (failure instanceof Problem && (failure.code === 'sign-in-required' || failure.code === 'token-invalid'))
			return null;
		throw failure;
	}
}

/** Names of projects with words that only this device has: they would go with the log-out. */
export const unsentBeforeLogOut = async (): Promise<string[]> => unsentOn(await signedIn());

/** Ends the sign-in and takes every project that this device keeps for it away; the other windows close theirs. */
export async function logOut(): Promise<void> {
	const accountId = await signedIn();
	await call(accountApi.logout, { body: {} });
	acting.tell(null);
	await forgetEverything(accountId);
	location.assign('/');
}
