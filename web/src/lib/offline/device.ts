import * as idb from 'lib0/indexeddb';

const store = 'kept';
const nameOf = (accountId: string): string => `reelroom/${accountId}/kept`;

/** What this device keeps of one account apart from documents, as JSON by key. Nothing is kept, and nothing fails, where the browser has no database. */
export class Device {
	readonly #database: Promise<IDBDatabase | null>;

	constructor(accountId: string) {
		this.#database =
			typeof indexedDB === 'undefined'
				? Promise.resolve(null)
				: idb.openDB(nameOf(accountId), (database) => idb.createStores(database, [[store]])).catch(() => null);
	}

	/** The value as it was put; undefined when there is none. */
	async read(key: string): Promise<unknown> {
		const database = await this.#database;
		if (database === null) return undefined;
		const [kept] = idb.transact(database, [store], 'readonly');
		const text: unknown = kept === undefined ? undefined : await idb.get(kept, key);
		return typeof text === 'string' ? JSON.parse(text) : undefined;
	}

	async put(key: string, value: unknown): Promise<void> {
		const database = await this.#database;
		if (database === null) return;
		const [kept] = idb.transact(database, [store]);
		if (kept !== undefined) await idb.put(kept, JSON.stringify(value), key);
	}

	async remove(key: string): Promise<void> {
		const database = await this.#database;
		if (database === null) return;
		const [kept] = idb.transact(database, [store]);
		if (kept !== undefined) await idb.del(kept, key);
	}

	/** Keys that begin so, in order. */
	async keys(beginning: string): Promise<string[]> {
		const database = await this.#database;
		if (database === null) return [];
		const [kept] = idb.transact(database, [store], 'readonly');
		const keys: unknown[] = kept === undefined ? [] : await idb.getAllKeys(kept);
		return keys.filter((key): key is string => typeof key === 'string' && key.startsWith(beginning));
	}

	async close(): Promise<void> {
		(await this.#database)?.close();
	}
}
