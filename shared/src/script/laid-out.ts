import { isChineseHeading, isLatinHeading } from './heading.ts';
import { isLatinCue, isTransition, parseCue } from './line-kinds.ts';
import { unbracketed } from './one-line.ts';
import type { ScriptParagraph, ScriptParts } from './paragraphs.ts';
import { titleEntriesOf } from './title-lines.ts';

/** One line of a page on which the place of a line tells what it is. */
export type LaidOutLine = {
	text: string;
	/** Columns from the left edge. */
	indent: number;
	/** Whether a blank line stands above it. */
	gap: boolean;
	align?: 'center' | 'right';
};

const cjk = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff60]/;
const furniture = /^(?:\(?(?:CONTINUED|MORE)\)?:?(?:\s*\(\d+\))?|\d{1,3}\.|（?(?:待续|续上页|接上页)）?)$/i;
const numbered = /^(\d{1,4}[A-Z]{0,2})\.?\s+(\S.*?)(?:\s{2,}\1\.?)?$/;

/** Puts two lines of one paragraph together again: a space between Latin words, none between Chinese ones. */
export function joinLines(before: string, after: string): string {
	if (before === '') return after;
	const [left = '', right = ''] = [before.at(-1), after.at(0)];
	return before + (cjk.test(left) && cjk.test(right) ? '' : ' ') + after;
}

const isHeading = (text: string): boolean => isLatinHeading(text) || isChineseHeading(text);
const isName = (text: string): boolean =>
	isLatinCue(text) ||
	(text.length <= 16 && /^[\p{L}\p{N}·・ ]+(?:\s*[（(][^）)]*[）)])?$/u.test(text) && cjk.test(text));

function headingOf(text: string): ScriptParagraph | null {
	const [, number, rest] = numbered.exec(text) ?? [];
	if (number !== undefined && rest !== undefined && isLatinHeading(rest))
		return { type: 'scene-heading', text: rest, sceneNumber: number };
	return isHeading(text) ? { type: 'scene-heading', text } : null;
}

/** The column of action and headings. */
function marginOf(lines: readonly LaidOutLine[]): number {
	const flush = lines.filter(({ align }) => align === undefined);
	const headings = flush.filter(({ text }) => headingOf(text) !== null);
	const counts = new Map<number, number>();
	for (const { indent } of headings.length > 0 ? headings : flush) counts.set(indent, (counts.get(indent) ?? 0) + 1);
	if (headings.length === 0) return Math.min(...counts.keys(), Number.MAX_SAFE_INTEGER);
	return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0;
}

/** Whether a line names who says the lines below it: set far in, or in the middle, with speech right under it. */
function isSpeaker(lines: readonly LaidOutLine[], at: number, margin: number): boolean {
	const line = lines[at];
	const below = lines[at + 1];
	if (line === undefined || below === undefined || below.gap || below.align === 'right') return false;
	const far = line.align === 'center' || line.indent - margin >= 10;
	const under = below.align === 'center' || below.indent > margin + 2 || /^[（(]/.test(below.text);
	const less = line.align === 'center' || below.indent < line.indent;
	return far && under && less && isName(line.text) && !isTransition(line.text);
}

/** True for a page whose columns tell speakers from speech. */
export function isLaidOut(lines: readonly LaidOutLine[]): boolean {
	const margin = marginOf(lines);
	const speakers = lines.filter((_line, at) => isSpeaker(lines, at, margin)).length;
	return speakers >= 2 || (speakers === 1 && lines.some(({ text }) => headingOf(text) !== null));
}

/** Takes page numbers and the words at page breaks off, and puts a speech that was broken there together again. */
function withoutFurniture(lines: readonly LaidOutLine[]): LaidOutLine[] {
	const kept: LaidOutLine[] = [];
	let broken = false;
	for (const line of lines) {
		if (furniture.test(line.text)) {
			broken ||= /MORE|续/i.test(line.text);
			continue;
		}
		const { extension } = parseCue(line.text);
		if (broken && extension !== undefined && /CONT|续/i.test(extension)) {
			broken = false;
			continue;
		}
		kept.push(broken && !line.gap ? { ...line, gap: false } : line);
		broken &&= line.gap;
	}
	return kept;
}

/** Reads the lines of a laid-out page: what stands where tells headings, action, speakers, speech and transitions apart. */
export function readLaidOut(all: readonly LaidOutLine[]): ScriptParts {
	const lines = withoutFurniture(all);
	const margin = marginOf(lines);
	const start = Math.max(
		0,
		lines.findIndex(({ text }) => headingOf(text) !== null || isTransition(text)),
	);
	const opening = lines.slice(0, start);
	const isTitle =
		opening.length > 0 &&
		opening.length < 30 &&
		(opening[0]?.align === 'center' || (opening[0]?.indent ?? 0) - margin >= 8) &&
		!opening.some((_line, at) => isSpeaker(lines, at, margin));
	const titlePage = isTitle
		? titleEntriesOf(
				opening.map(({ text, align, indent }) => ({ text, centred: align === 'center' || indent - margin >= 8 })),
			)
		: [];
	const paragraphs: ScriptParagraph[] = [];
	let speaking = false;
	let length = 0;
	for (let at = isTitle ? start : 0; at < lines.length; at += 1) {
		const line = lines[at];
		if (line === undefined) break;
		const last = paragraphs.at(-1);
		const inset = line.align === undefined ? line.indent - margin : 0;
		const heading = inset < 8 && line.align === undefined ? headingOf(line.text) : null;
		const flows = !line.gap && last !== undefined;
		if (heading !== null) {
			paragraphs.push(heading);
			speaking = false;
		} else if (isSpeaker(lines, at, margin)) {
			const { name, extension } = parseCue(line.text);
			paragraphs.push({ type: 'character', text: name, ...(extension === undefined ? {} : { extension }) });
			speaking = true;
		} else if (isTransition(line.text) || line.align === 'right' || (inset >= 28 && line.gap)) {
			paragraphs.push({ type: 'transition', text: line.text });
			speaking = false;
		} else if (speaking && flows && (inset > 2 || line.align === 'center')) {
			const open = last.type === 'parenthetical' && !last.text.endsWith(')') && !last.text.endsWith('）');
			if (open) last.text = joinLines(last.text, line.text);
			else if (/^[（(]/.test(line.text)) paragraphs.push({ type: 'parenthetical', text: line.text });
			else if (last.type === 'dialogue') last.text = joinLines(last.text, line.text);
			else paragraphs.push({ type: 'dialogue', text: line.text });
		} else if (line.align === 'center' || (inset >= 12 && line.gap)) {
			paragraphs.push({ type: 'centred', text: line.text });
			speaking = false;
		} else if (flows && last.type === 'action') {
			// A short line was ended on purpose, a long one by the edge of the page.
			last.text =
				length < 44 && !cjk.test(last.text.at(-1) ?? '')
					? `${last.text}\n${line.text}`
					: joinLines(last.text, line.text);
		} else {
			paragraphs.push({ type: 'action', text: line.text });
			speaking = false;
		}
		length = line.text.length;
	}
	for (const paragraph of paragraphs)
		if (paragraph.type === 'parenthetical') paragraph.text = unbracketed(paragraph.text);
	return { titlePage, paragraphs };
}
