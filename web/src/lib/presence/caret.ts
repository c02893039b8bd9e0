import * as Y from 'yjs';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import type { LiveDocument } from '#lib/live-document.ts';

/** Where in the script somebody's caret stands, as the editor tells it; null without one. */
export function caretOf({ doc, awareness }: Pick<LiveDocument, 'doc' | 'awareness'>, clientId: number): number | null {
	const { cursor } = (awareness.getStates().get(clientId) ?? {}) as { cursor?: { head?: unknown } | null };
	if (cursor?.head == null) return null;
	try {
		const place = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(cursor.head), doc);
		return place !== null && place.type === scriptOf(doc) ? place.index : null;
	} catch {
		return null; // What another program told is no position.
	}
}
