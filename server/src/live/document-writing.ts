import type * as Y from 'yjs';
import { closeCodes } from '@reelroom/shared/live/protocol.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { Acknowledgements } from './acknowledgements.ts';
import type { ClientOwners } from './client-owners.ts';
import type { DocumentJournal } from './document-journal.ts';
import { largeEditBytes } from './large-edits.ts';
import type { JournalPulse } from './journal-pulse.ts';
import { mergeUpdates } from './merge-updates.ts';
import type { TypingQueue } from './typing-queue.ts';

type WritingDeps = {
	projectId: string;
	log: Pick<Log, 'error'>;
	pulse: JournalPulse;
	doc: Y.Doc;
	journal: DocumentJournal;
	owners: ClientOwners;
	typing: TypingQueue;
	ended(): boolean;
	/** Whether half of an edit stands in the document, of which nothing is to be written. */
	isHalf(): boolean;
	/** Whether somebody's edits wait for a row that says whose they are. */
	isAwaited(): boolean;
	relay(update: Uint8Array): void;
	/** What was pending is in the journal and was told. */
	written(): void;
	/** Brings typing into the document; throws when that ended it. */
	settle(): void;
	end(code: number, reason: string): void;
};

type Waiter = { resolve: () => void; reject: (error: unknown) => void };

/** Behind this the journal is behind, and whoever floods it waits. */
const mostPendingBytes = 2 * 1024 * 1024;

/** What a document holds and its journal does not: gathered, appended as one row, and only then called durable. */
export class DocumentWriting {
	readonly acknowledgements: Acknowledgements;
	private readonly deps: WritingDeps;
	private pending: Uint8Array[] = [];
	private pendingBytes = 0;
	/** Edits of this server that nobody was told of yet: should it die, nobody else could send them again. */
	private untold: Uint8Array[] = [];
	private waiters: Waiter[] = [];
	private flushing: Promise<void> | null = null;

	constructor(deps: WritingDeps) {
		this.deps = deps;
		this.acknowledgements = new Acknowledgements(deps.doc, deps.typing);
	}

	/** How many are to be told what is durable. */
	get heard(): number {
		return this.acknowledgements.waiting;
	}

	/** How much waits for the journal. */
	get bytes(): number {
		return this.pendingBytes + this.deps.typing.bytes;
	}

	/** Whether so much waits for the journal that senders should wait too. */
	get isBehind(): boolean {
		return this.bytes > mostPendingBytes;
	}

	/** Whether nothing waits and nothing is on its way. */
	get isSettled(): boolean {
		const { typing, isHalf } = this.deps;
		return this.pending.length === 0 && this.flushing === null && typing.bytes === 0 && !isHalf();
	}

	/** Whether somebody wants to hear when all is durable. */
	get isWaitedFor(): boolean {
		return this.waiters.length > 0;
	}

	/** Has an update written soon. */
	add(update: Uint8Array): void {
		this.push(update);
		this.soon();
	}

	private push(update: Uint8Array): void {
		this.pending.push(update);
		this.pendingBytes += update.length;
	}

	/** Tells an update of this server only when it is in the journal. */
	tellLater(update: Uint8Array): void {
		this.untold.push(update);
	}

	/** Writes soon, or at once. */
	soon(isUrgent = false): void {
		if (!this.deps.ended() && this.flushing === null) this.deps.pulse.add(this, isUrgent);
	}

	/** Resolves when nothing in the document is this server's alone. */
	async told(): Promise<void> {
		if (this.untold.length > 0) await this.durable();
	}

	/** Resolves when everything that was added is in the journal. */
	durable(): Promise<void> {
		if (this.isSettled) return Promise.resolve();
		return new Promise((resolve, reject) => {
			this.waiters.push({ resolve, reject });
			this.soon(true);
		});
	}

	/** Writes no more. */
	end(): void {
		this.deps.pulse.remove(this);
		for (const waiter of this.waiters.splice(0)) waiter.reject(new Problem('unavailable'));
	}

	/** Resolves when nothing is on its way to the journal. */
	async quiet(): Promise<void> {
		await this.flushing;
	}

	/** Writes what has gathered. */
	beat(): void {
		if (this.deps.ended() || this.flushing !== null || this.deps.isHalf()) return;
		this.flushing = this.flush().finally(() => {
			this.flushing = null;
			if (this.pending.length > 0 || this.waiters.length > 0 || this.acknowledgements.waiting > 0) this.soon();
		});
	}

	/** Appends what is pending as one row, large edits each as one of their own; then tells those who sent it that it is durable. */
	private async flush(): Promise<void> {
		const { deps } = this;
		// Typing is written as it came. It comes into the document together with more of it, or when somebody looks.
		if (deps.typing.isOld || this.acknowledgements.hasJoined)
			try {
				deps.settle();
			} catch {
				return; // It has ended by that, and is read again.
			}
		for (const row of deps.typing.takeRows()) this.push(row);
		const updates = this.pending.splice(0);
		const bytes = this.pendingBytes;
		const owners = deps.owners.takeWanted();
		const untold = this.untold.length;
		const waiters = this.waiters.splice(0);
		// Own edits up to here are in `updates` or durable before, and those of other servers come from the journal.
		const tell = this.acknowledgements.take();
		const hasRow = updates.length > 0 || (owners.length > 0 && deps.isAwaited());
		try {
			if (hasRow)
				for (const [index, row] of rowsOf(updates).entries())
					await deps.journal.append(mergeUpdates(row), index === 0 ? owners : [], () => deps.ended());
		} catch (error) {
			for (const waiter of waiters) waiter.reject(new Problem('unavailable', undefined, { cause: error }));
			deps.log.error({ err: error, projectId: deps.projectId }, 'could not append to the journal');
			deps.end(closeCodes.goingAway, 'Changes cannot be kept now');
			return;
		}
		if (hasRow) deps.owners.learn(owners);
		else deps.owners.want(owners.map(([clientId]) => clientId));
		this.pendingBytes -= bytes;
		for (const waiter of waiters) waiter.resolve();
		if (deps.ended()) return;
		for (const update of this.untold.splice(0, untold)) deps.relay(update);
		tell();
		deps.written();
	}
}

/** What is written as one row each, in its order: merging a large edit with others would take long. */
function rowsOf(updates: readonly Uint8Array[]): Uint8Array[][] {
	const rows: Uint8Array[][] = [[]];
	for (const update of updates) {
		const isLarge = update.length >= largeEditBytes;
		if (isLarge && rows.at(-1)?.length !== 0) rows.push([]);
		rows.at(-1)?.push(update);
		if (isLarge) rows.push([]);
	}
	if (rows.length > 1 && rows.at(-1)?.length === 0) rows.pop();
	return rows;
}
