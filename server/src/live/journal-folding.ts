import type { Log } from '@reelroom/shared/node/log.ts';
import type { JournalRow, JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import type { Snapshot, SnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import type { Folded } from './edit-job.ts';
import type { EditThreads } from './edit-threads.ts';
import { foldUpdates } from './fold-updates.ts';

type FoldingDeps = {
	journal: JournalStore;
	snapshots: SnapshotStore;
	threads: EditThreads;
	log: Pick<Log, 'warn'>;
};

/** About what one owner of a client id takes in the database. */
export const ownerBytes = 64;
/** The database takes no record above 16 MiB. */
const mostSnapshotBytes = 14 * 1024 * 1024;
/** From this size on a document is folded on a thread. */
const largeBytes = 64 * 1024;

/** What was folded into a snapshot. */
export type Fold = {
	/** What is stored by then. */
	sizeBytes: number;
	/** Of the snapshots before, 0 for none, and after it. */
	from: number;
	version: number;
	rowIds: string[];
};

/** Folds the rows of one document's journal into its snapshot. */
export class JournalFolding {
	private readonly projectId: string;
	private readonly deps: FoldingDeps;
	private running: Promise<Fold | null> | null = null;

	constructor(projectId: string, deps: FoldingDeps) {
		this.projectId = projectId;
		this.deps = deps;
	}

	/** Folds, once at a time; answers null when others were always quicker. */
	fold(): Promise<Fold | null> {
		this.running ??= this.writeSnapshot().finally(() => {
			this.running = null;
		});
		return this.running;
	}

	/** Resolves when no snapshot is being written. */
	async quiet(): Promise<void> {
		await this.running?.catch(() => undefined);
	}

	/** Writes the snapshot first, then deletes exactly the rows that are in it. */
	private async writeSnapshot(): Promise<Fold | null> {
		const { journal, snapshots } = this.deps;
		for (let attempt = 0; attempt < 3; attempt++) {
			const before = await snapshots.read(this.projectId);
			const rows = await journal.rows(this.projectId);
			const from = before?.version ?? 0;
			if (rows.length === 0) {
				// Another server has folded them.
				const sizeBytes = before === null ? 0 : before.update.length + before.owners.length * ownerBytes;
				return { sizeBytes, from, version: from, rowIds: [] };
			}
			const { update, packed: packing } = await this.apart(before, rows);
			// Whose an id is says the first row that names it.
			const named = [...(before?.owners ?? []), ...rows.flatMap((row) => row.owners)];
			const owners = [...new Map(named.toReversed())];
			const bytes = update.length + owners.length * ownerBytes;
			// What hardly shrinks is packed when somebody asks: were both too much for a record, the rows could never be folded again.
			const packed = packing === null || bytes + packing.length > mostSnapshotBytes ? null : packing;
			const seq = Math.max(before?.seq ?? 0, rows.at(-1)?.seq ?? 0);
			if (
				!(await snapshots.write({
					projectId: this.projectId,
					version: from + 1,
					seq,
					update,
					owners,
					...(packed !== null && { packed }),
				}))
			)
				continue;
			const rowIds = rows.map((row) => row.id);
			await journal.deleteRows(this.projectId, rowIds);
			return { sizeBytes: bytes, from, version: from + 1, rowIds };
		}
		return null;
	}

	private async apart(snapshot: Snapshot | null, stored: readonly JournalRow[]): Promise<Folded> {
		const before = snapshot?.update ?? null;
		const rows = stored.map(({ update }) => update);
		const bytes = rows.reduce((sum, { length }) => sum + length, before?.length ?? 0);
		if (bytes < largeBytes) return foldUpdates({ before, rows });
		const { threads, log } = this.deps;
		// Bytes of their own: else whatever they are part of would be copied to the thread with them.
		const own = (update: Uint8Array): Uint8Array => new Uint8Array(update);
		const folding = { before: before === null ? null : own(before), rows: rows.map(own) };
		return threads.run('fold', folding, this.projectId).catch((error: unknown) => {
			log.warn({ err: error, projectId: this.projectId }, 'a journal is folded on the main thread');
			return foldUpdates({ before, rows });
		});
	}
}
