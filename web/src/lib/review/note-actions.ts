import type { NoteTarget } from '@reelroom/shared/review/note.ts';
import type { Thread } from '@reelroom/shared/review/threads.ts';

/** What a card shows of a note, a member's or a guest's. */
export type CardNote = {
	id: string;
	threadId: string;
	target: NoteTarget | null;
	text: string;
	mentions?: readonly string[];
	author: { kind: 'member' | 'guest'; id: string | null; name: string };
	createdAt: string;
	editedAt: string | null;
	deletedAt: string | null;
	resolvedAt: string | null;
	resolvedBy?: { name: string } | null;
	/** Not with the server yet. */
	held?: boolean;
};
export type CardThread = Thread<CardNote>;
type Done = boolean | void | Promise<boolean | void>;

/** What can be done to notes where they are shown. Words that could not be sent are answered with false, so that they are not lost. */
export type NoteActions = {
	isMine(note: CardNote): boolean;
	canWrite: boolean;
	canResolve: boolean;
	canModerate?: boolean;
	answer(thread: CardThread, text: string, mentions: string[]): Done;
	edit(note: CardNote, text: string, mentions: string[]): Done;
	remove(note: CardNote): void;
	resolve(thread: CardThread): void;
	reopen(thread: CardThread): void;
};
