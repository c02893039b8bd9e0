import * as z from 'zod';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { nameUpTo, wordsUpTo } from '../name.ts';

/** A place in a picture, measured from its upper left corner in parts of its width and height. */
export const Point = z.strictObject({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) });
export type Point = z.infer<typeof Point>;

const Frame = z.int().min(0).max(10_000_000);
/** A place in the script that moves with the text, as base64 of what `anchorAt` answers. */
const Anchor = z.base64().min(4).max(400);

/** What a note is about. */
export const NoteTarget = z.discriminatedUnion('kind', [
	z.strictObject({
		kind: z.literal('shot'),
		shotId: Id,
		/** A place in its picture. */
		point: Point.nullable(),
		/** A frame of the shot, counted from its first. */
		frame: Frame.nullable(),
	}),
	z.strictObject({ kind: z.literal('film'), filmId: Id, frame: Frame, point: Point.nullable() }),
	z.strictObject({
		kind: z.literal('script'),
		start: Anchor,
		end: Anchor,
		/** The words that stood there when the note was written. */
		quote: z.string().min(1).max(limits.noteQuoteChars),
	}),
]);
export type NoteTarget = z.infer<typeof NoteTarget>;

export const NoteText = wordsUpTo(limits.noteChars);
export const Mentions = z.array(Id).max(limits.mentionsPerNote);

/** Who wrote a note: a member, or a guest of a comment link under the name they gave. */
export const NoteAuthor = z.strictObject({ kind: z.enum(['member', 'guest']), id: Id, name: z.string() });
export type NoteAuthor = z.infer<typeof NoteAuthor>;

/** A comment. The first of a thread carries what the thread is about and whether it is settled. */
export const Note = z.strictObject({
	id: Id,
	projectId: Id,
	/** Id of the first note of its thread; its own when it is the first. */
	threadId: Id,
	/** Null for an answer: it is about what its thread is about. */
	target: NoteTarget.nullable(),
	/** Empty once deleted. */
	text: z.string(),
	mentions: z.array(Id),
	author: NoteAuthor,
	createdAt: z.string(),
	editedAt: z.string().nullable(),
	deletedAt: z.string().nullable(),
	resolvedAt: z.string().nullable(),
	resolvedBy: z.strictObject({ id: Id, name: z.string() }).nullable(),
	/** Grows with every change of the note. */
	revision: z.int(),
	changedAt: z.string(),
});
export type Note = z.infer<typeof Note>;

/** A note as its writer sends it: under an id of its own, so that sent twice it is one note. */
export const NewNote = z
	.strictObject({
		id: Id,
		/** The thread that it answers; null for the first of a new one. */
		threadId: Id.nullable(),
		target: NoteTarget.nullable(),
		text: NoteText,
		mentions: Mentions,
	})
	.refine(({ threadId, target }) => (threadId === null) !== (target === null), {
		message: 'A note has either a thread that it answers or something that it is about',
		path: ['target'],
	});
export type NewNote = z.infer<typeof NewNote>;

/** A name as guests give it. */
export const GuestName = nameUpTo(80);
