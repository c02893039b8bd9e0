import type { Log } from '@reelroom/shared/node/log.ts';
import type { WatchedEdit, Watcher } from '../live/watcher.ts';

/** When a document gets an automatic version: after so much time with edits in it, or after so many changed characters. */
export type Pace = { everyMs: number; everyChanges: number; leastGapMs: number };
const defaultPace: Pace = { everyMs: 10 * 60_000, everyChanges: 2_000, leastGapMs: 30_000 };

export type CheckpointDeps = {
	/** Keeps an automatic version, unless it would be the same as the newest. `known` is the newest when the counting began: another one means that somebody else was first. */
	keep: (projectId: string, input: { by: string; authors: string[]; known?: string | null }) => Promise<unknown>;
	/** The newest version there is; null when there is none. */
	newestOf: (projectId: string) => Promise<string | null>;
	log: Pick<Log, 'warn'>;
	now: () => Date;
	pace?: Partial<Pace>;
};

/** What has happened in a document since its last version here. */
type Count = {
	since: number;
	changes: number;
	/** The last transaction whose changes are in that. */
	counted: WatchedEdit['transaction'] | null;
	authors: Set<string>;
	last: string;
	known: Promise<string | null>;
};

/**
 * Keeps automatic versions of the documents that are edited on this server: by time, by amount, and when the last editor leaves. Two servers
 * that hold the same document each count for themselves; whichever is first keeps one, and the other begins anew.
 */
export function createCheckpoints(deps: CheckpointDeps): Watcher & { close(): Promise<void> } {
	const pace = { ...defaultPace, ...deps.pace };
	const counts = new Map<string, Count>();
	const running = new Map<string, Promise<void>>();
	const keptAt = new Map<string, number>();
	let closed = false;

	function keep(projectId: string, isLast = false): void {
		const count = counts.get(projectId);
		if (closed || count === undefined || running.has(projectId)) return;
		// Whatever comes while it is kept belongs to the next one.
		counts.delete(projectId);
		if (isLast) keptAt.delete(projectId);
		else keptAt.set(projectId, deps.now().getTime());
		const { known, last, authors } = count;
		const done = known
			.then((newest) =>
				// What was written last is kept in any case.
				deps.keep(projectId, { by: last, authors: [...authors], ...(isLast ? {} : { known: newest }) }),
			)
			.then(
				() => undefined,
				// The journal holds everything all the same; the next edits try again.
				(error: unknown) => deps.log.warn({ err: error, projectId }, 'an automatic version was not kept'),
			)
			.finally(() => running.delete(projectId));
		running.set(projectId, done);
	}

	return {
		edited({ projectId, transaction, by }: WatchedEdit) {
			const now = deps.now().getTime();
			let count = counts.get(projectId);
			if (count === undefined) {
				// Asked for now, so that a version of another server in between is noticed.
				const known = deps.newestOf(projectId);
				known.catch(() => undefined);
				count = { since: now, changes: 0, counted: null, authors: new Set(), last: by, known };
				counts.set(projectId, count);
			}
			// Several people may have a part in it.
			if (count.counted !== transaction) count.changes += changesOf(transaction);
			count.counted = transaction;
			count.authors.add(by);
			count.last = by;
			const isMuch = count.changes >= pace.everyChanges && now - (keptAt.get(projectId) ?? 0) >= pace.leastGapMs;
			if (isMuch || now - count.since >= pace.everyMs) keep(projectId);
		},
		left: (projectId) => keep(projectId, true),
		async close() {
			closed = true;
			await Promise.all(running.values());
		},
	};
}

/** How many characters and fields a transaction put in and took away. */
function changesOf({ beforeState, afterState, deleteSet }: WatchedEdit['transaction']): number {
	let changes = 0;
	for (const [client, clock] of afterState) changes += clock - (beforeState.get(client) ?? 0);
	for (const ranges of deleteSet.clients.values()) for (const { len } of ranges) changes += len;
	return changes;
}
