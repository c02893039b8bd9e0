import { MongoServerError, type Db, type Filter } from 'mongodb';
import type { NoteAuthor, NoteTarget } from '../../src/review/note.ts';

/** A note as it is stored. */
export type NoteRecord = {
	/** Project and id in one, so that an id says nothing about notes of other projects. */
	_id: string;
	projectId: string;
	noteId: string;
	threadId: string;
	target: NoteTarget | null;
	/** The film that its thread is about; null for others. */
	filmId: string | null;
	text: string;
	mentions: string[];
	author: NoteAuthor;
	/** The comment link that a guest came by. */
	linkId: string | null;
	/** Digest of the body that it was made with: what is sent again is told from what only has the same id. */
	digest: string;
	createdAt: Date;
	editedAt: Date | null;
	deletedAt: Date | null;
	resolvedAt: Date | null;
	resolvedBy: string | null;
	revision: number;
	changedAt: Date;
};

const keyOf = (projectId: string, noteId: string): string => `${projectId}/${noteId}`;

export type NoteStore = ReturnType<typeof createNoteStore>;

/** Questions asked of the `notes` collection. Nothing is ever taken out but with its project: a deleted note stays without its words. */
export function createNoteStore(db: Db) {
	const notes = db.collection<NoteRecord>('notes');
	const change = (filter: Filter<NoteRecord>, fields: Partial<NoteRecord>, at: Date): Promise<NoteRecord | null> =>
		notes.findOneAndUpdate(
			filter,
			{ $set: { ...fields, changedAt: at }, $inc: { revision: 1 } },
			{ returnDocument: 'after' },
		);
	return {
		keyOf,
		ready: async () =>
			void (await notes.createIndexes([
				{ key: { projectId: 1, changedAt: 1 } },
				{ key: { filmId: 1, createdAt: 1 }, partialFilterExpression: { filmId: { $type: 'string' } } },
				{ key: { linkId: 1 }, partialFilterExpression: { linkId: { $type: 'string' } } },
			])),
		/** Stores a note; false when one has this id already. */
		async add(note: NoteRecord): Promise<boolean> {
			try {
				await notes.insertOne(note);
				return true;
			} catch (error) {
				if (error instanceof MongoServerError && error.code === 11000) return false;
				throw error;
			}
		},
		find: (projectId: string, noteId: string) => notes.findOne({ _id: keyOf(projectId, noteId) }),
		findAll: (keys: readonly string[]) => notes.find({ _id: { $in: [...keys] } }).toArray(),
		list: (projectId: string, since?: Date) =>
			notes
				.find({ projectId, ...(since === undefined ? {} : { changedAt: { $gte: since } }) })
				.sort({ changedAt: 1 })
				.toArray(),
		ofFilm: (filmId: string) => notes.find({ filmId }).sort({ createdAt: 1 }).toArray(),
		count: (projectId: string) => notes.countDocuments({ projectId }),
		countOfLink: (linkId: string) => notes.countDocuments({ linkId }),
		/** Changes the words of a note that is not deleted; null when it is. */
		edit: (projectId: string, noteId: string, words: Pick<NoteRecord, 'text' | 'mentions'>, at: Date) =>
			change({ _id: keyOf(projectId, noteId), deletedAt: null }, { ...words, editedAt: at }, at),
		/** Takes the words of a note away; null when that was done already. */
		delete: (projectId: string, noteId: string, at: Date) =>
			change({ _id: keyOf(projectId, noteId), deletedAt: null }, { deletedAt: at, text: '', mentions: [] }, at),
		/** Settles a thread; null when it is settled: of two at once one counts. */
		resolve: (projectId: string, threadId: string, by: string, at: Date) =>
			change({ _id: keyOf(projectId, threadId), resolvedAt: null }, { resolvedAt: at, resolvedBy: by }, at),
		/** Opens a thread again; null when it is open. */
		reopen: (projectId: string, threadId: string, at: Date) =>
			change(
				{ _id: keyOf(projectId, threadId), resolvedAt: { $ne: null } },
				{ resolvedAt: null, resolvedBy: null },
				at,
			),
		/** Takes a note out whose project went while it was written. */
		remove: async (projectId: string, noteId: string) =>
			void (await notes.deleteOne({ _id: keyOf(projectId, noteId) })),
		removeOfProject: async (projectId: string) => void (await notes.deleteMany({ projectId })),
	};
}
