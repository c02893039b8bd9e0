import type { FountainElement, FountainScript } from './fountain.ts';

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
