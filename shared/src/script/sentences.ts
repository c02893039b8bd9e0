import { linesOf } from './lines.ts';
import { plain } from './emphasis.ts';

/** A sentence and where it stands in the script. */
export type Sentence = { start: number; end: number; text: string };

const abbreviations = /(?:^|[\s"'“(])(?:Mr|Mrs|Ms|Dr|St|Prof|Sgt|Capt|vs|etc|No|[A-Z])$/;
const terminal = /[.!?。！？…]+["'”’」』)）]*/g;

/** Counts length so that a word of English and one and a half characters of Chinese weigh the same. */
export function weightOf(text: string): number {
	const chinese = text.match(/[\u3400-\u9fff\uf900-\ufaff]/g)?.length ?? 0;
	const latin =
		text.replace(/[\u3400-\u9fff\uf900-\ufaff]/g, ' ').match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
	return latin + chinese / 1.5;
}

/** True when most letters of the text are Chinese. */
export const isChinese = (text: string): boolean =>
	(text.match(/[\u3400-\u9fff\uf900-\ufaff]/g)?.length ?? 0) * 2 > (text.match(/\p{L}/gu)?.length ?? 0);

/** The words of a range of the script as they are read aloud, without notes and marks. */
export const readable = (script: string, start: number, end: number): string =>
	plain(
		linesOf(script.slice(start, end))
			.map((line) => line.text.replace(/^(?:!(?!!)|[△▲])\s*/, ''))
			.filter(Boolean)
			.join('\n'),
	).trim();

/** Cuts a range of the script at the ends of its sentences. */
export function sentencesOf(script: string, start: number, end: number): Sentence[] {
	const raw = script.slice(start, end);
	const sentences: Sentence[] = [];
	let from = 0;
	const push = (to: number): void => {
		const lead = raw.slice(from, to).search(/\S/);
		if (lead >= 0) {
			const text = readable(raw, from, to);
			if (/[\p{L}\p{N}]/u.test(text))
				sentences.push({ start: start + from + lead, end: start + from + raw.slice(from, to).trimEnd().length, text });
		}
		from = to;
	};
	const hidden = [...raw.matchAll(/\[\[[^[\]]{0,2000}\]\]|\/\*(?:[^*/]|\*(?!\/)|(?<!\*)\/(?!\*)){0,2000}\*\//g)].map(
		(match) => [match.index, match.index + match[0].length] as const,
	);
	for (const match of raw.matchAll(terminal)) {
		const stop = match.index + match[0].length;
		if (hidden.some(([first, last]) => match.index >= first && match.index < last)) continue;
		const latin = match[0].startsWith('.');
		if (latin && match[0] === '.' && abbreviations.test(raw.slice(Math.max(0, match.index - 8), match.index))) continue;
		// `3.5`, `www.x` and `...and` go on; a Chinese stop needs no space behind it.
		if (/^[.!?]/.test(match[0]) && stop < raw.length && !/\s/.test(raw[stop] ?? '')) continue;
		push(stop);
	}
	push(raw.length);
	return sentences;
}
