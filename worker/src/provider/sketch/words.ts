import wordTables from '@reelroom/shared/defaults/sketch/words.json' with { type: 'json' };
import * as z from 'zod';

const Row = z.strictObject({
	kind: z.string(),
	en: z.array(z.string()),
	zh: z.array(z.string()),
	inside: z.boolean().optional(),
});
const Table = z.array(Row);
const WordTables = z.strictObject({
	places: Table,
	times: Table,
	weather: Table,
	verbs: Table,
	props: Table,
	things: Table,
	traits: Table,
	moods: Table,
	people: Table,
	crowd: Table,
	colours: Table,
});
/** Words that the sketch provider knows, read once and checked. */
export const words = WordTables.parse(wordTables);
export type WordRow = z.infer<typeof Row>;

const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const patterns = new Map<WordRow, RegExp>();

function patternOf(row: WordRow): RegExp {
	const known = patterns.get(row);
	if (known) return known;
	// English matches whole words, Chinese has no word borders.
	const english = row.en.map((word) => `\\b${escaped(word)}s?\\b`);
	const pattern = new RegExp([...english, ...row.zh.map(escaped)].join('|') || '(?!)', 'i');
	patterns.set(row, pattern);
	return pattern;
}

export const mentions = (row: WordRow, text: string) => patternOf(row).test(text);
/** Where a row's word stands in a text; -1 when it does not. */
export const placeOf = (row: WordRow, text: string) => text.search(patternOf(row));
export const allKinds = (table: readonly WordRow[], text: string) =>
	table.filter((row) => mentions(row, text)).map((row) => row.kind);
export const firstKind = (table: readonly WordRow[], text: string): string | undefined =>
	table.find((row) => mentions(row, text))?.kind;
