import type { FountainElement, FountainType, TitlePageEntry } from './fountain-element.ts';
import { parseFountain } from './fountain.ts';
import { formatInline, mapVisible, parseInline, plainRun, visibleText } from './inline.ts';
import { tidyLines } from './one-line.ts';
import { stretchesOf, type Stretch } from './lines.ts';
import { plain } from './emphasis.ts';

/** One paragraph of a script as files of any kind hold it. */
export type ScriptParagraph = {
	type: Exclude<FountainType, 'title-page'>;
	/** The words with Fountain's emphasis, notes and boneyards, without the marks that tell the type. */
	text: string;
	sceneNumber?: string;
	depth?: number;
	extension?: string;
	dual?: boolean;
};

/** A whole script, between any two kinds of file. */
export type ScriptParts = { titlePage: TitlePageEntry[]; paragraphs: ScriptParagraph[] };

/** The marks of a type before and behind its words; lines of an action and of lyrics each have their own. */
const marks: Partial<Record<FountainType, [RegExp | null, RegExp | null]>> = {
	'scene-heading': [null, /(?<!\s)\s*#[^#\n]{1,20}#$/],
	parenthetical: [/^[（(]\s*/, /(?<!\s)\s*[)）]$/],
	transition: [/^[>＞]\s*/, null],
	centred: [/^[>＞]\s*/, /(?<!\s)\s*[<＜]$/],
	section: [/^#{1,6}\s*/, null],
	synopsis: [/^=\s*/, null],
};

/** Takes marks off the ends of visible words, over hidden stretches that stand there. */
function strip(raw: string, [before, behind]: readonly [RegExp | null, RegExp | null]): string {
	const pieces: { text: string; hidden: boolean }[] = [];
	let from = 0;
	for (const { start, end } of stretchesOf(raw)) {
		pieces.push({ text: raw.slice(from, start), hidden: false }, { text: raw.slice(start, end), hidden: true });
		from = end;
	}
	pieces.push({ text: raw.slice(from), hidden: false });
	const seen = pieces.filter(({ text, hidden }) => !hidden && text.trim() !== '');
	const first = seen[0];
	if (first) first.text = first.text.trimStart().replace(before ?? /^$/, '');
	const last = seen.at(-1);
	if (last) last.text = last.text.trimEnd().replace(behind ?? /^$/, '');
	return pieces
		.map(({ text }) => text)
		.join('')
		.trim();
}

/** Trims the lines that are seen; a note keeps its own. */
const tidy = (raw: string): string => mapVisible(raw, (words) => tidyLines(words)).trim();

function wordsOf(element: FountainElement, raw: string): string {
	const { type } = element;
	if (type === 'note' || type === 'boneyard') return raw.trim();
	const safe = (): string =>
		formatInline([plainRun(element.text), ...parseInline(raw).filter(({ kind }) => kind !== 'text')]);
	if (type === 'character') return safe();
	let text = strip(tidy(raw), marks[type] ?? [null, null]);
	if (element.forced && type === 'scene-heading') text = strip(text, [/^[.．]\s*/, null]);
	if (element.forced && type === 'action') text = strip(text, [/^!\s*/, null]);
	if (type === 'lyrics') text = text.replace(/^~[ \t]*/gm, '');
	// The triangle of Chinese scripts is kept for the reader; it is no part of the element's words.
	const words = collapse(plain(element.text));
	return type === 'action' || collapse(visibleText(parseInline(text))) === words ? text : safe();
}

const collapse = (text: string): string => text.replace(/\s+/g, ' ').trim();

const titleEntry = /^([^:：\s][^:：]{0,40}?)\s*[:：]\s*(.*)$/s;

/** The title page with its emphasis; as the parser has it where the two do not agree. */
function readTitle(raw: string, parsed: TitlePageEntry[]): TitlePageEntry[] {
	const entries: TitlePageEntry[] = [];
	for (const line of raw.split(/\r?\n/)) {
		const last = entries.at(-1);
		const [, key, value] = /^(?:\t| {3,})/.test(line) ? [] : (titleEntry.exec(line.trim()) ?? []);
		if (key !== undefined && value !== undefined) entries.push({ key: plain(key.replace(/^\ufeff/, '')), value });
		else if (last) last.value += (last.value ? '\n' : '') + line.trim();
	}
	const same =
		entries.length === parsed.length &&
		entries.every(({ key, value }, at) => key === parsed[at]?.key && plain(value) === parsed[at]?.value);
	return same ? entries : parsed;
}

/** Reads a Fountain script into paragraphs, in order, with nothing left out but blank lines. */
export function readParts(text: string): ScriptParts {
	const script = parseFountain(text);
	const hidden = stretchesOf(text);
	const paragraphs: ScriptParagraph[] = [];
	let titlePage: TitlePageEntry[] = [];
	let next = 0;
	let told = 0;
	for (const element of script.elements) {
		if (element.type === 'title-page') {
			titlePage = readTitle(text.slice(element.start, element.end), script.titlePage);
			continue;
		}
		// The rest of a note that began in an earlier element went with that one.
		const start = Math.max(element.start, told);
		if (start >= element.end) continue;
		let end = element.end;
		for (let stretch: Stretch | undefined; (stretch = hidden[next]) !== undefined; next += 1) {
			if (stretch.start >= end) break;
			if (stretch.start >= start) end = Math.max(end, stretch.end);
		}
		told = end;
		const { type, sceneNumber, depth, extension, dual } = element;
		paragraphs.push({
			type,
			text: wordsOf(element, text.slice(start, end)),
			...(sceneNumber === undefined ? {} : { sceneNumber }),
			...(depth === undefined ? {} : { depth }),
			...(extension === undefined ? {} : { extension }),
			...(dual === undefined ? {} : { dual }),
		});
	}
	return { titlePage, paragraphs };
}
