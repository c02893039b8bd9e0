import { createHash, randomBytes } from 'node:crypto';
import type { Film } from '@reelroom/shared/cut/film.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { GuestRecord, GuestStore } from '@reelroom/shared/node/stores/guest-store.ts';
import type { NoteRecord, NoteStore } from '@reelroom/shared/node/stores/note-store.ts';
import type { ShareLinkRecord } from '@reelroom/shared/node/stores/share-link-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { GuestNote } from '@reelroom/shared/review/api.ts';
import type { NewNote } from '@reelroom/shared/review/note.ts';
import { can, type Action } from '@reelroom/shared/workspace/access.ts';
import type { NoteWriter } from './note-writer.ts';

export type GuestNoteDeps = {
	/** The living link behind a token with its film; throws `share-ended` for all others. */
	open: (token: string) => Promise<{ link: ShareLinkRecord; film: Film }>;
	guests: GuestStore;
	notes: NoteStore;
	writer: NoteWriter;
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	now: () => Date;
	newId: () => string;
};
export type GuestNotes = ReturnType<typeof createGuestNotes>;

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

/**
 * Notes of people without an account, by a comment link: about its film and nothing else. The link is looked up at every question, so a revoked
 * one ends reading and writing at once. A guest is whoever has the secret that was told once; only its digest is stored.
 */
export function createGuestNotes({ open, guests, notes, writer, namesOf, now, newId }: GuestNoteDeps) {
	async function enter(token: string, action: Action) {
		const opened = await open(token);
		if (opened.link.kind !== 'comment' || !can('guest', action)) throw new Problem('not-allowed');
		return opened;
	}
	async function guestOf(link: ShareLinkRecord, secret: string): Promise<GuestRecord> {
		const guest = await guests.findByHash(link._id, hashOf(secret));
		if (guest === null) throw new Problem('not-allowed', 'This link knows no such guest');
		return guest;
	}
	async function views(records: readonly NoteRecord[]): Promise<GuestNote[]> {
		const names = await namesOf([...new Set(records.map(({ author }) => author.id))]);
		return records.map((one) => ({
			id: one.noteId,
			threadId: one.threadId,
			target: one.target,
			text: one.text,
			// Accounts are nothing to guests but a name.
			author:
				one.author.kind === 'guest'
					? one.author
					: { kind: 'member', id: null, name: names.get(one.author.id) ?? one.author.name },
			createdAt: one.createdAt.toISOString(),
			editedAt: one.editedAt?.toISOString() ?? null,
			deletedAt: one.deletedAt?.toISOString() ?? null,
			resolvedAt: one.resolvedAt?.toISOString() ?? null,
		}));
	}
	async function view(one: NoteRecord): Promise<GuestNote> {
		const [note] = await views([one]);
		if (note === undefined) throw new Problem('internal');
		return note;
	}
	/** A note about the film of a link that this guest wrote. */
	async function own(token: string, action: Action, input: { secret: string; noteId: string }): Promise<NoteRecord> {
		const { link, film } = await enter(token, action);
		const guest = await guestOf(link, input.secret);
		const note = await notes.find(link.projectId, input.noteId);
		if (note === null || note.filmId !== film.id) throw new Problem('not-found');
		if (note.author.id !== guest._id) throw new Problem('not-allowed', 'Only its author changes a note');
		return note;
	}

	return {
		/** Takes a name. */
		async enter(token: string, name: string) {
			const { link } = await enter(token, 'note.create');
			if ((await guests.count(link._id)) >= limits.guestsPerLink) throw new Problem('too-many-requests');
			const secret = randomBytes(32).toString('base64url');
			const id = newId();
			const { _id: linkId, projectId } = link;
			await guests.add({ _id: id, linkId, projectId, name, secretHash: hashOf(secret), createdAt: now() });
			return { guest: { id, name }, secret };
		},
		async list(token: string): Promise<GuestNote[]> {
			const { film } = await enter(token, 'note.read');
			return views(await notes.ofFilm(film.id));
		},
		async create(token: string, { secret, note }: { secret: string; note: NewNote }): Promise<GuestNote> {
			const { link, film } = await enter(token, 'note.create');
			const guest = await guestOf(link, secret);
			if (note.target !== null && (note.target.kind !== 'film' || note.target.filmId !== film.id))
				throw new Problem('not-found', 'This link shows another film');
			if (note.threadId !== null && (await notes.find(link.projectId, note.threadId))?.filmId !== film.id)
				throw new Problem('not-found', 'There is no such thread');
			if ((await notes.countOfLink(link._id)) >= limits.notesPerLink)
				throw new Problem('too-large', `A link may have up to ${limits.notesPerLink} notes`);
			const record = await writer.write({
				projectId: link.projectId,
				author: { kind: 'guest', id: guest._id, name: guest.name },
				linkId: link._id,
				note: { ...note, mentions: [] },
			});
			return view(record);
		},
		async edit(token: string, noteId: string, { secret, text }: { secret: string; text: string }): Promise<GuestNote> {
			return view(await writer.edit(await own(token, 'note.edit', { secret, noteId }), { text, mentions: [] }));
		},
		async delete(token: string, noteId: string, secret: string): Promise<GuestNote> {
			return view(await writer.delete(await own(token, 'note.delete', { secret, noteId })));
		},
	};
}
