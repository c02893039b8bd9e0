import type * as Y from 'yjs';
import { reconcilerOrigin } from '@reelroom/shared/project/reconcile.ts';
import type { Log } from '@reelroom/shared/node/log.ts';

/** An edit that was made on this server: by somebody connected here, or by a use case for an account. */
export type WatchedEdit = {
	projectId: string;
	doc: Y.Doc;
	transaction: Y.Transaction;
	by: string;
	/** True for what a use case did. */
	byServer: boolean;
	/** Whether a client id is that account's. */
	isOwn(clientId: number): boolean;
};

/** Whoever wants to know what happens in the documents of this server; a server that only follows an edit tells nothing of it. */
export type Watcher = {
	edited?(edit: WatchedEdit): void;
	/** The last connection here has gone. */
	left?(projectId: string): void;
};

/** Watchers of all documents; what one of them throws is its own and harms no edit. */
export class Watchers {
	private readonly watchers = new Set<Watcher>();
	private readonly log: Pick<Log, 'error'>;

	constructor(log: Pick<Log, 'error'>) {
		this.log = log;
	}

	/** Calls the watcher from now on, until the answer is called. */
	add(watcher: Watcher): () => void {
		this.watchers.add(watcher);
		return () => this.watchers.delete(watcher);
	}

	/** Tells of a transaction in which an account did something. */
	edited(projectId: string, transaction: Y.Transaction, by: string, owners: ReadonlyMap<number, string>): void {
		const { origin, doc } = transaction;
		if (origin === reconcilerOrigin || (transaction.changed.size === 0 && transaction.deleteSet.clients.size === 0))
			return;
		const byServer = typeof origin === 'string';
		const isOwn = (clientId: number): boolean => owners.get(clientId) === by;
		this.each((watcher) => watcher.edited?.({ projectId, doc, transaction, by, byServer, isOwn }));
	}

	left(projectId: string): void {
		this.each((watcher) => watcher.left?.(projectId));
	}

	private each(tell: (watcher: Watcher) => void): void {
		for (const watcher of this.watchers) {
			try {
				tell(watcher);
			} catch (error) {
				this.log.error({ err: error }, 'a watcher of live documents failed');
			}
		}
	}
}
