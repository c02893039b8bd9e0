import * as Y from 'yjs';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { JournalRow, JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import type { SnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import { packDocument, worthPackingBytes } from './pack-document.ts';

export type DocumentJournalDeps = {
	journal: JournalStore;
	snapshots: SnapshotStore;
	log: Pick<Log, 'warn'>;
	serverId: string;
	newId: () => string;
	retryMs: readonly number[];
};

type Owners = [clientId: number, accountId: string][];

const compactAfterRows = 500;
/** About what one owner of a client id takes in the database. */
const ownerBytes = 64;
/** The database takes no record above 16 MiB. */
const mostSnapshotBytes = 14 * 1024 * 1024;
const unreadMs = 20;
/** Waits between attempts to append before giving up. */
export const defaultRetryMs: readonly number[] = [50, 200, 500, 1000, 2000, 4000];

/** What is stored of one live document: the rows of its journal and the snapshot they are folded into. */
export class DocumentJournal {
	/** Rows that are in no snapshot yet. */
	rowsSinceSnapshot = 0;
	/** What snapshot and rows take; less once the rows are folded. */
	sizeBytes = 0;
	private readonly projectId: string;
	private readonly deps: DocumentJournalDeps;
	private readonly take: (update: Uint8Array, owners: Owners) => void;
	private seq = 0;
	private compacting: Promise<void> | null = null;

	constructor(projectId: string, deps: DocumentJournalDeps, take: (update: Uint8Array, owners: Owners) => void) {
		this.projectId = projectId;
		this.deps = deps;
		this.take = take;
	}

	/** Whether enough rows have gathered to be folded. */
	get isLong(): boolean {
		return this.rowsSinceSnapshot >= compactAfterRows;
	}

	/** Takes in all that is stored; answers the packed form of it when there is one. Reads rows before the snapshot: a row compacted in between is then in the snapshot. */
	async catchUp(): Promise<Uint8Array | null> {
		const rows = await this.deps.journal.rows(this.projectId);
		const snapshot = await this.deps.snapshots.read(this.projectId);
		this.sizeBytes = 0;
		if (snapshot !== null) {
			this.take(snapshot.update, snapshot.owners);
			this.seq = Math.max(this.seq, snapshot.seq);
			this.sizeBytes = snapshot.update.length + snapshot.owners.length * ownerBytes;
		}
		for (const row of rows) this.read(row);
		this.seq = Math.max(this.seq, rows.at(-1)?.seq ?? 0);
		this.rowsSinceSnapshot = rows.length;
		return rows.length === 0 ? (snapshot?.packed ?? null) : null;
	}

	/** Whether rows between those that were taken and this one are missing. */
	isGapBefore(row: JournalRow): boolean {
		return row.seq > this.seq + 1;
	}

	/** Takes in a row; own ones and repeats change nothing. Behind a gap it must be read again in its order. */
	takeRow(row: JournalRow): void {
		// What is missing may say whose the ids of this row are: that is learnt in order, and nothing is appended before.
		if (this.isGapBefore(row)) return this.take(row.update, []);
		this.seq = Math.max(this.seq, row.seq);
		this.read(row);
	}

	private read({ update, owners }: JournalRow): void {
		this.take(update, owners);
		this.count(update, owners);
	}

	/** Appends one row and resolves when it is durable; tries again until `isOver`. */
	async append(update: Uint8Array, owners: Owners, isOver: () => boolean): Promise<void> {
		const { journal, serverId, newId, retryMs } = this.deps;
		const id = newId();
		for (let attempt = 0; ;) {
			try {
				// An error after sending says nothing about the row: look before sending again.
				if (attempt > 0 && (await journal.has(id))) break;
				const seq = this.seq + 1;
				if (await journal.append({ id, projectId: this.projectId, seq, update, serverId, owners })) {
					this.seq = Math.max(this.seq, seq);
					break;
				}
				// Another server was first: take in its rows, then take the next place.
				const before = this.seq;
				await this.catchUp();
				if (this.seq > before) continue;
				// Its row is there, and cannot be read yet.
				if (isOver()) throw new Problem('unavailable');
				await new Promise((resolve) => setTimeout(resolve, unreadMs));
			} catch (error) {
				const wait = retryMs[attempt++];
				if (wait === undefined || isOver()) throw error;
				this.deps.log.warn({ err: error, projectId: this.projectId, attempt }, 'appending to the journal again');
				await new Promise((resolve) => setTimeout(resolve, wait));
			}
		}
		this.rowsSinceSnapshot++;
		this.count(update, owners);
	}

	/** Folds the rows into the snapshot, once at a time. */
	compact(): Promise<void> {
		this.compacting ??= this.writeSnapshot().finally(() => {
			this.compacting = null;
		});
		return this.compacting;
	}

	/** Resolves when no snapshot is being written. */
	async quiet(): Promise<void> {
		await this.compacting?.catch(() => undefined);
	}

	private count(update: Uint8Array, owners: Owners): void {
		this.sizeBytes += update.length + owners.length * ownerBytes;
	}

	/** Writes the snapshot first, then deletes exactly the rows that are in it. */
	private async writeSnapshot(): Promise<void> {
		const { journal, snapshots } = this.deps;
		for (let attempt = 0; attempt < 3; attempt++) {
			const before = await snapshots.read(this.projectId);
			const rows = await journal.rows(this.projectId);
			if (rows.length === 0) {
				// Another server has folded them.
				this.rowsSinceSnapshot = 0;
				this.sizeBytes = before === null ? 0 : before.update.length + before.owners.length * ownerBytes;
				return;
			}
			// Built apart from the document in memory, which may hold edits that are not durable yet.
			const doc = new Y.Doc();
			if (before !== null) Y.applyUpdate(doc, before.update);
			for (const row of rows) Y.applyUpdate(doc, row.update);
			const update = Y.encodeStateAsUpdate(doc);
			const packing = update.length < worthPackingBytes ? undefined : await packDocument(doc);
			doc.destroy();
			// Whose an id is says the first row that names it.
			const named = [...(before?.owners ?? []), ...rows.flatMap((row) => row.owners)];
			const owners = [...new Map(named.toReversed())];
			const bytes = update.length + owners.length * ownerBytes;
			// What hardly shrinks is packed when somebody asks: were both too much for a record, the rows could never be folded again.
			const packed = bytes + (packing?.length ?? 0) > mostSnapshotBytes ? undefined : packing;
			const seq = Math.max(before?.seq ?? 0, rows.at(-1)?.seq ?? 0);
			if (
				!(await snapshots.write({
					projectId: this.projectId,
					version: (before?.version ?? 0) + 1,
					seq,
					update,
					owners,
					...(packed !== undefined && { packed }),
				}))
			)
				continue;
			await journal.deleteRows(
				this.projectId,
				rows.map((row) => row.id),
			);
			this.rowsSinceSnapshot = 0;
			this.sizeBytes = bytes;
			return;
		}
	}
}
