import { isChineseHeading, isLatinHeading } from '@reelroom/shared/script/heading.ts';
import { isChineseTransition, isLatinCue, isParenthetical, isTransition } from '@reelroom/shared/script/line-kinds.ts';

/** Kinds that a person can give a line, in the order of their keys. */
export const writtenKinds = [
	'scene-heading',
	'action',
	'character',
	'parenthetical',
	'dialogue',
	'transition',
	'lyrics',
	'centred',
	'section',
	'synopsis',
	'note',
	'page-break',
] as const;
export type WrittenKind = (typeof writtenKinds)[number];

const cjk = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]/;
/** Signs without capitals stay as they are. */
const upper = (words: string): string => words.toUpperCase();

/** The words of a line without the marks that decide its kind. */
export function bareWords(line: string): string {
	const text = line.trim();
	if (/^={3,}$/.test(text)) return '';
	const note = /^\[\[(.*)\]\]$/s.exec(text);
	if (note?.[1] !== undefined) return note[1].trim();
	const words = text
		.replace(/^(?:[.．](?=[^.．\s])|[!@＠~]|[>＞]\s*|[#＃]{1,6}\s*|=\s*)/, '')
		.replace(/\s*(?:[<＜]|\^)$/, '');
	return isParenthetical(words) ? words.slice(1, -1).trim() : words.trim();
}

/** A line as Fountain writes it to be of a kind; a mark is set only where the words do not say it themselves. */
export function writeAs(kind: WrittenKind, words: string): string {
	switch (kind) {
		case 'scene-heading': {
			const heading = upper(words);
			return heading === '' || isLatinHeading(heading) || isChineseHeading(heading) ? heading : `.${heading}`;
		}
		case 'character': {
			const name = cjk.test(words) ? words : upper(words);
			return name === '' || (isLatinCue(name) && !isLatinHeading(name)) ? name : `@${name}`;
		}
		case 'parenthetical':
			return cjk.test(words) ? `（${words}）` : `(${words})`;
		case 'transition': {
			const told = upper(words);
			return told !== '' && isTransition(told) ? told : `> ${told}`;
		}
		case 'action': {
			const other =
				isLatinHeading(words) || isChineseHeading(words) || isTransition(words) || isChineseTransition(words);
			return other || isLatinCue(words) || /^[.!@~>#=]/.test(words) ? `!${words}` : words;
		}
		case 'dialogue':
			return words;
		case 'lyrics':
			return `~${words}`;
		case 'centred':
			return `> ${words} <`;
		case 'section':
			return `# ${words}`;
		case 'synopsis':
			return `= ${words}`;
		case 'note':
			return `[[${words}]]`;
		case 'page-break':
			return '===';
	}
}

/** Kinds that hang on to the line above instead of beginning a paragraph. */
export const isAttached = (kind: WrittenKind): boolean => kind === 'parenthetical' || kind === 'dialogue';
