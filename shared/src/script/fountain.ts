import { linesOf, stretchesOf } from './lines.ts';
import type { Stretch } from './lines.ts';
import { parseLines } from './parse-lines.ts';

export { parseHeading } from './heading.ts';

export type FountainType =
	| 'scene-heading'
	| 'action'
	| 'character'
	| 'parenthetical'
	| 'dialogue'
	| 'transition'
	| 'centred'
	| 'section'
	| 'synopsis'
	| 'note'
	| 'boneyard'
	| 'lyrics'
	| 'page-break'
	| 'title-page';

/** A piece of a script and where it stands, in UTF-16 units. */
export type FountainElement = {
	type: FountainType;
	start: number;
	/** Offset behind the last character; the newline is not part of it. */
	end: number;
	/** The words without the marks of Fountain; lines of a paragraph are kept apart by newlines. */
	text: string;
	sceneNumber?: string;
	/** True when a mark such as `.`, `!`, `@` or `>` decided the type. */
	forced?: boolean;
	/** Level of a section, 1 for `#`. */
	depth?: number;
	/** What stands in brackets behind a character, e.g. `V.O.`; of several brackets, `V.O.) (CONT'D`. */
	extension?: string;
	/** True for the second speaker of a dual dialogue. */
	dual?: boolean;
};

export type TitlePageEntry = { key: string; value: string };
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
