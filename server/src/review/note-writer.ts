import { createHash } from 'node:crypto';
import { limits } from '@reelroom/shared/limits.ts';
import type { NotificationStore } from '@reelroom/shared/node/stores/notification-store.ts';
import type { NoteRecord, NoteStore } from '@reelroom/shared/node/stores/note-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { NewNote, NoteAuthor, NoteTarget } from '@reelroom/shared/review/note.ts';

export type NoteWriterDeps = {
	notes: NoteStore;
	notifications: NotificationStore;
	isProject: (projectId: string) => Promise<boolean>;
	hasShot: (projectId: string, shotId: string) => Promise<boolean>;
	hasFilm: (projectId: string, filmId: string) => Promise<boolean>;
	/** The accounts that may see a project. */
	membersOf: (projectId: string) => Promise<readonly string[]>;
	now: () => Date;
};
export type NoteWriter = ReturnType<typeof createNoteWriter>;
export type Writing = { projectId: string; author: NoteAuthor; linkId: string | null; note: NewNote };

const digestOf = ({ threadId, target, text, mentions }: NewNote): string =>
	createHash('sha256')
		.update(JSON.stringify([threadId, target, text, mentions]))
		.digest('base64url');

/**
 * Writes notes for members and guests alike. A note sent again under its id by the same author is the same note, also when both come at
 * once; whoever is named in it is told once. A note whose project goes while it is written goes with it.
 */
export function createNoteWriter(deps: NoteWriterDeps) {
	const { notes, notifications } = deps;

	async function mustExist(projectId: string, target: NoteTarget): Promise<void> {
		const exists =
			target.kind === 'shot'
				? await deps.hasShot(projectId, target.shotId)
				: target.kind === 'film'
					? await deps.hasFilm(projectId, target.filmId)
					: true;
		if (!exists) throw new Problem('not-found', `This project has no such ${target.kind}`);
	}

	async function rootOf(projectId: string, threadId: string | null): Promise<NoteRecord | null> {
		if (threadId === null) return null;
		const root = await notes.find(projectId, threadId);
		if (root === null || root.threadId !== root.noteId) throw new Problem('not-found', 'There is no such thread');
		return root;
	}

	/** Tells those who are named, and whose thread it is; only who may see the project. */
	async function tell(note: NoteRecord, root: NoteRecord | null): Promise<void> {
		const asked = new Map<string, 'mention' | 'answer'>();
		if (root?.author.kind === 'member') asked.set(root.author.id, 'answer');
		for (const id of note.mentions) asked.set(id, 'mention');
		asked.delete(note.author.id);
		for (const [accountId, kind] of asked)
			await notifications.add({
				_id: `${note._id}/${accountId}`,
				accountId,
				projectId: note.projectId,
				noteId: note.noteId,
				kind,
				at: deps.now(),
				readAt: null,
			});
	}

	/** Those of the named who may see the project: nobody else is told, or told of. */
	async function mentionable(projectId: string, ids: readonly string[]): Promise<string[]> {
		if (ids.length === 0) return [];
		const members = new Set(await deps.membersOf(projectId));
		return [...new Set(ids)].filter((id) => members.has(id));
	}

	return {
		async write({ projectId, author, linkId, note }: Writing): Promise<NoteRecord> {
			const digest = digestOf(note);
			const known = await notes.find(projectId, note.id);
			const again = (found: NoteRecord) => {
				if (found.digest !== digest || found.author.id !== author.id) throw new Problem('note-id-used');
				return found;
			};
			if (known === null) {
				if ((await notes.count(projectId)) >= limits.notesPerProject)
					throw new Problem('too-large', `A project may have up to ${limits.notesPerProject} notes`);
				if (note.target !== null) await mustExist(projectId, note.target);
			} else again(known);
			const root = await rootOf(projectId, note.threadId);
			const at = deps.now();
			const record: NoteRecord = {
				_id: notes.keyOf(projectId, note.id),
				projectId,
				noteId: note.id,
				threadId: note.threadId ?? note.id,
				target: note.target,
				filmId: root?.filmId ?? (note.target?.kind === 'film' ? note.target.filmId : null),
				text: note.text,
				mentions: await mentionable(projectId, note.mentions),
				author,
				linkId,
				digest,
				createdAt: at,
				editedAt: null,
				deletedAt: null,
				resolvedAt: null,
				resolvedBy: null,
				revision: 1,
				changedAt: at,
			};
			const isNew = known === null && (await notes.add(record));
			const stored = isNew ? record : ((await notes.find(projectId, note.id)) ?? record);
			if (!isNew) again(stored);
			// Deleting a project makes it unreachable first and clears it after: one of the two sees the other.
			if (!(await deps.isProject(projectId))) {
				await notes.remove(projectId, note.id);
				throw new Problem('not-found');
			}
			// Also when it was sent again: the first time may have died before anybody was told.
			if (stored.deletedAt === null) await tell(stored, root);
			return stored;
		},
		/** Changes the words of a note; who is newly named is told. */
		async edit(record: NoteRecord, words: { text: string; mentions: readonly string[] }): Promise<NoteRecord> {
			const mentions = await mentionable(record.projectId, words.mentions);
			const edited = await notes.edit(record.projectId, record.noteId, { text: words.text, mentions }, deps.now());
			if (edited === null) throw new Problem('note-deleted');
			await tell(edited, null);
			return edited;
		},
		/** Deletes a note; twice is once. */
		async delete(record: NoteRecord): Promise<NoteRecord> {
			return (
				(await notes.delete(record.projectId, record.noteId, deps.now())) ??
				(await notes.find(record.projectId, record.noteId)) ??
				record
			);
		},
	};
}
