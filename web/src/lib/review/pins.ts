import type { Point } from '@reelroom/shared/review/note.ts';
import { presenceColour } from '#lib/presence/presence.ts';
import type { CardThread } from './note-actions.ts';

/** A thread as a picture or a timeline marks it. */
export type Mark = { id: string; number: number; name: string; text: string; colour: string; resolved: boolean };
export type Pin = Mark & { point: Point };

/** The mark of a thread. */
export function markOf(thread: CardThread, number: number): Mark {
	const { id, author, text } = thread.root;
	return {
		id,
		number,
		name: author.name,
		text: text.slice(0, 120),
		colour: presenceColour(author.id ?? author.name),
		resolved: thread.resolved,
	};
}

/** The pins of those threads that stand at a point. */
export function pinsOf(threads: readonly CardThread[], numberOf: (id: string) => number): Pin[] {
	return threads.flatMap((thread) => {
		const point = thread.target.kind === 'script' ? null : thread.target.point;
		return point === null ? [] : [{ ...markOf(thread, numberOf(thread.root.id)), point }];
	});
}
