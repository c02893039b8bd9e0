import { Problem } from '@reelroom/shared/problem.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { JournalRow, JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import type { Snapshot, SnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import type { EditThreads } from './edit-threads.ts';
import { JournalFolding, ownerBytes } from './journal-folding.ts';
import { sliceMs, type Turns } from './turns.ts';

export type DocumentJournalDeps = {
	journal: JournalStore;
	snapshots: SnapshotStore;
	log: Pick<Log, 'warn'>;
	serverId: string;
	/** A new id for a row, unlike any of this and other servers. */
	rowId: () => string;
	retryMs: readonly number[];
	turns: Turns;
	threads: EditThreads;
};

type Owners = [clientId: number, accountId: string][];
/** Takes in a part of what is stored; a large one in slices, until the answer resolves. */
type Take = (update: Uint8Array, owners: Owners) => void | Promise<void>;

/** Told what is found when a document is read. */
type Reading = {
	/** A snapshot, before it is taken. */
	found(snapshot: Snapshot): void;
	/** The snapshot was taken, and nothing behind it; `isAll` when there is nothing. */
	taken(snapshot: Snapshot, isAll: boolean): void;
};

const compactAfterRows = 500;
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
	private readonly take: Take;
	private readonly folding: JournalFolding;
	/** The last row up to which all were taken. */
	private seq = 0;
	/** Of the snapshot that was taken. */
	private version = 0;
	/** Rows since the snapshot that were taken in their order or written by this life, and need not be taken again when the journal is read again. */
	private readonly known = new Set<string>();
	/** What is taken at present, behind which all else waits: rows are taken in their order. */
	private lane: Promise<unknown> | null = null;

	constructor(projectId: string, deps: DocumentJournalDeps, take: Take) {
		this.projectId = projectId;
		this.deps = deps;
		this.take = take;
		this.folding = new JournalFolding(projectId, deps);
	}

	/** Whether enough rows have gathered to be folded. */
	get isLong(): boolean {
		return this.rowsSinceSnapshot >= compactAfterRows;
	}

	/** Takes in all that is stored. Reads rows before the snapshot: a row compacted in between is then in the snapshot. */
	async catchUp(reading?: Reading): Promise<void> {
		const rows = await this.deps.journal.rows(this.projectId);
		const snapshot = await this.deps.snapshots.read(this.projectId);
		if (snapshot !== null) reading?.found(snapshot);
		await this.inTurn(() => this.takeAll(snapshot, rows, reading));
	}

	private async takeAll(
		snapshot: Snapshot | null,
		rows: readonly JournalRow[],
		reading: Reading | undefined,
	): Promise<void> {
		this.sizeBytes = snapshot === null ? 0 : snapshot.update.length + snapshot.owners.length * ownerBytes;
		this.rowsSinceSnapshot = rows.length;
		for (const { update, owners } of rows) this.count(update, owners);
		if (snapshot !== null && snapshot.version !== this.version) {
			await this.take(snapshot.update, snapshot.owners);
			this.version = snapshot.version;
			this.seq = Math.max(this.seq, snapshot.seq);
		}
		if (snapshot !== null) reading?.taken(snapshot, rows.length === 0);
		const known = new Set(this.known);
		this.known.clear();
		let began = performance.now();
		for (const { id, seq, update, owners } of rows) {
			// Not by its place: a server that lagged behind a folding may have written into an old one.
			if (!known.has(id)) {
				const taken = this.take(update, owners);
				if (taken !== undefined) await taken;
			}
			this.known.add(id);
			this.seq = Math.max(this.seq, seq);
			if (performance.now() - began < sliceMs) continue;
			await this.deps.turns.next();
			began = performance.now();
		}
	}

	/** Takes in a row, behind those that are being taken; own ones and repeats change nothing. Answers whether rows before it are missing and must be read. */
	takeRow(row: JournalRow): boolean | Promise<boolean> {
		if (this.lane !== null) return this.inTurn(() => this.takeNext(row));
		const taken = this.takeNext(row);
		return typeof taken === 'boolean' ? taken : this.inTurn(() => taken);
	}

	private takeNext({ id, seq, update, owners }: JournalRow): boolean | Promise<boolean> {
		const isGap = seq > this.seq + 1;
		// What is missing may say whose the ids of this row are: that is learnt in order, and nothing is appended before.
		const taken = this.take(update, isGap ? [] : owners);
		const done = (): boolean => {
			if (isGap) return true;
			this.known.add(id);
			this.seq = Math.max(this.seq, seq);
			this.count(update, owners);
			return false;
		};
		return taken === undefined ? done() : taken.then(done);
	}

	private inTurn<T>(work: () => T | Promise<T>): Promise<T> {
		const own = Promise.resolve(this.lane).then(work);
		const ended = own.then(
			() => undefined,
			() => undefined,
		);
		this.lane = ended;
		void ended.then(() => {
			if (this.lane === ended) this.lane = null;
		});
		return own;
	}

	/** Appends one row and resolves when it is durable; tries again until `isOver`. */
	async append(update: Uint8Array, owners: Owners, isOver: () => boolean): Promise<void> {
		const { journal, serverId, rowId, retryMs } = this.deps;
		const id = rowId();
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
		this.known.add(id);
		this.count(update, owners);
	}

	/** Folds the rows into the snapshot, once at a time. */
	async compact(): Promise<void> {
		const fold = await this.folding.fold();
		if (fold === null) return;
		this.rowsSinceSnapshot = 0;
		this.sizeBytes = fold.sizeBytes;
		const isKnown = fold.from === this.version && fold.rowIds.every((id) => this.known.has(id));
		if (isKnown) this.version = fold.version;
		for (const id of fold.rowIds) this.known.delete(id);
	}

	/** Resolves when no snapshot is being written. */
	quiet(): Promise<void> {
		return this.folding.quiet();
	}

	private count(update: Uint8Array, owners: Owners): void {
		this.sizeBytes += update.length + owners.length * ownerBytes;
	}
}
