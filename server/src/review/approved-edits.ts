import type * as Y from 'yjs';
import { editsOf } from '@reelroom/shared/activity/edits-of.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { ReviewStore } from '@reelroom/shared/node/stores/review-store.ts';
import type { WatchedEdit, Watcher } from '../live/watcher.ts';

/** Edits are gathered so long before it is asked whether they were about approved shots. */
const gatherMs = 500;

type ApprovedEditsDeps = {
	store: Pick<ReviewStore, 'approved' | 'noteChange'>;
	log: Pick<Log, 'warn'>;
	now: () => Date;
	waitMs?: number;
};

/**
 * Notes who changed an approved shot last and when, by whatever way: a browser, a program on the sync connection, a use case. It is the who and when
 * alone; that the shot has changed is read from the shot itself, so a note that a crash swallows hides no change.
 */
export function createApprovedEdits({ store, log, now, waitMs = gatherMs }: ApprovedEditsDeps): Watcher & {
	close(): Promise<void>;
} {
	/** By project: which shots were edited, and by whom last. */
	const gathered = new Map<string, Map<string, string>>();
	const timers = new Map<string, NodeJS.Timeout>();
	const writing = new Set<Promise<void>>();

	async function write(projectId: string, edits: ReadonlyMap<string, string>): Promise<void> {
		const at = now();
		for (const record of await store.approved(projectId, [...edits.keys()])) {
			const by = edits.get(record.shotId);
			// What was edited before the approval is part of it.
			if (by !== undefined && record.at <= at) await store.noteChange(record, by, at);
		}
	}
	function flush(projectId: string): void {
		clearTimeout(timers.get(projectId));
		timers.delete(projectId);
		const edits = gathered.get(projectId);
		gathered.delete(projectId);
		if (edits === undefined) return;
		const done = write(projectId, edits)
			.catch((error: unknown) => log.warn({ err: error, projectId }, 'a change of an approved shot was not noted'))
			.finally(() => writing.delete(done));
		writing.add(done);
	}
	const shotsIn = (doc: Y.Doc, transaction: Y.Transaction): string[] => {
		const { chosen, edited } = editsOf(doc, transaction, null);
		return [...chosen, ...edited];
	};

	return {
		edited({ projectId, doc, transaction, by }: WatchedEdit) {
			const shots = shotsIn(doc, transaction);
			if (shots.length === 0) return;
			const edits = gathered.get(projectId) ?? new Map<string, string>();
			gathered.set(projectId, edits);
			for (const id of shots) edits.set(id, by);
			if (timers.has(projectId)) return;
			const timer = setTimeout(() => flush(projectId), waitMs);
			timer.unref();
			timers.set(projectId, timer);
		},
		left: flush,
		async close() {
			for (const projectId of [...timers.keys()]) flush(projectId);
			await Promise.all(writing);
		},
	};
}
