import { limits } from '../limits.ts';

/** Where line number `count` of a text ends, without its newline; null when the text has no more lines than that. */
function endOfLine(text: string, count: number): number | null {
	let at = -1;
	for (let line = 0; line < count; line++) {
		at = text.indexOf('\n', at + 1);
		if (at === -1) return null;
	}
	// What is behind the last newline is no line.
	return at + 1 < text.length ? at : null;
}

/** Whether a script has more lines than are read of one. */
export const hasTooManyLines = (text: string): boolean => endOfLine(text, limits.linesPerScript) !== null;

/** The part of a script that is read for scenes, names and shots: all of it, but for what somebody flooded it with. Places in it are places in the whole. */
export const readPart = (text: string): string => text.slice(0, endOfLine(text, limits.linesPerScript) ?? text.length);
