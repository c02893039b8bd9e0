import { matchScripts, scriptPartsOf, type ScriptPart } from './match-scripts.ts';
import { textEdits, type TextEdit } from './text-edits.ts';

/** What an import would do to one scene, or to what stands before the first one. */
export type ImportChange = {
	kind: 'same' | 'changed' | 'new' | 'omitted';
	moved: boolean;
	/** Place among the parts of the script as it is; null for a new scene. */
	before: number | null;
	/** Place among the parts of the file; null for an omitted scene. */
	after: number | null;
	/** Of a new scene: the old one it was cut off. Of an omitted one: the new one its words went into. */
	kin: number | null;
};

/** A stretch of the script as it will be. */
export type PlacedPart = {
	text: string;
	/** Where it will begin. */
	start: number;
	/** The old part it comes from; null for a new scene. */
	before: number | null;
	/** How the old part becomes this one. */
	edits: TextEdit[];
};

/** How a script is changed into another one. */
export type ImportPlan = { text: string; edits: TextEdit[]; parts: PlacedPart[] };

/** What a file would change in a script, in the order of the file; omitted scenes stand behind the scene they stood behind. */
export function importChanges(before: readonly ScriptPart[], after: readonly ScriptPart[]): ImportChange[] {
	const { pairs, splits, merges } = matchScripts(before, after);
	const ofFresh = new Map(pairs.map((pair) => [pair.after, pair]));
	const kept = new Set(pairs.map((pair) => pair.before));
	const changes = after.map((part, place): ImportChange => {
		const pair = place === 0 ? { before: 0, moved: false } : ofFresh.get(place);
		if (pair === undefined)
			return { kind: 'new', moved: false, before: null, after: place, kin: splits.get(place) ?? null };
		// A file without a title page takes none away.
		const same = before[pair.before]?.text.trim() === part.text.trim() || (place === 0 && part.text.trim() === '');
		return { kind: same ? 'same' : 'changed', moved: pair.moved, before: pair.before, after: place, kin: null };
	});
	for (let place = 1; place < before.length; place += 1) {
		if (kept.has(place)) continue;
		const gone: ImportChange = {
			kind: 'omitted',
			moved: false,
			before: place,
			after: null,
			kin: merges.get(place) ?? null,
		};
		// Its neighbour may be omitted too, and stands in the list by now.
		changes.splice(changes.findIndex((change) => change.before === place - 1) + 1, 0, gone);
	}
	return changes;
}

/** What one text would change in another. */
export const compareScripts = (before: string, after: string): ImportChange[] =>
	importChanges(scriptPartsOf(before), scriptPartsOf(after));

/** Puts a part behind another one with a blank line between, unless they stood so before. */
function joint(above: string, text: string): string {
	if (above === '' || text === '' || /\n[ \t]*\n$/.test(above)) return '';
	return above.endsWith('\n') ? '\n' : '\n\n';
}

/** What is imported into what; `leave` names changes by their place that are left out, `whole` takes the file as it is, its want of a title page too. */
export type ImportInput = { before: string; after: string; leave: ReadonlySet<number>; whole: boolean };

/** Works out the text after an import that leaves some changes out: those scenes stay as they are, and where they were. */
export function planImport({ before: beforeText, after: afterText, leave, whole }: ImportInput): ImportPlan {
	const before = scriptPartsOf(beforeText);
	const after = scriptPartsOf(afterText);
	const changes = importChanges(before, after);
	type Piece = { text: string; before: number | null };
	const pieces: Piece[] = [];
	const staying: number[] = [];
	changes.forEach((change, row) => {
		const left = leave.has(row);
		const old = change.before === null ? undefined : before[change.before];
		if (left && old !== undefined && (change.kind === 'omitted' || change.moved)) staying.push(change.before ?? 0);
		else if (change.kind === 'omitted' || (left && change.kind === 'new')) return;
		else {
			const fresh = after[change.after ?? -1];
			const source = left || (!whole && fresh?.text.trim() === '') ? (old ?? fresh) : fresh;
			if (source !== undefined) pieces.push({ text: source.text, before: change.before });
		}
	});
	for (const place of staying.toSorted((a, b) => a - b)) {
		let above = place - 1;
		let at = -1;
		// Behind the nearest scene above it that is still there.
		while (above >= 0 && at < 0) {
			at = pieces.findIndex((piece) => piece.before === above);
			above -= 1;
		}
		pieces.splice(at + 1, 0, { text: before[place]?.text ?? '', before: place });
	}
	let text = '';
	const parts: PlacedPart[] = [];
	for (const piece of pieces) {
		const gap = joint(text, piece.text);
		const last = parts.at(-1);
		if (gap !== '' && last !== undefined) last.text += gap;
		text += gap;
		parts.push({ text: piece.text, start: text.length, before: piece.before, edits: [] });
		text += piece.text;
	}
	for (const part of parts)
		if (part.before !== null) part.edits = textEdits(before[part.before]?.text ?? '', part.text);
	return { text, edits: textEdits(beforeText, text), parts };
}
