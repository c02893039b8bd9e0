import * as z from 'zod';
import { Id } from '../id.ts';
import { NoteTarget } from './note.ts';

/** Why somebody is told: a note names them, or answers theirs. */
export const NotificationKind = z.enum(['mention', 'answer']);
export type NotificationKind = z.infer<typeof NotificationKind>;

/** That a note concerns an account. What the note says is read from the note, so a deleted one tells nothing. */
export const Notification = z.strictObject({
	id: z.string(),
	kind: NotificationKind,
	projectId: Id,
	projectName: z.string(),
	noteId: Id,
	threadId: Id,
	target: NoteTarget.nullable(),
	/** The account, or the guest, who wrote it. */
	byId: Id,
	byName: z.string(),
	/** The beginning of the note. */
	text: z.string(),
	at: z.string(),
	readAt: z.string().nullable(),
});
export type Notification = z.infer<typeof Notification>;
