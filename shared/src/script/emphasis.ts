/** How words are set: `*italic*`, `**bold**`, `_underlined_`. */
export type EmphasisKind = 'bold' | 'italic' | 'underline';

/** A stretch that is set in one way; `start` and `end` hold its marks, the inner ones only the words. */
export type EmphasisSpan = { kind: EmphasisKind; start: number; innerStart: number; innerEnd: number; end: number };

/** What the marks of a line of Fountain say: which stretches are set how, and which signs are marks and not words. */
export type Emphasis = { spans: EmphasisSpan[]; marks: { start: number; end: number }[] };

type Opener = { sign: string; at: number; left: number; length: number };

/** A line with more marks waiting for their twin is no line of a script. */
const mostOpen = 40;
/** Nor is a longer one: its marks stay as they are. */
const longestLine = 50_000;

const isSpace = (sign: string | undefined): boolean => sign === undefined || /\s/.test(sign);
const isWord = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}_]/u.test(sign);
const nothing: Emphasis = { spans: [], marks: [] };

/** How many signs a closing run takes off an opening one: one and two are only for each other, three serves both. */
function taken(opener: Opener, left: number): number {
	if (opener.sign === '_') return 1;
	const fits = opener.left === left || opener.length >= 3 || left >= 3;
	return fits ? Math.min(2, opener.left, left) : 0;
}

function readLine(text: string, from: number, to: number, found: Emphasis): void {
	const openers: Opener[] = [];
	for (let at = from; at < to; at++) {
		const sign = text[at];
		if (sign === '\\' && at + 1 < to && (text[at + 1] === '*' || text[at + 1] === '_')) {
			found.marks.push({ start: at, end: at + 1 });
			at++;
			continue;
		}
		if (sign !== '*' && sign !== '_') continue;
		let stop = at + 1;
		while (sign === '*' && stop < to && text[stop] === '*') stop++;
		const before = at > from ? text[at - 1] : undefined;
		const after = stop < to ? text[stop] : undefined;
		const length = stop - at;
		const closes = !isSpace(before) && (sign === '*' || !isWord(after));
		const opens = !isSpace(after) && (sign === '*' || !isWord(before));
		let left = length;
		// A run longer than three is a line of stars, not emphasis.
		for (let index = openers.length - 1; closes && left > 0 && length <= 3 && index >= 0; index--) {
			const opener = openers[index];
			if (opener?.sign !== sign || opener.at + opener.length === at) continue;
			let count = taken(opener, left);
			while (count > 0) {
				const innerStart = opener.at + opener.left;
				const innerEnd = stop - left;
				found.spans.push({
					kind: sign === '_' ? 'underline' : count === 2 ? 'bold' : 'italic',
					start: innerStart - count,
					innerStart,
					innerEnd,
					end: innerEnd + count,
				});
				found.marks.push({ start: innerStart - count, end: innerStart }, { start: innerEnd, end: innerEnd + count });
				opener.left -= count;
				left -= count;
				count = opener.left > 0 && left > 0 ? taken(opener, left) : 0;
			}
			// What was opened inside and never closed is only a sign.
			if (opener.left === 0) openers.length = index;
			else openers.length = index + 1;
		}
		if (left === length && opens && length <= 3 && openers.length < mostOpen)
			openers.push({ sign, at, left: length, length });
		at = stop - 1;
	}
}

/** Finds the emphasis of Fountain; it never runs over the end of a line, and a mark beside a space is only a sign. */
export function emphasisOf(text: string): Emphasis {
	if (!/[*_]/.test(text)) return nothing;
	const found: Emphasis = { spans: [], marks: [] };
	for (let from = 0; from <= text.length;) {
		const newline = text.indexOf('\n', from);
		const to = newline < 0 ? text.length : newline;
		if (to - from <= longestLine) readLine(text, from, to, found);
		from = to + 1;
	}
	found.spans.sort((a, b) => a.start - b.start || b.end - a.end);
	found.marks.sort((a, b) => a.start - b.start);
	return found;
}

/** Takes `*emphasis*` and `_underlines_` off words that are to be read, not typeset. */
export function plain(text: string): string {
	const { marks } = emphasisOf(text);
	let words = '';
	let at = 0;
	for (const { start, end } of marks) {
		words += text.slice(at, start);
		at = end;
	}
	return words + text.slice(at);
}
