import type { TitlePageEntry } from './fountain-element.ts';
import { isChineseHeading, isLatinHeading } from './heading.ts';
import { formatInline, plainRun, type InlineRun } from './inline.ts';
import { joinLines } from './laid-out.ts';
import { isLatinCue, isTransition, parseCue } from './line-kinds.ts';
import { readParts, type ScriptParagraph, type ScriptParts } from './paragraphs.ts';

const isHeading = (text: string): boolean => isLatinHeading(text) || isChineseHeading(text);

/** Rewrites links, pictures and Markdown's emphasis; Fountain underlines what Markdown leans. */
function inlineOf(text: string): string {
	const runs: InlineRun[] = [];
	const token =
		/!\[([^\]\n]*)\]\([^)\n]*\)|\[([^\]\n]+)\]\([^)\n]*\)|<!--([\s\S]*?)-->|(\*{1,3}|_{1,3})(?=\S)((?:(?!\4)[^\n])+?)(?<=\S)\4(?!\w)|\\([\\`*_{}[\]()#+.!>~-])|`([^`\n]+)`|\[\[([\s\S]*?)\]\]/g;
	let from = 0;
	const put = (words: string, mark = ''): void => {
		if (words === '') return;
		runs.push({ kind: 'text', text: words, bold: mark.length >= 2, italic: mark.length % 2 === 1, underline: false });
	};
	for (const match of text.matchAll(token)) {
		const [whole, picture, link, comment, mark, inner, escaped, code, note] = match;
		// An underscore within a word is one.
		if (mark?.startsWith('_') && /\w/.test(text[match.index - 1] ?? '')) continue;
		put(text.slice(from, match.index));
		from = match.index + whole.length;
		if (picture !== undefined) runs.push({ kind: 'note', text: picture === '' ? 'picture' : picture });
		else if (comment !== undefined) runs.push({ kind: 'boneyard', text: comment });
		else if (note !== undefined) runs.push({ kind: 'note', text: note });
		else if (inner !== undefined) put(inner, mark);
		else put(link ?? escaped ?? code ?? '');
	}
	put(text.slice(from));
	return formatInline(runs);
}

/** The block between `---` at the top, as keys of a title page. */
function frontMatter(text: string): { titlePage: TitlePageEntry[]; rest: string } {
	const [whole, inner = ''] = /^---[ \t]*\n([\s\S]*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text) ?? [];
	if (whole === undefined) return { titlePage: [], rest: text };
	const titlePage: TitlePageEntry[] = [];
	for (const line of inner.split('\n')) {
		const [, key, value] = /^([\p{L} ]{1,30})\s*[:：]\s*(.+)$/u.exec(line) ?? [];
		if (key !== undefined && value !== undefined)
			titlePage.push({
				key: key.charAt(0).toUpperCase() + key.slice(1),
				value: formatInline([plainRun(value.trim().replace(/^(["'])(.*)\1$/, '$2'))]),
			});
	}
	return {
		titlePage: titlePage.toSorted(
			(a, b) => Number(/^(?:title|标题|片名)$/i.test(b.key)) - Number(/^(?:title|标题|片名)$/i.test(a.key)),
		),
		rest: text.slice(whole.length),
	};
}

const speech =
	/^(?:\*\*|__)\s*([^*_\n：:]{1,40}?)\s*(?:[（(]([^（）()\n]{1,40})[）)])?\s*(?:[：:]\s*(?:\*\*|__)|(?:\*\*|__)\s*[：:])\s*(\S.*)$/;
const bold = /^(?:\*\*|__)([^*_\n]+)(?:\*\*|__)$/;

function character(words: string): ScriptParagraph {
	const { name, extension } = parseCue(words);
	return { type: 'character', text: formatInline([plainRun(name)]), ...(extension ? { extension } : {}) };
}

/** One block of lines without a blank one: a heading in bold, a speech, what Fountain sees in it, or a paragraph. */
function paragraphsOf(lines: readonly string[]): ScriptParagraph[] {
	const bare = lines.map((line) => (bold.exec(line)?.[1] ?? line).trim());
	const [first = ''] = bare;
	if (bare.length === 1 && isHeading(first)) return [{ type: 'scene-heading', text: first }];
	if (bare.length === 1 && isTransition(first)) return [{ type: 'transition', text: first }];
	const spoken = lines.map((line) => speech.exec(line));
	if (spoken[0]) {
		const out: ScriptParagraph[] = [];
		for (const [at, found] of spoken.entries()) {
			const last = out.at(-1);
			if (found?.[1] && found[3]) {
				out.push(
					{ type: 'character', text: formatInline([plainRun(found[1])]), ...(found[2] ? { extension: found[2] } : {}) },
					{ type: 'dialogue', text: inlineOf(found[3]) },
				);
			} else if (last) last.text = joinLines(last.text, inlineOf(lines[at] ?? ''));
		}
		return out;
	}
	if (bare.length > 1 && bold.test(lines[0] ?? '') && isLatinCue(first) && !isHeading(first))
		return [character(first), ...spokenBy(lines.slice(1))];
	if (!/^[.．!@＠~=>＞#]/.test(first)) {
		const found = readParts(`.\n\n${bare.join('\n')}`).paragraphs.slice(1);
		if (found.some(({ type }) => type === 'character' || type === 'scene-heading')) return found;
	}
	let text = '';
	for (const line of lines) {
		const words = inlineOf(line.trim().replace(/\\$/, ''));
		text = text === '' ? words : /(?: {2}|\\)$/.test(text) ? `${text}\n${words}` : joinLines(text, words);
		if (/(?: {2}|\\)$/.test(line)) text += '  ';
	}
	return [{ type: 'action', text: text.replace(/ {2}(?=\n|$)/g, '') }];
}

const spokenBy = (lines: readonly string[]): ScriptParagraph[] =>
	lines.map((line): ScriptParagraph => {
		const inner = /^[*_]*[（(](.*?)[）)][*_]*$/.exec(line)?.[1];
		return inner === undefined ? { type: 'dialogue', text: inlineOf(line) } : { type: 'parenthetical', text: inner };
	});

/** Reads Markdown: headings become sections or scene headings, speeches speeches, and prose action with its emphasis. */
export function parseMarkdown(source: string): ScriptParts {
	const { titlePage, rest } = frontMatter(source);
	const paragraphs: ScriptParagraph[] = [];
	let block: string[] = [];
	const flush = (): void => {
		if (block.length > 0) paragraphs.push(...paragraphsOf(block));
		block = [];
	};
	let fence = false;
	for (const raw of rest.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/\n\s*\n/g, '\n')).split('\n')) {
		const line = raw.replace(/^(?:\s{0,3}>\s?)+/, '');
		const heading = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line);
		if (/^\s*(?:```|~~~)/.test(line)) {
			flush();
			fence = !fence;
		} else if (line.trim() === '') flush();
		else if (fence) block.push(line.trim());
		else if (heading?.[1] && heading[2]) {
			flush();
			const words = bold.exec(heading[2])?.[1] ?? heading[2];
			paragraphs.push(
				isHeading(words)
					? { type: 'scene-heading', text: words }
					: { type: 'section', text: inlineOf(heading[2]), depth: heading[1].length },
			);
		} else if (/^\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/.test(line)) {
			flush();
			paragraphs.push({ type: 'centred', text: '\\* \\* \\*' });
		} else if (/^\s*(?:[-*+]|\d{1,3}[.)])\s+\S/.test(line)) {
			flush();
			block.push(line.trim().replace(/^[*+]\s/, '- '));
		} else block.push(line.replace(/^\s+/, ''));
	}
	flush();
	return { titlePage, paragraphs };
}
