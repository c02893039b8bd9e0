import type { DialogueLine } from '../board/shot.ts';

/** Words on screen from `startFrame` until before `endFrame`. */
export type Subtitle = { startFrame: number; endFrame: number; character: string; text: string };

/** Widest row: 42 Latin letters, or 20 Chinese characters, which are about twice as wide. */
const rowWidth = 42;
const rowsAtOnce = 2;
const isWide = (character: string) => /[\u2e80-\u9fff\uff00-\uffef]/.test(character);
const widthOf = (text: string) => [...text].reduce((sum, character) => sum + (isWide(character) ? 2.1 : 1), 0);

/** The subtitles of one clip, each as long as its share of the spoken text; at most two rows at once. */
export function subtitlesOf(
	dialogue: readonly DialogueLine[],
	startFrame: number,
	durationFrames: number,
	fps: number,
): Subtitle[] {
	const parts = dialogue.flatMap((line) => screensOf(line.text).map((text) => ({ character: line.character, text })));
	const weights = parts.map((part) => Math.max(1, widthOf(part.text)));
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	// The picture stands for a moment before somebody speaks, and after.
	const lead = Math.min(Math.round(fps * 0.25), Math.floor(durationFrames / 8));
	const spoken = durationFrames - 2 * lead;
	let done = 0;
	return parts.flatMap((part, index) => {
		const from = startFrame + lead + Math.round((spoken * done) / total);
		done += weights[index] ?? 0;
		const until = startFrame + lead + Math.round((spoken * done) / total);
		return until > from ? [{ startFrame: from, endFrame: until, ...part }] : [];
	});
}

/** Breaks a speech into screens of at most two rows. */
function screensOf(text: string): string[] {
	const rows = rowsOf(text.replace(/\s+/g, ' ').trim());
	const screens: string[] = [];
	for (let index = 0; index < rows.length; index += rowsAtOnce)
		screens.push(rows.slice(index, index + rowsAtOnce).join('\n'));
	return screens;
}

function rowsOf(text: string): string[] {
	const rows: string[] = [];
	let row = '';
	// Latin breaks between words; Chinese between any two characters, but closing punctuation stays with what it closes.
	for (const piece of text.match(
		/[\u2e80-\u9fff\uff00-\uffef][，。！？；：、”’）》…]*|[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+/g,
	) ?? []) {
		if (row.trim() !== '' && widthOf((row + piece).trim()) > rowWidth) {
			rows.push(row.trim());
			row = '';
		}
		row += piece;
	}
	if (row.trim() !== '') rows.push(row.trim());
	return rows;
}
