import type { DialogueLine } from '../board/shot.ts';
import { directionIn, focusOf, withoutDirection } from './camera.ts';
import type { CameraHint } from './camera.ts';
import { isOffCamera } from './cast.ts';
import type { Cast } from './cast.ts';
import { speechSeconds } from './duration.ts';
import type { FountainElement } from './fountain-element.ts';
import { isChinese, sentencesOf, weightOf } from './sentences.ts';
import type { Sentence } from './sentences.ts';

/** What one shot will show and say, before anybody chose a frame for it. */
export type ShotBeat = {
	kind: 'action' | 'speech';
	start: number;
	end: number;
	action: string;
	dialogue: DialogueLine[];
	/** Who is seen, most important first. */
	seen: string[];
	/** Who else is there, latest first. */
	present: string[];
	direction: CameraHint | null;
};
export type Beat = ShotBeat | { kind: 'transition'; text: string };

/** Weights (about: words) that decide where a paragraph becomes two shots. */
const weights = { keepTogether: 18, detail: 13, most: 26, leastFar: 4, mergeAction: 16, mergeSpeech: 8 } as const;
/** A speech longer than this is cut in two. */
const longestSpeechSeconds = 7.5;

type Group = { sentences: Sentence[]; seen: string[]; direction: CameraHint | null };

function startsNew(group: Group, sentence: Sentence, seen: string[], direction: CameraHint | null): boolean {
	if (direction) return true;
	const text = group.sentences.map(({ text: words }) => words).join(' ');
	const held = weightOf(text);
	const added = weightOf(sentence.text);
	if (held + added > weights.most) return true;
	if (/^(?:They|It|Its|它)\b/.test(sentence.text)) return false;
	const from = focusOf(text);
	const to = focusOf(sentence.text);
	const lookUp = (to === 'far') !== (from === 'far') && Math.min(held, added) >= weights.leastFar;
	if (lookUp && group.seen.length > 0 !== (seen.length > 0 && to !== 'far'))
		return !isChinese(text) || held + added > weights.keepTogether;
	if (to === 'detail' && from !== 'detail' && held >= 6 && held + added > weights.detail) return true;
	const sameFocus = group.seen.length > 0 === seen.length > 0 && from === to;
	return !sameFocus && held + added > weights.keepTogether;
}

function actionBeats(script: string, element: FountainElement, cast: Cast): ShotBeat[] {
	const groups: Group[] = [];
	for (const sentence of sentencesOf(script, element.start, element.end)) {
		const seen = cast.seenIn(sentence.text);
		const direction = directionIn(sentence.text.slice(0, 2000));
		const group = groups.at(-1);
		if (!group || startsNew(group, sentence, seen, direction)) groups.push({ sentences: [sentence], seen, direction });
		else {
			group.sentences.push(sentence);
			group.seen = [...new Set([...group.seen, ...seen])];
		}
	}
	return groups.flatMap(({ sentences, seen, direction }) => {
		const [head] = sentences;
		const tail = sentences.at(-1);
		if (!head || !tail) return [];
		const words = sentences
			.map(({ text }) => text)
			.join(isChinese(head.text) ? '' : ' ')
			.replace(/\n/g, isChinese(head.text) ? '' : ' ');
		return [
			{
				kind: 'action',
				start: head.start,
				end: tail.end,
				action: withoutDirection(words.slice(0, 10_000)),
				dialogue: [],
				seen,
				present: cast.present(),
				direction,
			},
		];
	});
}

/** Cuts one dialogue element where it would outlast a shot. */
function speechParts(script: string, element: FountainElement): Sentence[] {
	const parts: Sentence[] = [];
	for (const sentence of sentencesOf(script, element.start, element.end)) {
		const last = parts.at(-1);
		const glue = isChinese(sentence.text) ? '' : ' ';
		if (last && speechSeconds(`${last.text} ${sentence.text}`) <= longestSpeechSeconds) {
			last.text += glue + sentence.text;
			last.end = sentence.end;
		} else parts.push({ ...sentence });
	}
	return parts;
}

function speechBeats(script: string, block: FountainElement[], cast: Cast): ShotBeat[] {
	const [cue] = block;
	if (!cue) return [];
	const name = cue.text.slice(0, 200);
	const seen = isOffCamera(name, cue.extension);
	const beats: ShotBeat[] = [];
	let aside = cue.extension && !seen && isChinese(cue.extension) ? cue.extension : undefined;
	let asideStart = cue.start;
	if (!seen) cast.heard(name);
	for (const element of block.slice(1)) {
		if (element.type === 'parenthetical') {
			aside = element.text;
			asideStart = beats.length === 0 ? cue.start : element.start;
			continue;
		}
		for (const part of speechParts(script, element)) {
			const line: DialogueLine = {
				character: name,
				text: part.text.replace(/\n/g, isChinese(part.text) ? '' : ' ').slice(0, 5000),
				...(aside ? { parenthetical: aside.slice(0, 500) } : {}),
			};
			const last = beats.at(-1);
			const said = last?.dialogue.map(({ text }) => text).join(' ') ?? '';
			if (last && speechSeconds(`${said} ${line.text}`) <= longestSpeechSeconds) {
				last.dialogue.push(line);
				last.end = part.end;
			} else {
				const start = beats.length === 0 ? cue.start : aside ? asideStart : part.start;
				beats.push({
					kind: 'speech',
					start,
					end: part.end,
					action: '',
					dialogue: [line],
					seen: seen ? [] : [name],
					present: cast.present(),
					direction: null,
				});
			}
			aside = undefined;
		}
	}
	return beats;
}

/** A short action by the one who then speaks is the same shot, unless it opens the scene: that one stands back. */
function joins(before: Beat | undefined, speech: ShotBeat, first: boolean): before is ShotBeat {
	if (before?.kind !== 'action' || before.dialogue.length > 0 || first) return false;
	const [line] = speech.dialogue;
	const voice = speech.seen.length === 0;
	return (
		line !== undefined &&
		(voice || (before.seen[0] === line.character && before.seen.length === 1)) &&
		weightOf(before.action) <= weights.mergeAction &&
		weightOf(line.text) <= weights.mergeSpeech &&
		speech.dialogue.length === 1
	);
}

/** Turns what stands under a heading into beats: one for each shot, and the transitions between. */
export function beatsOf(script: string, elements: FountainElement[], cast: Cast): Beat[] {
	const beats: Beat[] = [];
	for (let index = 0; index < elements.length; index += 1) {
		const element = elements[index];
		if (!element) break;
		if (element.type === 'transition') beats.push({ kind: 'transition', text: element.text });
		else if (element.type === 'action') beats.push(...actionBeats(script, element, cast));
		else if (element.type === 'lyrics') {
			beats.push(
				...sentencesOf(script, element.start, element.end)
					.slice(0, 1)
					.map((sentence): ShotBeat => ({
						kind: 'action',
						start: sentence.start,
						end: element.end,
						action: element.text.replace(/\n/g, ' '),
						dialogue: [],
						seen: [],
						present: cast.present(),
						direction: null,
					})),
			);
		} else if (element.type === 'character') {
			let next = index + 1;
			while (['parenthetical', 'dialogue'].includes(elements[next]?.type ?? '')) next += 1;
			for (const speech of speechBeats(script, elements.slice(index, next), cast)) {
				const before = beats.at(-1);
				if (joins(before, speech, beats.length === 1)) {
					before.dialogue = speech.dialogue;
					before.end = speech.end;
				} else beats.push(speech);
			}
			index = next - 1;
		}
	}
	return beats;
}
