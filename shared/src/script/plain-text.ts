import { formatFountain } from './format-fountain.ts';
import { parseFountain } from './fountain.ts';
import { formatInline, plainRun } from './inline.ts';
import { isLaidOut, joinLines, readLaidOut, type LaidOutLine } from './laid-out.ts';
import type { ScriptParagraph } from './paragraphs.ts';

const tabColumns = 8;
const chapter =
	/^(?:(?:CHAPTER|PART|BOOK|ACT|PROLOGUE|EPILOGUE)\b.{0,60}|第\s*[0-9零一二三四五六七八九十百]+\s*[章回卷部幕集节](?:[\s:：].{0,40})?|序章?|楔子|尾声)$/i;
/** Numbers of episode and scene before a heading, as Chinese series have them. */
const episodeHeading = /^[ \t\u3000]*\d{1,3}[-－—]\d{1,3}[、.．\s\u3000]+\S[^。！？!?]{0,50}$/;
const side = /(?:^|[\s\u3000、/／（(])(?:日|夜|晨|晚|清晨|黄昏|傍晚|内|外|内景|外景)(?:$|[\s\u3000、/／）)])/;

function columnsOf(line: string): number {
	let columns = 0;
	for (const sign of line) {
		if (sign === '\t') columns += tabColumns - (columns % tabColumns);
		else if (sign === '\u3000') columns += 2;
		else if (sign === ' ') columns += 1;
		else break;
	}
	return columns;
}

function linesOf(text: string): LaidOutLine[] {
	const lines: LaidOutLine[] = [];
	let gap = true;
	for (const raw of text.replace(/\f/g, '\n\n').split('\n')) {
		const line = raw.trim();
		if (line === '') {
			gap = true;
			continue;
		}
		lines.push({ text: line, indent: columnsOf(raw), gap });
		gap = false;
	}
	return lines;
}

/** Whether the lines of a paragraph were broken by the width of a page and not by the writer. */
const isWrapped = (lines: readonly string[]): boolean =>
	lines.length > 1 && lines.slice(0, -1).every((line) => line.length >= 50 && line.length <= 100);

function readProse(text: string, literal: (line: string) => string): ScriptParagraph[] {
	const hasGaps = /\S[ \t\u3000]*\n[ \t\u3000]*\n[ \t\u3000]*\S/.test(text);
	const blocks = text
		.replace(/\f/g, '\n\n')
		.split(hasGaps ? /\n[ \t\u3000]*\n/ : /\n/)
		.flatMap((block) => block.split(/\n(?=\u3000)/));
	return blocks.flatMap((block): ScriptParagraph[] => {
		const lines = block
			.split('\n')
			.map((line) => line.trim())
			.filter(Boolean);
		const [first] = lines;
		if (first === undefined) return [];
		if (lines.length === 1 && chapter.test(first)) return [{ type: 'section', text: literal(first), depth: 1 }];
		return [{ type: 'action', text: literal(isWrapped(lines) ? lines.reduce(joinLines) : lines.join('\n')) }];
	});
}

/** Makes Fountain of plain text: a page laid out by blanks by its columns, what reads as a script as it is, and prose as action; `marked` text has its emphasis marked as in Fountain. */
export function fountainOfText(text: string, { marked = false } = {}): string {
	const literal = (line: string): string => (marked ? line : formatInline([plainRun(line)]));
	const lines = linesOf(text);
	if (isLaidOut(lines)) return formatFountain(readLaidOut(lines));
	const script = parseFountain(text);
	const count = (type: string): number => script.elements.filter((element) => element.type === type).length;
	const episodes = text.split('\n').some((line) => episodeHeading.test(line) && side.test(line));
	if (episodes)
		return text.replace(/^.*$/gm, (line) => (episodeHeading.test(line) && side.test(line) ? `.${line.trim()}` : line));
	const isScript =
		script.titlePage.length > 0 ||
		count('scene-heading') > 0 ||
		script.elements.some(({ type, forced }) => forced && (type === 'character' || type === 'action')) ||
		speeches(text) > 1;
	return isScript ? text : formatFountain({ titlePage: [], paragraphs: readProse(text, literal) });
}

/** Speeches by somebody who speaks twice, or of `人物：对白`; a heading of prose in capitals stands alone. */
function speeches(text: string): number {
	const { elements } = parseFountain(text);
	const names = elements.filter(({ type }) => type === 'character').map(({ text: name }) => name);
	const inline = text.match(/^[ \t\u3000]*[\u3400-\u9fff·]{1,8}(?:[（(][^（）()\n]{1,30}[）)])?[：:]\S/gm)?.length ?? 0;
	return Math.max(names.length - new Set(names).size > 0 ? names.length : 0, names.length > 1 ? inline : 0);
}
