/** What a piece of a script is. */
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

/** One line of the title page. */
export type TitlePageEntry = { key: string; value: string };
