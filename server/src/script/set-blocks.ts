import { parseInline, plainRun, type InlineRun } from '@reelroom/shared/script/inline.ts';
import type { ScriptParagraph } from '@reelroom/shared/script/paragraphs.ts';
import { breakLines, cellsOf, widthOfLine, type Cell, type WidthOf } from './break-lines.ts';

/** Measures of a page, in points. */
export type PageShape = { width: number; height: number; leading: number };
/** One line of a page: signs from `x` on. */
export type SetLine = { x: number; cells: Cell[]; kind: 'text' | 'name' | 'parenthetical' };
/** What belongs together: its lines, or two columns of a dual dialogue, with the blank lines above. */
export type Block = {
	kind: 'heading' | 'action' | 'speech' | 'transition' | 'dual' | 'page-break';
	before: number;
	lines: SetLine[];
	right: SetLine[];
	sceneNumber?: string;
	/** The name, for a speech that goes on overleaf. */
	speaker?: InlineRun[];
};

const inch = 72;
export const margins = { left: 1.5 * inch, right: inch, top: inch, bottom: inch } as const;
type Column = { x: number; width: number };

/** Where each kind of paragraph stands; dual dialogue shares the width of the page. */
export function columnsOf({ width }: Pick<PageShape, 'width'>) {
	const text = width - margins.left - margins.right;
	const half = text / 2 - 8;
	const speech = (x: number, room: number): Record<'name' | 'parenthetical' | 'dialogue', Column> =>
		room < 3 * inch
			? {
					name: { x: x + 0.8 * inch, width: room - 0.8 * inch },
					parenthetical: { x: x + 0.4 * inch, width: room - 0.4 * inch },
					dialogue: { x, width: room },
				}
			: {
					name: { x: x + 2.2 * inch, width: text - 2.2 * inch },
					parenthetical: { x: x + 1.6 * inch, width: 2.2 * inch },
					dialogue: { x: x + inch, width: 3.5 * inch },
				};
	return {
		text: { x: margins.left, width: text },
		speech: speech(margins.left, text),
		left: speech(margins.left, half),
		right: speech(margins.left + text - half, half),
	};
}

const upper = (runs: readonly InlineRun[]): InlineRun[] =>
	runs.map((run) => (run.kind === 'text' ? { ...run, text: run.text.toUpperCase() } : run));
const lean = (runs: readonly InlineRun[]): InlineRun[] =>
	runs.map((run) => (run.kind === 'text' ? { ...run, italic: true } : run));
const nameOf = ({ text, extension }: ScriptParagraph): InlineRun[] => [
	...parseInline(text),
	...(extension === undefined ? [] : [plainRun(` (${extension})`)]),
];

/** Sets the paragraphs of a script into blocks of lines; what Fountain does not print makes none. */
export function setBlocks(paragraphs: readonly ScriptParagraph[], shape: PageShape, widthOf: WidthOf): Block[] {
	const columns = columnsOf(shape);
	const set = (
		runs: readonly InlineRun[],
		{ x, width }: Column,
		{ kind = 'text', side = 'left' }: { kind?: SetLine['kind']; side?: 'left' | 'right' | 'centre' } = {},
	): SetLine[] =>
		breakLines(cellsOf(runs, widthOf), width).map((cells) => {
			const rest = Math.max(0, width - widthOfLine(cells));
			return { x: x + (side === 'right' ? rest : side === 'centre' ? rest / 2 : 0), cells, kind };
		});
	const block = (kind: Block['kind'], before: number, lines: SetLine[]): Block => ({ kind, before, lines, right: [] });
	const speech = (own: readonly ScriptParagraph[], column: (typeof columns)['speech']): SetLine[] =>
		own.flatMap((paragraph) => {
			const runs = parseInline(paragraph.text);
			if (paragraph.type === 'character') return set(nameOf(paragraph), column.name, { kind: 'name' });
			if (paragraph.type === 'parenthetical')
				return set([plainRun('('), ...runs, plainRun(')')], column.parenthetical, { kind: 'parenthetical' });
			return set(paragraph.type === 'lyrics' ? lean(runs) : runs, column.dialogue);
		});

	const blocks: Block[] = [];
	const printed = paragraphs.filter(({ type }) => !['note', 'boneyard', 'section', 'synopsis'].includes(type));
	let lastSpeech: readonly ScriptParagraph[] | null = null;
	for (let at = 0; at < printed.length; at += 1) {
		const one = printed[at];
		if (one === undefined) break;
		if (one.type === 'character') {
			let end = at + 1;
			while (['parenthetical', 'dialogue'].includes(printed[end]?.type ?? '')) end += 1;
			const own = printed.slice(at, end);
			at += own.length - 1;
			if (one.dual && lastSpeech !== null) {
				blocks.pop();
				blocks.push({
					...block('dual', 1, speech(lastSpeech, columns.left)),
					right: speech(own, columns.right),
				});
				lastSpeech = null;
				continue;
			}
			blocks.push({ ...block('speech', 1, speech(own, columns.speech)), speaker: nameOf(one) });
			lastSpeech = own;
			continue;
		}
		lastSpeech = null;
		const runs = parseInline(one.text);
		switch (one.type) {
			case 'scene-heading':
				blocks.push({
					...block('heading', 2, set(upper(runs), columns.text)),
					...(one.sceneNumber === undefined ? {} : { sceneNumber: one.sceneNumber }),
				});
				break;
			case 'transition':
				// What opens a film stands at the left.
				blocks.push(
					block(
						'transition',
						1,
						set(runs, columns.text, { side: /^(?:FADE IN|淡入)/.test(one.text) ? 'left' : 'right' }),
					),
				);
				break;
			case 'centred':
				blocks.push(block('action', 1, set(runs, columns.text, { side: 'centre' })));
				break;
			case 'lyrics':
				blocks.push(block('action', 1, set(lean(runs), columns.speech.dialogue)));
				break;
			case 'page-break':
				blocks.push(block('page-break', 0, []));
				break;
			default:
				blocks.push(block('action', 1, set(runs, columns.text)));
		}
	}
	return blocks.filter(({ kind, lines, right }) => kind === 'page-break' || lines.length + right.length > 0);
}
