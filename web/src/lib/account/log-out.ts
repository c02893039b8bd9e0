import { accountApi } from '@reelroom/shared/account/api.ts';
import { call } from '#lib/call.ts';
import { forgetEverything } from '#lib/offline/forget.ts';

/** Ends the sign-in and takes every project kept on this machine away. */
export async function logOut(): Promise<void> {
	await call(accountApi.logout, { body: {} });
	await forgetEverything();
	location.assign('/');
}
