import type { FountainElement, TitlePageEntry } from './fountain-element.ts';
import { linesOf, stretchesOf } from './lines.ts';
import type { Stretch } from './lines.ts';
import { parseLines } from './parse-lines.ts';

export { parseHeading } from './heading.ts';

export type FountainScript = {
	titlePage: TitlePageEntry[];
	elements: FountainElement[];
	length: number;
	/** Notes and boneyards with their brackets, those inside of lines too. */
	hidden: Stretch[];
};

/** Classifies every line of a Fountain script, English or Chinese; total: any text gives elements in text order. */
export function parseFountain(text: string): FountainScript {
	const hidden = stretchesOf(text);
	return { ...parseLines(text, linesOf(text, hidden), true), length: text.length, hidden };
}
