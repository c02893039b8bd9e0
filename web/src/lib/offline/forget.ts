import { keptReplies, pictures } from '../../service-worker/rules.ts';

/** Takes away all that this device keeps of whoever was signed in: documents, the outbox, replies and pictures. */
export async function forgetEverything(): Promise<void> {
	const databases = await indexedDB.databases();
	await Promise.all([
		...databases.flatMap(({ name }) => (name === undefined ? [] : [deleteDatabase(name)])),
		forgetReplies(),
	]);
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
