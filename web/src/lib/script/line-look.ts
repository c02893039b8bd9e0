import type { EditorState, Line } from '@codemirror/state';
import type { FountainElement, FountainType } from '@reelroom/shared/script/fountain-element.ts';
import { isLatinCue } from '@reelroom/shared/script/line-kinds.ts';
import { intentField } from './intent.ts';
import { blockAt, elementsOnLine, scriptField } from './script-state.ts';

/** What a line is for whoever writes it; `speech` is a name and its words on one line. */
export type LineKind = FountainType | 'speech' | 'blank';
export type LineLook = { kind: LineKind; side: 'left' | 'right' | null; elements: FountainElement[] };

const spoken: ReadonlySet<LineKind> = new Set(['character', 'parenthetical', 'dialogue', 'speech']);
/** Whether words under such a line are said. */
export const isSpoken = (kind: LineKind): boolean => spoken.has(kind);

const isBlank = (line: Line): boolean => line.text.trim() === '';

/** True for a name in capitals with nothing below it yet: Fountain knows it only by the words under it, its writer knows before. */
function isCueToBe(state: EditorState, line: Line): boolean {
	if (!isLatinCue(line.text.trim()) || line.text.trim().length < 2) return false;
	const above = line.number > 1 ? state.doc.line(line.number - 1) : null;
	const below = line.number < state.doc.lines ? state.doc.line(line.number + 1) : null;
	if ((above !== null && !isBlank(above)) || (below !== null && !isBlank(below))) return false;
	const at = state.doc.lineAt(state.selection.main.head).number;
	return at === line.number || at === line.number + 1;
}

function sideOf(state: EditorState, line: Line): 'left' | 'right' | null {
	const script = state.field(scriptField);
	const found = blockAt(script, line.to);
	if (found === null) return null;
	const isDual = ({ type, dual }: FountainElement): boolean => type === 'character' && dual === true;
	if (found.block.elements.some(isDual)) return 'right';
	const next = script.blocks[found.number + 1];
	return next?.elements[0] !== undefined && isDual(next.elements[0]) ? 'left' : null;
}

/** What a line is; an empty one is what was chosen for it, or words to be said under a name. */
export function lookOf(state: EditorState, line: Line): LineLook {
	const intent = state.field(intentField);
	const here = intent !== null && intent.kind !== 'action' && intent.at >= line.from && intent.at <= line.to;
	const chosen = here ? intent.kind : null;
	if (isBlank(line)) {
		const above = line.number > 1 ? state.doc.line(line.number - 1) : null;
		const under =
			chosen ?? (above !== null && !isBlank(above) && isSpoken(kindOf(state, above)) ? 'dialogue' : 'blank');
		return { kind: under, side: null, elements: [] };
	}
	const elements = elementsOnLine(state, line.from, line.to);
	const [first, second] = elements;
	if (first === undefined) return { kind: chosen ?? 'action', side: null, elements };
	if (chosen !== null && (first.type === 'action' || first.type === 'scene-heading'))
		return { kind: chosen, side: null, elements };
	if (first.type === 'action' && isCueToBe(state, line)) return { kind: 'character', side: null, elements };
	const kind = first.type === 'character' && second?.type === 'dialogue' ? 'speech' : first.type;
	return { kind, side: isSpoken(kind) ? sideOf(state, line) : null, elements };
}

/** The kind of a line alone. */
export const kindOf = (state: EditorState, line: Line): LineKind => lookOf(state, line).kind;
