import * as idb from 'lib0/indexeddb';

const store = 'kept';
const nameOf = (accountId: string): string => `reelroom/${accountId}/kept`;

/**
 * What this device keeps of one account apart from documents, as JSON by key. Nothing is kept, and nothing fails, where the browser has no
 * database, has no room in it, or takes it away.
 */
export class Device {
	readonly #database: Promise<IDBDatabase | null>;

	constructor(accountId: string) {
		this.#database =
			typeof indexedDB === 'undefined'
				? Promise.resolve(null)
				: idb.openDB(nameOf(accountId), (database) => idb.createStores(database, [[store]])).catch(() => null);
		// Whoever logs out in another window takes it away; held open it would stay.
		void this.#database.then((database) => database?.addEventListener('versionchange', () => database.close()));
	}

	/** What is asked of the database; null where there is none that answers. */
	async #ask<T>(access: 'readonly' | 'readwrite', question: (kept: IDBObjectStore) => Promise<T>): Promise<T | null> {
		const database = await this.#database;
		if (database === null) return null;
		try {
			const [kept] = idb.transact(database, [store], access);
			return kept === undefined ? null : await question(kept);
		} catch {
			return null;
		}
	}

	/** The value as it was put; undefined when there is none. */
	async read(key: string): Promise<unknown> {
		const text: unknown = await this.#ask('readonly', (kept) => idb.get(kept, key));
		return typeof text === 'string' ? JSON.parse(text) : undefined;
	}

	/** Answers whether it is kept. */
	async put(key: string, value: unknown): Promise<boolean> {
		return (await this.#ask('readwrite', (kept) => idb.put(kept, JSON.stringify(value), key))) !== null;
	}

	async remove(key: string): Promise<void> {
		await this.#ask('readwrite', (kept) => idb.del(kept, key));
	}

	/** Keys that begin so, in order. */
	async keys(beginning: string): Promise<string[]> {
		const keys: unknown[] = (await this.#ask('readonly', (kept) => idb.getAllKeys(kept))) ?? [];
		return keys.filter((key): key is string => typeof key === 'string' && key.startsWith(beginning));
	}

	async close(): Promise<void> {
		(await this.#database)?.close();
	}
}
