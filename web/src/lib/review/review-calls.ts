import type { Note } from '@reelroom/shared/review/note.ts';
import type { Review } from '@reelroom/shared/review/review.ts';
import type { Held, HeldAs } from '#lib/outbox/outbox.svelte.ts';

export type ReviewCallName =
	'note.create' | 'note.edit' | 'note.delete' | 'note.resolve' | 'note.reopen' | 'review.set';
/** A call about notes or reviews that is under way or held. */
export type ReviewCall = { [Name in ReviewCallName]: HeldAs<Name> }[ReviewCallName];
/** A note as it is shown: `held` while the server does not have its words yet. */
export type ShownNote = Note & { held: boolean };
type Person = { id: string; name: string };

/** Whether a held call is one of these. */
export const isReviewCall = (held: Held): held is ReviewCall => held.name !== 'task.generate';

const instant = (at: number): string => new Date(at).toISOString();

/** The notes as they will be when these calls have arrived. */
export function notesWith(
	truth: Iterable<Note>,
	calls: readonly ReviewCall[],
	{ projectId, me }: { projectId: string; me: Person },
): Map<string, ShownNote> {
	const notes = new Map<string, ShownNote>();
	for (const note of truth) notes.set(note.id, { ...note, held: false });
	for (const call of calls) {
		if (call.name === 'review.set') continue;
		const at = instant(call.heldAt);
		if (call.name === 'note.create') {
			const { id, threadId, target, text, mentions } = call.request.body;
			if (notes.has(id)) continue;
			notes.set(id, {
				id,
				projectId,
				threadId: threadId ?? id,
				target,
				text,
				mentions,
				author: { kind: 'member', ...me },
				createdAt: at,
				editedAt: null,
				deletedAt: null,
				resolvedAt: null,
				resolvedBy: null,
				revision: 0,
				changedAt: at,
				held: true,
			});
			continue;
		}
		const note = notes.get(call.request.params.noteId);
		if (note === undefined) continue;
		notes.set(note.id, { ...note, held: true, ...changeOf(call, at, me) });
	}
	return notes;
}

function changeOf(
	call: Exclude<ReviewCall, { name: 'note.create' | 'review.set' }>,
	at: string,
	me: Person,
): Partial<Note> {
	switch (call.name) {
		case 'note.edit':
			return { text: call.request.body.text, mentions: call.request.body.mentions, editedAt: at };
		case 'note.delete':
			return { text: '', mentions: [], deletedAt: at };
		case 'note.resolve':
			return { resolvedAt: at, resolvedBy: me };
		case 'note.reopen':
			return { resolvedAt: null, resolvedBy: null };
	}
}

/** The reviews of shots as they will be when these calls have arrived. */
export function reviewsWith(truth: Iterable<Review>, calls: readonly ReviewCall[], me: Person): Map<string, Review> {
	const reviews = new Map<string, Review>();
	for (const review of truth) reviews.set(review.shotId, review);
	for (const call of calls) {
		if (call.name !== 'review.set') continue;
		const { shotId } = call.request.params;
		reviews.set(shotId, { shotId, status: call.request.body.status, by: me, at: instant(call.heldAt) });
	}
	return reviews;
}
