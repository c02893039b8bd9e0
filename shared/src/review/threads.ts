import type { Note, NoteTarget } from './note.ts';

/** What of a note makes threads. */
type Threaded = Pick<Note, 'id' | 'threadId' | 'target' | 'createdAt' | 'deletedAt' | 'resolvedAt'>;
/** A first note with what answers it, the oldest first. */
export type Thread<N extends Threaded = Note> = { root: N; target: NoteTarget; answers: N[]; resolved: boolean };
export const threadFilters = ['open', 'resolved', 'mine'] as const;
export type ThreadFilter = (typeof threadFilters)[number];

/** What of a thread decides where it is shown. */
type Spoken = { author: { kind: 'member' | 'guest'; id: string | null }; mentions?: readonly string[] };
type Judged = { resolved: boolean; root: Spoken; answers: readonly Spoken[] };

const byAge = (a: Threaded, b: Threaded): number =>
	a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1;

/** Threads from the oldest on. A deleted answer is gone; a deleted first note stays, without its words, while it has answers. */
export function threadsOf<N extends Threaded>(notes: Iterable<N>): Thread<N>[] {
	const answers = new Map<string, N[]>();
	const roots: N[] = [];
	for (const note of notes) {
		if (note.threadId === note.id) roots.push(note);
		else if (note.deletedAt === null) answers.set(note.threadId, [...(answers.get(note.threadId) ?? []), note]);
	}
	return roots.sort(byAge).flatMap((root): Thread<N>[] => {
		const own = (answers.get(root.id) ?? []).sort(byAge);
		if (root.target === null || (root.deletedAt !== null && own.length === 0)) return [];
		return [{ root, target: root.target, answers: own, resolved: root.resolvedAt !== null }];
	});
}

/** Whether a thread is shown: open ones, settled ones, or those that an account wrote in or is named in. */
export function fitsFilter(thread: Judged, filter: ThreadFilter, accountId: string): boolean {
	if (filter !== 'mine') return thread.resolved === (filter === 'resolved');
	return [thread.root, ...thread.answers].some(
		({ author, mentions = [] }) =>
			(author.kind === 'member' && author.id === accountId) || mentions.includes(accountId),
	);
}
