import { Problem } from '../problem.ts';
import { sectionDepth, withCustomType } from './fdx-types.ts';
import type { TitlePageEntry } from './fountain-element.ts';
import { formatInline, plainRun, visibleText, type InlineRun } from './inline.ts';
import { parseCue } from './line-kinds.ts';
import { onOneLine } from './one-line.ts';
import type { ScriptParagraph, ScriptParts } from './paragraphs.ts';
import { titleEntriesOf } from './title-lines.ts';
import { childrenOf, parseXml, textOf, type XmlElement } from './xml.ts';

/** Types of Final Draft that are action to everybody who reads them. */
const plainTypes = new Set(['', 'General', 'Action', 'Shot', 'Cast List', 'End of Act', 'Normal Text', 'Outline Body']);

const wordsOf = (element: XmlElement): string =>
	childrenOf(element, 'Text')
		.map((text) => textOf(text))
		.join('');

function runOf(element: XmlElement): InlineRun {
	const styles = new Set((element.attributes.Style ?? '').split('+'));
	const text = textOf(element).replace(/\r\n?|\u2028/g, '\n');
	return {
		kind: 'text',
		text: styles.has('AllCaps') ? text.toUpperCase() : text,
		bold: styles.has('Bold'),
		italic: styles.has('Italic'),
		underline: styles.has('Underline'),
	};
}

function noteOf(element: XmlElement): InlineRun {
	const lines = childrenOf(element, 'Paragraph').map(wordsOf);
	const text = lines.length > 0 ? lines.join('\n') : textOf(element).trim();
	return { kind: element.attributes.Name === 'Boneyard' ? 'boneyard' : 'note', text };
}

/** What a paragraph says: its words, and its notes where they stand. */
function runsOf(paragraph: XmlElement): InlineRun[] {
	const runs: InlineRun[] = [];
	for (const child of paragraph.children) {
		if (typeof child === 'string') continue;
		if (child.name === 'Text') {
			const run = runOf(child);
			if (run.text !== '') runs.push(run);
		} else if (child.name === 'ScriptNote') runs.push(noteOf(child));
		else if (child.name === 'DynamicLabel') runs.push(plainRun(textOf(child)));
	}
	return runs;
}

/** Takes signs off the ends of the visible words. */
function cut(runs: readonly InlineRun[], before: RegExp, behind: RegExp): InlineRun[] {
	const kept = runs.map((run) => ({ ...run }));
	const seen = kept.filter((run) => run.kind === 'text' && run.text.trim() !== '');
	const first = seen[0];
	if (first) first.text = first.text.replace(before, '');
	const last = seen.at(-1);
	if (last) last.text = last.text.replace(behind, '');
	return kept;
}

const hiddenOf = (runs: readonly InlineRun[]): InlineRun[] => runs.filter(({ kind }) => kind !== 'text');

function character(runs: readonly InlineRun[], dual: boolean): ScriptParagraph {
	const { name, extension } = parseCue(visibleText(runs).replace(/\s+/g, ' ').trim());
	return {
		type: 'character',
		text: formatInline([plainRun(name), ...hiddenOf(runs)]),
		...(extension === undefined ? {} : { extension }),
		...(dual ? { dual } : {}),
	};
}

function paragraphOf(element: XmlElement, dual: boolean): ScriptParagraph | null {
	const { Type: type = '', Number: number, Alignment: alignment } = element.attributes;
	const runs = runsOf(element);
	const words = visibleText(runs).trim();
	if (words === '') {
		const first = runs.find(({ kind }) => kind !== 'text');
		if (first === undefined) return null;
		return { type: first.kind === 'boneyard' ? 'boneyard' : 'note', text: formatInline(runs) };
	}
	const text = formatInline(runs);
	const depth = sectionDepth(type);
	if (depth !== null) return { type: 'section', text, depth };
	switch (type) {
		case 'Scene Heading':
			return { type: 'scene-heading', text, ...(number ? { sceneNumber: number.slice(0, 20) } : {}) };
		case 'Character':
			return character(runs, dual);
		case 'Parenthetical':
			return { type: 'parenthetical', text: formatInline(cut(runs, /^\s*[（(]\s*/, /(?<!\s)\s*[)）]\s*$/)) };
		case 'Dialogue':
			return { type: 'dialogue', text };
		case 'Transition':
			return { type: 'transition', text };
		case 'Singing':
		case 'Lyrics':
			return { type: 'lyrics', text };
		case 'Synopsis':
			return { type: 'synopsis', text };
	}
	if (alignment === 'Center') return { type: 'centred', text };
	return { type: 'action', text: plainTypes.has(type) ? text : formatInline(withCustomType(runs, type.slice(0, 60))) };
}

/** The synopses that Final Draft keeps with a heading. */
function synopsesOf(element: XmlElement): ScriptParagraph[] {
	return childrenOf(element, 'SceneProperties')
		.flatMap((properties) => childrenOf(properties, 'Summary'))
		.flatMap((summary) => childrenOf(summary, 'Paragraph'))
		.map((paragraph): ScriptParagraph => ({ type: 'synopsis', text: formatInline(runsOf(paragraph)) }))
		.filter(({ text }) => text.trim() !== '');
}

function bodyOf(content: XmlElement): ScriptParagraph[] {
	const out: ScriptParagraph[] = [];
	const add = (element: XmlElement, dual = false): void => {
		if (element.attributes.StartsNewPage === 'Yes') out.push({ type: 'page-break', text: '' });
		const [pair] = childrenOf(element, 'DualDialogue');
		if (pair !== undefined) {
			const own = childrenOf(pair, 'Paragraph');
			const speakers = own.filter(({ attributes }) => attributes.Type === 'Character');
			for (const paragraph of own)
				add(paragraph, speakers.length === 1 || (speakers.length > 1 && paragraph !== speakers[0]));
			return;
		}
		const paragraph = paragraphOf(element, dual);
		if (paragraph !== null) out.push(paragraph);
		out.push(...synopsesOf(element));
	};
	for (const element of childrenOf(content, 'Paragraph')) add(element);
	return out;
}

function titleOf(root: XmlElement): TitlePageEntry[] {
	const [page] = childrenOf(root, 'TitlePage');
	const paragraphs =
		page === undefined ? [] : childrenOf(page, 'Content').flatMap((own) => childrenOf(own, 'Paragraph'));
	const lines = paragraphs.map((paragraph) => ({
		key: paragraph.attributes.Key,
		text: formatInline(runsOf(paragraph)),
		centred: paragraph.attributes.Alignment === 'Center',
	}));
	const entries: TitlePageEntry[] = [];
	for (const { key: told, text } of lines) {
		if (told === undefined) continue;
		const key = told.replace(/\s+/g, ' ').slice(0, 40);
		const line = onOneLine(text).trim();
		const last = entries.at(-1);
		if (last?.key === key) last.value += `\n${line}`;
		else entries.push({ key, value: line });
	}
	return entries.length > 0 ? entries : titleEntriesOf(lines);
}

/** Reads a Final Draft file (FDX), of Final Draft or any program that writes it, with its notes, numbers and title page. */
export function parseFdx(xml: string): ScriptParts {
	const root = parseXml(xml);
	if (root.name !== 'FinalDraft') throw new Problem('not-a-script', 'The file is XML, but not of Final Draft.');
	const [content] = childrenOf(root, 'Content');
	if (content === undefined) throw new Problem('not-a-script', 'The file of Final Draft holds no script.');
	return { titlePage: titleOf(root), paragraphs: bodyOf(content) };
}
