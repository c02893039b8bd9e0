import * as z from 'zod';

/** Control characters, halves of surrogate pairs, and marks that turn the direction of what stands behind them: no name needs them, and they spoil the line a name is shown in. */
const spoiling = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** The same for words of many lines. */
const spoilingWords = /(?![\t\n\r])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;
/** A name is there to be seen. */
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** The schema of every name that people give: of themselves, workspaces, projects, versions. One line, trimmed, with something to see in it. */
export const nameUpTo = (chars: number) =>
	z
		.string()
		.trim()
		.min(1)
		.max(chars)
		.refine((name) => !spoiling.test(name) && visible.test(name), 'A name is one line of letters that can be seen');

/** The schema of words that people write to each other: as many lines as they like, trimmed, with something to see in them. What spoils a page, as pasted words may hold, is taken out. */
export const wordsUpTo = (chars: number) =>
	z
		.string()
		.overwrite((words) => words.replace(spoilingWords, ''))
		.trim()
		.min(1)
		.max(chars)
		.refine((words) => visible.test(words), 'There is nothing to see in these words');

/** Makes a name of words from elsewhere, such as a file's name; empty when nothing is left of them. */
export function nameFrom(words: string, chars: number): string {
	const clean = words.replace(new RegExp(spoiling, 'gu'), ' ').replace(/\s+/g, ' ').trim();
	// Cut between characters, never through one.
	const cut = clean
		.slice(0, chars)
		.replace(/[\ud800-\udbff]$/, '')
		.trim();
	return visible.test(cut) ? cut : '';
}
