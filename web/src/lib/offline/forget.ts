import { keptReplies, pictures } from '../../service-worker/rules.ts';
import { Device } from './device.ts';

const unsentBeginning = 'unsent/';
/** Under this key a device keeps the name of a project while others wait for its changes. */
export const unsentKey = (projectId: string): string => unsentBeginning + projectId;

/** Databases of an account on this device; of every account where it is not known. */
async function databasesOf(accountId: string | null): Promise<string[]> {
	const all = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
	return accountId === null ? all : all.filter((name) => name.startsWith(`reelroom/${accountId}/`));
}

/** Takes away all that this device keeps of an account: documents, the outbox, replies and pictures. What somebody else has not sent yet stays theirs. */
export async function forgetEverything(accountId: string | null): Promise<void> {
	await Promise.all([...(await databasesOf(accountId)).map(deleteDatabase), forgetReplies()]);
}

/** Names of the projects of which only this device has the last changes. */
export async function unsentOn(accountId: string | null): Promise<string[]> {
	const accounts = (await databasesOf(accountId)).flatMap((name) => /^reelroom\/([^/]+)\/kept$/.exec(name)?.[1] ?? []);
	const names = await Promise.all(
		accounts.map(async (id) => {
			const device = new Device(id);
			try {
				return await Promise.all((await device.keys(unsentBeginning)).map((key) => device.read(key)));
			} finally {
				await device.close();
			}
		}),
	);
	return names.flat().filter((name): name is string => typeof name === 'string');
}

/** Takes away what the API answered before: for whoever signs in next. Caches exist over HTTPS and on the machine itself only. */
export async function forgetReplies(): Promise<void> {
	if (typeof caches === 'undefined') return;
	await Promise.all([caches.delete(keptReplies), caches.delete(pictures)]);
}

function deleteDatabase(name: string): Promise<void> {
	return new Promise((resolve) => {
		const request = indexedDB.deleteDatabase(name);
		// A second tab may hold it open; it is deleted when that tab closes.
		request.onsuccess = request.onerror = request.onblocked = () => resolve();
	});
}
