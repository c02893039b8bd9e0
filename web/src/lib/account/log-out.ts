import { accountApi } from '@reelroom/shared/account/api.ts';
import { call } from '#lib/call.ts';

/** Ends the sign-in and takes every project kept on this machine away. */
export async function logOut(): Promise<void> {
	await call(accountApi.logout, { body: {} });
	const kept = await indexedDB.databases();
	await Promise.all(
		kept.map(
			({ name }) =>
				new Promise<void>((resolve) => {
					if (name === undefined) return resolve();
					const request = indexedDB.deleteDatabase(name);
					// A second tab may hold it open; it is deleted when that tab closes.
					request.onsuccess = request.onerror = request.onblocked = () => resolve();
				}),
		),
	);
	location.assign('/');
}
