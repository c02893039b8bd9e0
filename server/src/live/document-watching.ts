import type * as Y from 'yjs';
import type { ClientOwners } from './client-owners.ts';
import type { DocumentPeers } from './document-peers.ts';
import { typingOrigin } from './typing-queue.ts';
import type { Watchers } from './watcher.ts';

type WatchingDeps = { projectId: string; watchers: Watchers; owners: ClientOwners; peers: DocumentPeers };

/** Tells those who watch documents who did what in one. */
export class DocumentWatching {
	private readonly deps: WatchingDeps;
	/** Who typed what is not applied yet. */
	private readonly typists = new Set<string>();

	constructor(deps: WatchingDeps) {
		this.deps = deps;
	}

	typed(accountId: string): void {
		this.typists.add(accountId);
	}

	readonly transaction = (done: Y.Transaction): void => {
		const { projectId, watchers, owners } = this.deps;
		for (const accountId of this.takeActors(done.origin)) watchers.edited(projectId, done, accountId, owners.all);
	};

	left(): void {
		this.deps.watchers.left(this.deps.projectId);
	}

	private takeActors(origin: unknown): string[] {
		if (origin === typingOrigin) {
			const typists = [...this.typists];
			this.typists.clear();
			return typists;
		}
		const accountId = typeof origin === 'string' ? origin : this.deps.peers.of(origin)?.accountId;
		return accountId === undefined ? [] : [accountId];
	}
}
