import * as idb from 'lib0/indexeddb';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';

export type KeptDocumentOptions = {
	/** Of the account and the project. */
	name: string;
	doc: Y.Doc;
	/** How many edits were made in this window. */
	made(): number;
	/** Called when edits have been written down, and when nothing is kept any more. */
	changed(): void;
};

/** A live document as this device keeps it, for a later visit and for the other windows of the same account. */
export class KeptDocument {
	/** Whether this device keeps what is written. */
	isKept = false;
	/** Whether it is known that this device keeps nothing: it has no database, or no room, or takes it away. */
	keepsNothing = false;
	/** So many of the edits made here are known to be written on this device. */
	written = 0;
	private readonly options: KeptDocumentOptions;
	private store: IndexeddbPersistence | null = null;
	/** The other windows of this account that have the project open. */
	private readonly siblings: BroadcastChannel | null;
	private isAsking = false;
	private isClosed = false;

	constructor(options: KeptDocumentOptions) {
		this.options = options;
		this.siblings =
			typeof window === 'undefined' || typeof BroadcastChannel === 'undefined'
				? null
				: new BroadcastChannel(options.name);
		this.siblings?.addEventListener('message', () => void this.takeIn());
	}

	/** Reads what this device keeps into the document and answers true, or false where it keeps nothing. A device may never answer. */
	async open(): Promise<boolean> {
		const { name, doc } = this.options;
		const canKeep = typeof indexedDB !== 'undefined' && (await canOpen(name));
		if (this.isClosed) return false;
		if (!canKeep) {
			this.keepNothing();
			return false;
		}
		const store = new IndexeddbPersistence(name, doc);
		this.store = store;
		await store.whenSynced;
		this.isKept = true;
		this.ask();
		for (const end of ['abort', 'close', 'versionchange']) store.db?.addEventListener(end, () => this.keepNothing());
		return true;
	}

	/** Whether a change of the document was read from this device. */
	isOrigin(origin: unknown): boolean {
		return origin !== null && origin === this.store;
	}

	/** Asks what this device has written; a transaction that reads begins once those that wrote before it are committed. */
	ask(): void {
		const db = this.store?.db;
		const made = this.options.made();
		if (db === null || db === undefined || !this.isKept || this.isAsking || this.written === made) return;
		const done = (): void => void (this.isAsking = false);
		try {
			const asked = db.transaction('updates').objectStore('updates').count();
			this.isAsking = true;
			asked.onerror = done;
			asked.onsuccess = () => {
				done();
				this.written = made;
				this.options.changed();
				this.ask();
			};
		} catch {
			// It has been closed: it keeps nothing more, and the mark says so.
		}
	}

	/** Takes what other windows of this account have written on this device meanwhile: one that was closed sends nothing any more. */
	async takeIn(): Promise<void> {
		const { store } = this;
		if (store === null || store.db === null || !this.isKept) return;
		const { doc } = this.options;
		try {
			const updates = store.db.transaction('updates').objectStore('updates');
			// Up to there the store itself has read, and this document holds it.
			const kept = await idb.getAll(updates, IDBKeyRange.lowerBound(store._dbref));
			if (this.isClosed) return;
			// In one, with an origin that is neither the store's nor the server's: it counts among what the server is not known to have.
			doc.transact(() => kept.forEach((update) => Y.applyUpdate(doc, update, this)), this);
		} catch {
			// It has been closed: it keeps nothing more, and the mark says so.
		}
	}

	/** Has the other windows take in what this one will not send itself. */
	leave(): void {
		this.siblings?.postMessage('left');
	}

	/** Lets go of the database; what it holds stays. */
	async close(): Promise<void> {
		this.isClosed = true;
		this.siblings?.close();
		// A database that was closed before has nothing to close.
		await this.store?.destroy().catch(() => undefined);
	}

	/**
	 * A write that this device refuses, and a database that is taken away, keep nothing more. The store is closed: it would throw at every key
	 * that is typed, and keep the database from being deleted by whoever logs out in another window.
	 */
	private keepNothing(): void {
		this.isKept = false;
		this.keepsNothing = true;
		void this.store?.destroy().catch(() => undefined);
		this.options.changed();
	}
}

/** Whether the browser opens a database of that name, laid out as the store does; the store itself tells nobody when it does not. */
const canOpen = (name: string): Promise<boolean> =>
	idb
		.openDB(name, (database) => idb.createStores(database, [['updates', { autoIncrement: true }], ['custom']]))
		.then(
			(database) => (database.close(), true),
			() => false,
		);
