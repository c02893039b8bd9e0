import { emphasisOf, type EmphasisKind } from './emphasis.ts';
import { stretchesOf } from './lines.ts';

/** Words of one look, or a hidden stretch between them; a hidden one is without its marks. */
export type InlineRun =
	| { kind: 'text'; text: string; bold: boolean; italic: boolean; underline: boolean }
	| { kind: 'note' | 'boneyard'; text: string };

const styles: Record<EmphasisKind, number> = { italic: 1, bold: 2, underline: 4 };
/** Stands for a hidden stretch while emphasis is read; files that hold this sign are refused as binary. */
const hole = '\uffff';
type Styled = { text: string; styles: number[] };

/** Takes the marks of emphasis off words, and tells the style of each sign that is left. */
function read(text: string): Styled {
	const { spans, marks } = emphasisOf(text);
	const all = new Uint8Array(text.length);
	for (const { kind, innerStart, innerEnd } of spans)
		for (let at = innerStart; at < innerEnd; at += 1) all[at] = (all[at] ?? 0) | styles[kind];
	let words = '';
	const kept: number[] = [];
	let from = 0;
	for (const { start, end } of [...marks, { start: text.length, end: text.length }]) {
		words += text.slice(from, start);
		for (let at = from; at < start; at += 1) kept.push(all[at] ?? 0);
		from = end;
	}
	return { text: words, styles: kept };
}

/** Reads emphasis, notes and boneyards out of the words of an element, as `plain` takes them off. */
export function parseInline(text: string): InlineRun[] {
	const hidden = stretchesOf(text);
	let visible = '';
	let from = 0;
	for (const { start, end } of hidden) {
		visible += text.slice(from, start) + hole;
		from = end;
	}
	visible += text.slice(from);
	const styled = read(visible);
	const runs: InlineRun[] = [];
	let next = 0;
	for (let at = 0; at < styled.text.length; at += 1) {
		const sign = styled.text[at] ?? '';
		const stretch = sign === hole ? hidden[next++] : undefined;
		if (stretch !== undefined) {
			runs.push({ kind: stretch.kind, text: text.slice(stretch.start + 2, stretch.end - 2) });
			continue;
		}
		const style = styled.styles[at] ?? 0;
		const look = {
			bold: (style & styles.bold) > 0,
			italic: (style & styles.italic) > 0,
			underline: (style & styles.underline) > 0,
		};
		const last = runs.at(-1);
		if (last?.kind === 'text' && sameLook(last, look)) last.text += sign;
		else runs.push({ kind: 'text', text: sign, ...look });
	}
	return runs;
}

/** Rewrites the visible words of a text and leaves its notes and boneyards as they are. */
export function mapVisible(text: string, rewrite: (words: string) => string): string {
	let out = '';
	let from = 0;
	for (const { start, end } of stretchesOf(text)) {
		out += rewrite(text.slice(from, start)) + text.slice(start, end);
		from = end;
	}
	return out + rewrite(text.slice(from));
}

type Look = { bold: boolean; italic: boolean; underline: boolean };
const sameLook = (a: Look, b: Look): boolean =>
	a.bold === b.bold && a.italic === b.italic && a.underline === b.underline;

/** The words that are read or spoken, without anything hidden. */
export const visibleText = (runs: readonly InlineRun[]): string =>
	runs.map((run) => (run.kind === 'text' ? run.text : '')).join('');

/** A run of words with no emphasis. */
export const plainRun = (text: string): InlineRun => ({
	kind: 'text',
	text,
	bold: false,
	italic: false,
	underline: false,
});

const escape = (text: string): string => text.replace(/[*_]/g, '\\$&');

function markOf(run: Look): [string, string] {
	const stars = '*'.repeat((run.bold ? styles.bold : 0) + (run.italic ? styles.italic : 0));
	return run.underline ? [`_${stars}`, `${stars}_`] : [stars, stars];
}

/** Sets one run between its marks, line by line, with the blanks at its ends left outside. */
function dress(run: InlineRun & { kind: 'text' }, escaped: boolean): string {
	const [open, close] = markOf(run);
	return run.text
		.split('\n')
		.map((line) => {
			const words = line.trim();
			if (words === '' || open === '') return escaped ? escape(line) : line;
			const at = line.indexOf(words);
			return `${line.slice(0, at)}${open}${escaped ? escape(words) : words}${close}${line.slice(at + words.length)}`;
		})
		.join('\n');
}

/** A hidden stretch that closes where it should. */
function hide({ kind, text }: InlineRun): string {
	if (kind === 'boneyard') return `/*${text.replace(/\*\//g, '* /')}*/`;
	return `[[${text.replace(/\]\]/g, '] ]').replace(/\n[ \t\r]*(?=\n)/g, '')}]]`;
}

const stylesOf = (runs: readonly InlineRun[]): string =>
	runs
		.flatMap((run) => (run.kind === 'text' ? [...run.text].map((sign) => (sign.trim() ? markOf(run)[0] : '')) : []))
		.join(',');

/** Writes runs as Fountain marks them; what cannot be marked keeps its words and loses its look. */
export function formatInline(runs: readonly InlineRun[]): string {
	const words = visibleText(runs);
	const write = (each: (run: InlineRun & { kind: 'text' }) => string): string =>
		runs.map((run) => (run.kind === 'text' ? each(run) : hide(run))).join('');
	const says = (text: string): boolean => visibleText(parseInline(text)) === words;
	const bare = write(({ text }) => text);
	const styled = runs.some((run) => run.kind === 'text' && (run.bold || run.italic || run.underline));
	if (!styled && says(bare)) return bare;
	for (const escaped of [false, true]) {
		const text = write((run) => dress(run, escaped));
		const found = parseInline(text);
		if (visibleText(found) === words && stylesOf(found) === stylesOf(runs)) return text;
	}
	const safe = write(({ text }) => escape(text));
	// Words that look like the marks of a note are set apart, so that they stay words.
	return says(safe) ? safe : write(({ text }) => escape(text.replace(/\[\[/g, '[ [').replace(/\/\*/g, '/ *')));
}
