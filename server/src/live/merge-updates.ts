import * as Y from 'yjs';

/** Yjs sorts all updates anew for each struct it merges: by small groups, thousands of updates take milliseconds instead of seconds. */
const groupSize = 32;

/** Merges updates into one that says the same. */
export function mergeUpdates(updates: readonly Uint8Array[]): Uint8Array {
	let merged = [...updates];
	while (merged.length > 1) {
		const groups = [];
		for (let at = 0; at < merged.length; at += groupSize) groups.push(Y.mergeUpdates(merged.slice(at, at + groupSize)));
		merged = groups;
	}
	return merged[0] ?? Y.mergeUpdates([]);
}
