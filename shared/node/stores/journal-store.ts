import type { Binary, ChangeStream, Db } from 'mongodb';
import { quietMs } from '../quiet.ts';

/** One group of updates of a live document, in the order in which they became durable. */
export type JournalRow = {
	/** Made by the writer: after an unknown error it tells whether the row is there. */
	id: string;
	projectId: string;
	seq: number;
	update: Uint8Array;
	/** The server that wrote it; it need not apply it again. */
	serverId: string;
	/** Which account each new client id of the document belongs to. */
	owners: [clientId: number, accountId: string][];
};

type Stored = Omit<JournalRow, 'id' | 'update'> & { _id: string; update: Uint8Array | Binary };

export type JournalStore = {
	ensureIndexes(): Promise<void>;
	/** True when the row is durable; false when the place `seq` is taken by another row. */
	append(row: JournalRow): Promise<boolean>;
	has(id: string): Promise<boolean>;
	/** All rows of a document in order. */
	rows(projectId: string): Promise<JournalRow[]>;
	deleteRows(projectId: string, ids: readonly string[]): Promise<void>;
	deleteAll(projectId: string): Promise<void>;
	/** Calls back for rows that others than this server append from now on; `reopened` says that some may have been missed. */
	follow(
		except: string,
		on: { row(row: JournalRow): void; reopened(): void; failed(error: unknown): void },
	): {
		ready: Promise<void>;
		close(): Promise<void>;
	};
};

/** Bytes as they come from the driver, promoted or not. */
export function bytesOf(value: Uint8Array | Binary): Uint8Array {
	return value instanceof Uint8Array ? value : value.value();
}

const fromStored = ({ _id, update, ...row }: Stored): JournalRow => ({ ...row, id: _id, update: bytesOf(update) });

type InsertAnswer = {
	n: number;
	writeErrors?: { index: number; code: number }[];
	writeConcernError?: unknown;
};
type Appending = { row: JournalRow; resolve: (isAppended: boolean) => void; reject: (error: unknown) => void };

const duplicateKey = 11000;
/** What is appended is gathered over so many turns of the event loop at most. */
const mostTurns = 20;
const answeredPerTurn = 8;

/** The journal of all live documents; writes wait for a majority with its journal on disk. */
export function createJournalStore(db: Db): JournalStore {
	const rows = db.collection<Stored>('journalRows', {
		writeConcern: { w: 'majority', journal: true },
		readConcern: { level: 'majority' },
	});

	const queued: Appending[] = [];

	/**
	 * Writes what several documents append in the same moment as one: each row is taken or refused by itself. As a plain command: the driver's bulk writes
	 * measure and write each row twice. What they would try again is tried again by whoever appends, who looks first.
	 */
	async function write(group: readonly Appending[]): Promise<void> {
		const failed = new Map<number, number>();
		try {
			const answer = (await db.command({
				insert: rows.collectionName,
				documents: group.map(({ row: { id, ...row } }) => ({ _id: id, ...row })),
				ordered: false,
				writeConcern: { w: 'majority', j: true },
			})) as InsertAnswer;
			for (const { index, code } of answer.writeErrors ?? []) failed.set(index, code);
			// Only when each row is accounted for is anything known.
			const isKnown = answer.writeConcernError === undefined && answer.n + failed.size === group.length;
			if (!isKnown || [...failed.values()].some((code) => code !== duplicateKey))
				throw new Error('The journal was not written', { cause: answer });
		} catch (error) {
			return group.forEach(({ reject }) => reject(error));
		}
		for (const [index, { row, resolve, reject }] of group.entries()) {
			// Each of them has people to tell: what else has come meanwhile is not to wait for all of that.
			if (index % answeredPerTurn === answeredPerTurn - 1) await new Promise((turn) => setImmediate(turn));
			if (!failed.has(index)) resolve(true);
			// A write that had arrived may have been tried again: then the row in the way is our own.
			else rows.countDocuments({ _id: row.id }).then((count) => resolve(count === 1), reject);
		}
	}

	/** Writes what was queued once a turn of the event loop brings nothing more: documents that write together may do so over some turns. */
	function gather(known: number, turns: number): void {
		if (queued.length > known && turns < mostTurns) setImmediate(gather, queued.length, turns + 1);
		else void write(queued.splice(0));
	}

	return {
		async ensureIndexes() {
			await rows.createIndex({ projectId: 1, seq: 1 }, { unique: true });
		},
		append(row) {
			return new Promise((resolve, reject) => {
				queued.push({ row, resolve, reject });
				if (queued.length === 1) setImmediate(gather, 1, 0);
			});
		},
		has: async (id) => (await rows.countDocuments({ _id: id })) === 1,
		rows: async (projectId) => (await rows.find({ projectId }).sort({ seq: 1 }).toArray()).map(fromStored),
		async deleteRows(projectId, ids) {
			await rows.deleteMany({ projectId, _id: { $in: [...ids] } });
		},
		async deleteAll(projectId) {
			await rows.deleteMany({ projectId });
		},
		follow(except, on) {
			let stream: ChangeStream<Stored> | undefined;
			let timer: NodeJS.Timeout | undefined;
			let closed = false;
			const open = async (again: boolean): Promise<void> => {
				const current = rows.watch<Stored>(
					[{ $match: { operationType: 'insert', 'fullDocument.serverId': { $ne: except } } }],
					{ maxAwaitTimeMS: quietMs },
				);
				stream = current;
				current.on('change', (change) => {
					if (change.operationType === 'insert') on.row(fromStored(change.fullDocument));
				});
				current.on('error', (error) => {
					if (closed || stream !== current) return;
					on.failed(error);
					stream = undefined;
					void current.close().catch(on.failed);
					timer = setTimeout(() => void open(true), 500);
				});
				// The cursor exists only after the first reply; from then on no row is missed.
				await new Promise<void>((resolve) => {
					current.once('init', () => resolve());
					current.once('resumeTokenChanged', () => resolve());
					current.once('close', () => resolve());
				});
				if (again && !closed) on.reopened();
			};
			const ready = open(false);
			return {
				ready,
				async close() {
					closed = true;
					clearTimeout(timer);
					await stream?.close();
				},
			};
		},
	};
}
