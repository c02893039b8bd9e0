import { Problem } from '../problem.ts';
import { inlineOf, readComments, readDocxParagraphs, readStyles, type DocxParagraph } from './docx-words.ts';
import { formatFountain } from './format-fountain.ts';
import { isChineseHeading, isLatinHeading } from './heading.ts';
import { plainRun, visibleText } from './inline.ts';
import { isLaidOut, readLaidOut, type LaidOutLine } from './laid-out.ts';
import { parseCue } from './line-kinds.ts';
import { unbracketed } from './one-line.ts';
import type { ScriptParagraph, ScriptParts } from './paragraphs.ts';
import { fountainOfText } from './plain-text.ts';
import { titleEntriesOf } from './title-lines.ts';
import { childrenOf, parseXml } from './xml.ts';

/** The parts of a Word document that hold words; each is XML. */
export type DocxParts = { document: string; styles: string | null; comments: string | null };

/** Styles by which screenplay templates name the kinds of paragraph. */
const styleKinds: [RegExp, ScriptParagraph['type']][] = [
	[/^(?:scene ?heading|slug ?line|slug|scene header|场景(?:标题)?|场次|场头)\b/i, 'scene-heading'],
	[/^(?:character(?: name)?|speaker|cue|角色(?:名)?|人物(?:名)?)$/i, 'character'],
	[/^(?:parenthetical|parentheses|wryly|wrylies|括号|神态|提示)$/i, 'parenthetical'],
	[/^(?:dialogue|dialog|speech|对白|对话|台词)$/i, 'dialogue'],
	[/^(?:transition|转场)$/i, 'transition'],
	[/^(?:lyrics?|singing|歌词)$/i, 'lyrics'],
	[/^(?:synopsis|summary|梗概)$/i, 'synopsis'],
	[/^(?:action|scene description|description|stage directions?|shot|动作|舞台提示)$/i, 'action'],
];

const kindOf = (style: string): ScriptParagraph['type'] | null =>
	styleKinds.find(([pattern]) => pattern.test(style))?.[1] ?? null;
const isTitleStyle = (style: string): boolean => /^(?:title|subtitle|author|byline|标题|副标题|作者)$/.test(style);
const isHeading = (text: string): boolean => isLatinHeading(text) || isChineseHeading(text);

function styled(paragraph: DocxParagraph): ScriptParagraph | null {
	const { style, level } = paragraph;
	const type = kindOf(style);
	const words = visibleText(paragraph.runs).trim();
	const headed = type === 'scene-heading' || level !== null;
	const text = inlineOf(paragraph, headed || type === 'character' || type === 'transition');
	if (words === '') return text === '' ? null : { type: 'note', text };
	if (type === 'character') {
		const { name, extension } = parseCue(words);
		return { type, text: inlineOf({ runs: [plainRun(name)] }), ...(extension ? { extension } : {}) };
	}
	if (type === 'parenthetical') return { type, text: unbracketed(text) };
	if (type !== null) return { type, text };
	if (level !== null)
		return isHeading(words) ? { type: 'scene-heading', text } : { type: 'section', text, depth: level };
	return { type: 'action', text };
}

/** Whether a paragraph without a style of its own is a name under which others speak, by `人物：对白`. */
function lineOf(paragraph: DocxParagraph, gap: boolean): LaidOutLine[] {
	const raw = visibleText(paragraph.runs);
	const leading = /^[ \t\u3000]*/.exec(raw)?.[0] ?? '';
	const columns = [...leading].reduce((sum, sign) => sum + (sign === '\t' ? 5 : sign === '\u3000' ? 2 : 1), 0);
	return inlineOf(paragraph)
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map((line, at) => ({
			text: line.trim(),
			indent: paragraph.indent + (at === 0 ? columns : 0),
			gap: gap && at === 0,
			...(paragraph.align === undefined ? {} : { align: paragraph.align }),
		}));
}

/** Lines as a page shows them: a paragraph further left or of another side stands apart, speech under its speaker does not. */
function linesOf(paragraphs: readonly DocxParagraph[]): LaidOutLine[] {
	const lines: LaidOutLine[] = [];
	let blank = true;
	for (const paragraph of paragraphs) {
		if (visibleText(paragraph.runs).trim() === '') {
			blank = true;
			continue;
		}
		const last = lines.at(-1);
		const [first] = lineOf(paragraph, false);
		const apart = blank || paragraph.newPage || first === undefined || last === undefined || first.align === 'right';
		const inset =
			!apart && (first.indent > 2 || first.align === 'center') && (last.indent > 2 || last.align === 'center');
		const speaker = inset && first.align === undefined && first.indent > last.indent + 4;
		lines.push(...lineOf(paragraph, apart || !inset || speaker));
		blank = false;
	}
	return lines;
}

function titleOf(paragraphs: readonly DocxParagraph[]): { count: number; titlePage: ScriptParts['titlePage'] } {
	const first = paragraphs.findIndex(({ runs }) => visibleText(runs).trim() !== '');
	if (first < 0 || !isTitleStyle(paragraphs[first]?.style ?? '')) return { count: 0, titlePage: [] };
	let count = first;
	while (count < paragraphs.length) {
		const { style = '', runs = [], align } = paragraphs[count] ?? {};
		const words = visibleText(runs).trim();
		const belongs = words === '' || isTitleStyle(style) || (align === 'center' && !isHeading(words));
		if (!belongs) break;
		count += 1;
	}
	const lines = paragraphs.slice(first, count).map((paragraph) => ({ text: inlineOf(paragraph, true), centred: true }));
	return { count, titlePage: titleEntriesOf(lines) };
}

/** Makes Fountain of the words of a Word document: by its styles, by where its lines stand, or by the words alone. */
export function fountainOfDocx({ document, styles, comments }: DocxParts): string {
	const root = parseXml(document);
	const [body] = childrenOf(root, 'w:body');
	if (root.name !== 'w:document' || body === undefined)
		throw new Problem('not-a-script', 'The file is no Word document that can be read.');
	const all = readDocxParagraphs(
		body,
		readStyles(styles === null ? null : parseXml(styles)),
		readComments(comments === null ? null : parseXml(comments)),
	);
	const { count, titlePage } = titleOf(all);
	const paragraphs = all.slice(count);
	const own = paragraphs.filter(({ style }) => kindOf(style) !== null).length;
	if (own >= 2 && paragraphs.some(({ style }) => /^(?:scene-heading|character|dialogue)$/.test(kindOf(style) ?? '')))
		return formatFountain({ titlePage, paragraphs: paragraphs.flatMap((paragraph) => styled(paragraph) ?? []) });
	const lines = linesOf(paragraphs);
	if (isLaidOut(lines)) {
		const parts = readLaidOut(lines);
		return formatFountain({ ...parts, titlePage: titlePage.length > 0 ? titlePage : parts.titlePage });
	}
	const hasLevels = paragraphs.some(({ level }) => level !== null);
	if (hasLevels && !paragraphs.some(({ runs, level }) => level === null && isHeading(visibleText(runs).trim())))
		return formatFountain({ titlePage, paragraphs: paragraphs.flatMap((paragraph) => styled(paragraph) ?? []) });
	return (
		formatFountain({ titlePage, paragraphs: [] }) +
		(titlePage.length > 0 ? '\n' : '') +
		fountainOfText(plainOf(paragraphs), { marked: true })
	);
}

/** The document as plain text; paragraphs stand apart unless they are the lines of one speech. */
function plainOf(paragraphs: readonly DocxParagraph[]): string {
	const blocks = paragraphs.map((paragraph) => ({
		text: inlineOf(paragraph),
		words: visibleText(paragraph.runs).trim(),
	}));
	const spaced = blocks.some(({ words }) => words === '');
	return `${blocks.map(({ text }) => text).join(spaced ? '\n' : '\n\n')}\n`;
}
