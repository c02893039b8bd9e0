import type { FountainElement } from './fountain-element.ts';
import type { FountainScript } from './fountain.ts';
import type { ScriptBlocks } from './script-blocks.ts';

/** What stands under one heading; the ranges of all scenes follow each other without overlap. */
export type ScriptScene = {
	/** The heading without a forcing dot; empty for words before any heading. */
	heading: string;
	headingStart: number;
	headingEnd: number;
	start: number;
	end: number;
	elements: FountainElement[];
};

const storyTypes: ReadonlySet<string> = new Set(['action', 'character', 'parenthetical', 'dialogue', 'lyrics']);

/** Cuts a script at its headings; words before the first heading make a scene without one. */
export function scenesOf(script: FountainScript): ScriptScene[] {
	const scenes: ScriptScene[] = [];
	let current: ScriptScene = {
		heading: '',
		headingStart: 0,
		headingEnd: 0,
		start: 0,
		end: script.length,
		elements: [],
	};
	const close = (end: number): void => {
		current.end = end;
		if (current.heading !== '' || current.elements.some((element) => storyTypes.has(element.type)))
			scenes.push(current);
	};
	for (const element of script.elements) {
		if (element.type === 'scene-heading') {
			close(element.start);
			current = {
				heading: element.text,
				headingStart: element.start,
				headingEnd: element.end,
				start: element.start,
				end: script.length,
				elements: [],
			};
		} else if (element.type !== 'title-page') current.elements.push(element);
	}
	close(script.length);
	return scenes;
}

/** The heading of a scene and where its letters stand; empty for words before any heading. */
export type Heading = { heading: string; start: number; end: number };

/** The headings alone of what `scenesOf` finds. */
export function headingsOf({ blocks, starts }: ScriptBlocks): Heading[] {
	const headings: Heading[] = [];
	let current: Heading = { heading: '', start: 0, end: 0 };
	let isTold = false;
	const close = (): void => {
		if (current.heading !== '' || isTold) headings.push(current);
	};
	for (const [number, { elements }] of blocks.entries()) {
		const at = starts[number] ?? 0;
		for (const { type, text, start, end } of elements) {
			if (type === 'scene-heading') {
				close();
				current = { heading: text, start: at + start, end: at + end };
				isTold = false;
			} else isTold ||= storyTypes.has(type);
		}
	}
	close();
	return headings;
}
