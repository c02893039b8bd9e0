import { isChinese, weightOf } from './sentences.ts';

/** Shortest and longest shot that the rules propose, in seconds. */
export const shotSeconds = { min: 2, max: 8 } as const;

/** Time it takes to say the words: about 2.5 words of English or 4 characters of Chinese a second. */
export function speechSeconds(text: string): number {
	const weight = weightOf(text);
	return isChinese(text) ? (weight * 1.5) / 4 : weight / 2.5;
}

/** Time it takes to see what the words tell. */
export const actionSeconds = (text: string): number => (text === '' ? 0 : 1.2 + weightOf(text) * 0.2);

/** Length of a shot in frames; speech and action overlap, so the shorter of the two counts half. */
export function durationOf({
	action,
	speech,
	extraSeconds = 0,
	fps,
}: {
	action: string;
	speech: string;
	extraSeconds?: number;
	fps: number;
}): number {
	const said = speech === '' ? 0 : speechSeconds(speech) + 0.8;
	const shown = actionSeconds(action);
	const seconds = Math.max(said, shown) + Math.min(said, shown) / 2 + extraSeconds;
	return Math.max(1, Math.round(Math.min(shotSeconds.max, Math.max(shotSeconds.min, seconds)) * fps));
}
