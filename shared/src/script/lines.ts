/** What hides a stretch of the text from the story. */
export type Hidden = 'note' | 'boneyard';

/** One line of the script without its newline. */
export type Line = {
	start: number;
	end: number;
	/** The line without notes and boneyard, trimmed. */
	text: string;
	blank: boolean;
	/** Two or more spaces and nothing else: keeps a speech or a note going. */
	spaces: boolean;
	/** Set when the line holds nothing but hidden words. */
	hidden?: Hidden;
	/** True when a hidden stretch of the line before runs on into this one. */
	continues: boolean;
};

/** A note or boneyard with its brackets. */
export type Stretch = { start: number; end: number; kind: Hidden };

const onlySpaces = /^[ \t]{2,}\r?$/;

/** Where a line that is blank and holds no two spaces begins, in a part of the text; -1 when there is none. */
function blankLineIn(text: string): number {
	for (const match of text.matchAll(/\n([^\S\n]*)(?=\n)/g)) if (!onlySpaces.test(match[1] ?? '')) return match.index;
	return -1;
}

/** Finds the notes and boneyards; one that never closes hides nothing, so that typing `/*` does not blank the script. */
export function stretchesOf(text: string): Stretch[] {
	const found: Stretch[] = [];
	const opening = /\/\*|\[\[/g;
	let boneyards = true;
	let notes = true;
	for (let match = opening.exec(text); match && (boneyards || notes); match = opening.exec(text)) {
		const kind = match[0] === '[[' ? 'note' : 'boneyard';
		if (!(kind === 'note' ? notes : boneyards)) continue;
		const closing = text.indexOf(kind === 'note' ? ']]' : '*/', match.index + 2);
		if (closing < 0) {
			if (kind === 'note') notes = false;
			else boneyards = false;
			continue;
		}
		const gap = kind === 'note' ? blankLineIn(text.slice(match.index, closing)) : -1;
		if (gap >= 0) {
			opening.lastIndex = match.index + gap + 1;
			continue;
		}
		found.push({ start: match.index, end: closing + 2, kind });
		opening.lastIndex = closing + 2;
	}
	return found;
}

/** Splits a script into lines and takes the hidden stretches out of their text. */
export function linesOf(text: string, stretches = stretchesOf(text)): Line[] {
	const lines: Line[] = [];
	let next = 0;
	for (let start = 0; start <= text.length;) {
		const newline = text.indexOf('\n', start);
		const stop = newline < 0 ? text.length : newline;
		const end = stop > start && text[stop - 1] === '\r' ? stop - 1 : stop;
		let visible = '';
		let from = start;
		let hidden: Hidden | undefined;
		let continues = false;
		while (next < stretches.length) {
			const stretch = stretches[next];
			if (!stretch || stretch.start >= end) break;
			hidden ??= stretch.kind;
			continues ||= stretch.start < start;
			if (stretch.start > from) visible += text.slice(from, stretch.start);
			from = Math.min(stretch.end, end);
			if (stretch.end > end) break;
			next += 1;
		}
		visible += text.slice(from, end);
		const trimmed = visible.trim();
		const raw = text.slice(start, end);
		const blank = raw.trim() === '';
		lines.push({
			start,
			end,
			text: trimmed,
			blank,
			continues,
			spaces: onlySpaces.test(raw),
			...(hidden && trimmed === '' && !blank ? { hidden } : {}),
		});
		if (newline < 0) break;
		start = newline + 1;
	}
	return lines;
}
