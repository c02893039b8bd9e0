import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { GuestName, Mentions, NewNote, Note, NoteTarget, NoteText } from './note.ts';
import { Notification } from './notification.ts';
import { Review, ReviewStatus } from './review.ts';

const ById = z.strictObject({ id: Id });
const ByNote = z.strictObject({ id: Id, noteId: Id });
const ByToken = z.strictObject({ token: z.string().min(20).max(100) });

export const noteApi = {
	list: endpoint({
		method: 'get',
		path: '/projects/:id/notes',
		summary:
			'Notes of a project, deleted ones without their words; `since` for those that changed at or after an instant.',
		allow: 'note.read',
		params: ById,
		query: z.strictObject({ since: z.iso.datetime().optional() }),
		reply: z.array(Note),
	}),
	create: endpoint({
		method: 'post',
		path: '/projects/:id/notes',
		summary: 'Writes a note under an id of the caller’s; sent again it is the same note.',
		allow: 'note.create',
		params: ById,
		body: NewNote,
		status: 201,
		reply: Note,
	}),
	edit: endpoint({
		method: 'patch',
		path: '/projects/:id/notes/:noteId',
		summary: 'Changes the words of one’s own note.',
		allow: 'note.edit',
		params: ByNote,
		body: z.strictObject({ text: NoteText, mentions: Mentions }),
		reply: Note,
	}),
	delete: endpoint({
		method: 'delete',
		path: '/projects/:id/notes/:noteId',
		summary: 'Deletes one’s own note; whoever looks after the workspace may delete any.',
		allow: 'note.delete',
		params: ByNote,
		reply: Note,
	}),
	resolve: endpoint({
		method: 'post',
		path: '/projects/:id/notes/:noteId/resolve',
		summary: 'Settles the thread that begins with this note; twice is once.',
		allow: 'note.resolve',
		params: ByNote,
		reply: Note,
	}),
	reopen: endpoint({
		method: 'post',
		path: '/projects/:id/notes/:noteId/reopen',
		summary: 'Opens a settled thread again; twice is once.',
		allow: 'note.resolve',
		params: ByNote,
		reply: Note,
	}),
};

export const reviewApi = {
	list: endpoint({
		method: 'get',
		path: '/projects/:id/reviews',
		summary: 'The review of every shot that had one.',
		allow: 'review.read',
		params: ById,
		reply: z.array(Review),
	}),
	set: endpoint({
		method: 'put',
		path: '/projects/:id/reviews/:shotId',
		summary: 'Says how far a shot has come.',
		allow: 'review.set',
		params: z.strictObject({ id: Id, shotId: Id }),
		body: z.strictObject({ status: ReviewStatus }),
		reply: Review,
	}),
};

export const notificationApi = {
	list: endpoint({
		method: 'get',
		path: '/notifications',
		summary: 'What concerns whoever is signed in, the newest first, in projects that they may still see.',
		allow: 'signed-in',
		reply: z.strictObject({ unread: z.int(), notifications: z.array(Notification) }),
	}),
	read: endpoint({
		method: 'post',
		path: '/notifications/read',
		summary: 'Marks notifications as read; without ids all of them.',
		allow: 'signed-in',
		body: z.strictObject({ ids: z.array(z.string().max(200)).max(100).optional() }),
		status: 204,
	}),
};

/** What shows that a guest is who wrote a note: told once, kept by their browser. */
const GuestSecret = z.string().min(20).max(100);
/** A note as guests of a comment link see it. */
export const GuestNote = z.strictObject({
	id: Id,
	threadId: Id,
	target: NoteTarget.nullable(),
	text: z.string(),
	/** Members are told by name alone. */
	author: z.strictObject({ kind: z.enum(['member', 'guest']), id: Id.nullable(), name: z.string() }),
	createdAt: z.string(),
	editedAt: z.string().nullable(),
	deletedAt: z.string().nullable(),
	resolvedAt: z.string().nullable(),
});
export type GuestNote = z.infer<typeof GuestNote>;
/** A note as a guest sends it: an answer, or about a frame of the shared film and a place in it. */
const NewGuestNote = NewNote.refine(({ target }) => target === null || target.kind === 'film', {
	message: 'Guests write about the film',
	path: ['target'],
});

export const guestNoteApi = {
	enter: endpoint({
		method: 'post',
		path: '/shared/:token/guests',
		summary: 'Takes a name for writing notes by a comment link; its secret is shown once.',
		allow: 'public',
		params: ByToken,
		body: z.strictObject({ name: GuestName }),
		status: 201,
		reply: z.strictObject({ guest: z.strictObject({ id: Id, name: z.string() }), secret: z.string() }),
	}),
	list: endpoint({
		method: 'get',
		path: '/shared/:token/notes',
		summary: 'Notes about the shared film, for guests of a comment link.',
		allow: 'public',
		params: ByToken,
		reply: z.array(GuestNote),
	}),
	create: endpoint({
		method: 'post',
		path: '/shared/:token/notes',
		summary: 'Writes a note as a guest; sent again it is the same note.',
		allow: 'public',
		params: ByToken,
		body: z.strictObject({ secret: GuestSecret, note: NewGuestNote }),
		status: 201,
		reply: GuestNote,
	}),
	edit: endpoint({
		method: 'patch',
		path: '/shared/:token/notes/:noteId',
		summary: 'Changes the words of a guest’s own note.',
		allow: 'public',
		params: z.strictObject({ ...ByToken.shape, noteId: Id }),
		body: z.strictObject({ secret: GuestSecret, text: NoteText }),
		reply: GuestNote,
	}),
	delete: endpoint({
		method: 'delete',
		path: '/shared/:token/notes/:noteId',
		summary: 'Deletes a guest’s own note.',
		allow: 'public',
		params: z.strictObject({ ...ByToken.shape, noteId: Id }),
		body: z.strictObject({ secret: GuestSecret }),
		reply: GuestNote,
	}),
};
