import type { NoteRecord, NoteStore } from '@reelroom/shared/node/stores/note-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { NewNote, Note } from '@reelroom/shared/review/note.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import type { Actor } from '../http/on.ts';
import type { NoteWriter } from './note-writer.ts';

export type NoteDeps = {
	store: NoteStore;
	writer: NoteWriter;
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	now: () => Date;
};
export type Notes = ReturnType<typeof createNotes>;

/** Notes of members: whoever may read a project reads them, reviewers and above write them. A thread is settled and opened again in single conditional writes, so that two at once are one. */
export function createNotes({ store, writer, namesOf, now }: NoteDeps) {
	async function views(records: readonly NoteRecord[]): Promise<Note[]> {
		const ids = records.flatMap(({ author, resolvedBy }) => [
			...(author.kind === 'member' ? [author.id] : []),
			...(resolvedBy === null ? [] : [resolvedBy]),
		]);
		const names = await namesOf([...new Set(ids)]);
		return records.map((one) => ({
			id: one.noteId,
			projectId: one.projectId,
			threadId: one.threadId,
			target: one.target,
			text: one.text,
			mentions: one.mentions,
			author: { ...one.author, name: names.get(one.author.id) ?? one.author.name },
			createdAt: one.createdAt.toISOString(),
			editedAt: one.editedAt?.toISOString() ?? null,
			deletedAt: one.deletedAt?.toISOString() ?? null,
			resolvedAt: one.resolvedAt?.toISOString() ?? null,
			resolvedBy: one.resolvedBy === null ? null : { id: one.resolvedBy, name: names.get(one.resolvedBy) ?? '' },
			revision: one.revision,
			changedAt: one.changedAt.toISOString(),
		}));
	}
	async function view(one: NoteRecord): Promise<Note> {
		const [note] = await views([one]);
		if (note === undefined) throw new Problem('internal');
		return note;
	}
	async function existing(projectId: string, noteId: string): Promise<NoteRecord> {
		const found = await store.find(projectId, noteId);
		if (found === null) throw new Problem('not-found');
		return found;
	}
	/** The first note of a thread. */
	async function thread(projectId: string, noteId: string): Promise<NoteRecord> {
		const root = await existing(projectId, noteId);
		if (root.threadId !== root.noteId) throw new Problem('not-found', 'Only whole threads are settled');
		return root;
	}

	return {
		async list(actor: Actor, projectId: string, since: string | undefined): Promise<Note[]> {
			await actor.must('note.read', projectId);
			return views(await store.list(projectId, since === undefined ? undefined : new Date(since)));
		},
		async create(actor: Actor, projectId: string, note: NewNote): Promise<Note> {
			await actor.must('note.create', projectId);
			const { id, name } = actor.signedIn();
			return view(await writer.write({ projectId, author: { kind: 'member', id, name }, linkId: null, note }));
		},
		async edit(actor: Actor, projectId: string, noteId: string, words: { text: string; mentions: string[] }) {
			await actor.must('note.edit', projectId);
			const note = await existing(projectId, noteId);
			if (note.author.id !== actor.signedIn().id) throw new Problem('not-allowed', 'Only its author edits a note');
			return view(await writer.edit(note, words));
		},
		async delete(actor: Actor, projectId: string, noteId: string): Promise<Note> {
			const role = await actor.must('note.delete', projectId);
			const note = await existing(projectId, noteId);
			if (note.author.id !== actor.signedIn().id && !can(role, 'note.moderate'))
				throw new Problem('not-allowed', 'Only its author deletes a note');
			return view(await writer.delete(note));
		},
		async resolve(actor: Actor, projectId: string, noteId: string): Promise<Note> {
			await actor.must('note.resolve', projectId);
			const root = await thread(projectId, noteId);
			const by = actor.signedIn().id;
			const resolved = await store.resolve(projectId, noteId, by, now());
			return view(resolved ?? (await store.find(projectId, noteId)) ?? root);
		},
		async reopen(actor: Actor, projectId: string, noteId: string): Promise<Note> {
			await actor.must('note.resolve', projectId);
			const root = await thread(projectId, noteId);
			return view((await store.reopen(projectId, noteId, now())) ?? (await store.find(projectId, noteId)) ?? root);
		},
	};
}
