import { limits } from '../limits.ts';
import type { CharacterLook } from '../provider/provider.ts';
import { parseFountain } from './fountain.ts';
import type { FountainScript } from './fountain.ts';
import { cameraWords } from './line-kinds.ts';
import { readPart } from './read-part.ts';
import { isChinese, sentencesOf } from './sentences.ts';

type Gender = 'female' | 'male' | 'unknown';

const femaleName =
	/\b(?:girl|woman|mother|grandmother|granny|aunt|sister|daughter|wife|queen|princess|lady|mrs|ms|miss|witch|bride|nun|waitress|actress|she|mum|mom|grandma)\b|妻|母|女|娘|妈|奶|婆|姐|妹|姑|嫂|媳/i;
const maleName =
	/\b(?:boy|man|gentleman|father|grandfather|uncle|brother|son|husband|king|prince|lord|mr|monk|waiter|he|dad|grandpa|policeman)\b|父|爷|叔|伯|公|叟|翁|哥|弟|帝|王|夫|爹|爸/i;

const genderOf = (name: string): Gender =>
	femaleName.test(name) ? 'female' : maleName.test(name) ? 'male' : 'unknown';
const escaped = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const patternOf = (name: string): RegExp =>
	isChinese(name)
		? new RegExp(escaped(name), 'u')
		: new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, 'iu');
/** Whether a pattern has a chance at all; most names are not in most sentences, and this look is much cheaper. */
const mayHold = (lowered: string, name: string): boolean => lowered.includes(name.toLowerCase());

// Capitals elsewhere are as often a sound (`slams SHUT`): these words before them make a person likely.
const introduced =
	/(?:\b(?:A|An|The|Old|Young|His|Her|Their|Two|a|an|the|old|young|his|her|their|and|with|to|towards?|behind|beside|sees|meets|finds|gives|hands|tells|follows|watches|joins|hugs|kisses|leads|calls|asks|helps|fights)\s+|^)([A-Z][A-Z'’-]{2,}(?: [A-Z][A-Z'’-]+){0,2})(?![\p{L}:])/gu;
const offCamera = /V\.?O|O\.?S|O\.?C|画外|旁白|话外|内心/i;

/** True for a voice whose speaker is not seen. */
export const isOffCamera = (name: string, extension: string | undefined): boolean =>
	offCamera.test(extension ?? '') || /^(?:NARRATOR|VOICE|旁白|画外音|解说)$/i.test(name);

/** The names of a script in the order they appear, as many as are followed: who speaks, and who is introduced in capitals. */
export function namesIn(script: FountainScript): string[] {
	const names = new Set<string>();
	for (const element of script.elements) {
		if (element.type === 'character' && element.text && !isOffCamera(element.text, undefined))
			names.add(element.text.slice(0, 200));
		if (element.type !== 'action' || element.text === element.text.toUpperCase()) continue;
		for (const match of element.text.matchAll(introduced)) {
			const name = match[1];
			if (
				name &&
				name.length <= 100 &&
				!cameraWords.test(element.text.slice(match.index + match[0].length - name.length))
			)
				names.add(name);
		}
	}
	return [...names].slice(0, limits.charactersPerScript);
}

/** Follows who is meant by names and pronouns, sentence by sentence. */
export type Cast = {
	/** Who is seen in the words, most important first. */
	seenIn(text: string): string[];
	/** Tells the cast that somebody speaks. */
	heard(name: string): void;
	/** A new scene begins: the group starts empty. */
	enter(): void;
	/** Everybody met in this scene, latest first. */
	present(): string[];
};

/** Nobody means by a pronoun, or shows in one frame, whom they met this long ago. */
const mostRemembered = 50;

/** Starts to follow a cast. */
export function createCast(names: string[]): Cast {
	const people = names
		.map((name) => ({ name, pattern: patternOf(name) }))
		.sort((a, b) => b.name.length - a.name.length);
	let recent: string[] = [];
	let present: string[] = [];
	const note = (name: string): void => {
		recent = [name, ...recent.filter((other) => other !== name)].slice(0, mostRemembered);
		present = [name, ...present.filter((other) => other !== name)].slice(0, mostRemembered);
	};
	const latest = (gender: Gender): string | undefined => {
		const sure = recent.find((name) => genderOf(name) === gender);
		const maybe = recent.filter((name) => genderOf(name) === 'unknown');
		// Of two people who could both be meant, neither is.
		return sure ?? (maybe.length === 1 ? maybe[0] : undefined);
	};
	return {
		seenIn(text) {
			const found: { name: string; at: number }[] = [];
			let rest = text;
			const lowered = text.toLowerCase();
			for (const { name, pattern } of people) {
				const match = mayHold(lowered, name) ? pattern.exec(rest) : null;
				if (!match) continue;
				found.push({ name, at: match.index });
				// A name inside a longer one that was found is not a second person.
				rest = rest.replace(new RegExp(pattern.source, `${pattern.flags}g`), (hit) => '\u0000'.repeat(hit.length));
			}
			const seen = found.sort((a, b) => a.at - b.at).map(({ name }) => name);
			if (/\b(?:the two of them|both of them|they both)\b|两人|二人|两个人/i.test(text))
				seen.push(...recent.slice(0, 2));
			else if (/众人|一家人|大家|\beverybody\b|\bthey all\b/i.test(text)) seen.push(...[...present].reverse());
			for (const [pattern, gender] of [
				[/\b(?:she|her|hers|herself)\b|她/i, 'female'],
				[/\b(?:he|him|his|himself)\b|他(?!们)/i, 'male'],
			] as const) {
				if (!pattern.test(text) || seen.some((name) => [gender, 'unknown'].includes(genderOf(name)))) continue;
				const meant = latest(gender);
				if (meant) seen.push(meant);
			}
			const unique = [...new Set(seen)];
			for (const name of [...unique].reverse()) note(name);
			return unique;
		},
		heard: note,
		enter() {
			present = [];
		},
		present: () => present,
	};
}

/** Every named character with the words that describe it where it first appears. */
export function charactersOf(whole: string): CharacterLook[] {
	const text = readPart(whole);
	const script = parseFountain(text);
	const names = namesIn(script);
	const people = names.map((name) => ({ name, pattern: patternOf(name) }));
	const sentences = script.elements
		.filter((element) => element.type === 'action')
		.flatMap((element) => sentencesOf(text, element.start, element.end));
	const lowered = sentences.map((sentence) => sentence.text.toLowerCase());
	return people.map(({ name, pattern }) => {
		const at = sentences.findIndex(
			(sentence, index) => mayHold(lowered[index] ?? '', name) && pattern.test(sentence.text),
		);
		const sentence = sentences[at]?.text ?? '';
		const others = people.filter(
			(other) => other.pattern !== pattern && mayHold(lowered[at] ?? '', other.name) && other.pattern.test(sentence),
		);
		// With two people in one Chinese sentence, only the clauses of this one describe it.
		const own =
			others.length > 0 && isChinese(sentence)
				? sentence
						.split(/[，；,;。]/)
						.filter((clause) => pattern.test(clause))
						.join('，')
				: sentence;
		const next = sentences[at + 1]?.text ?? '';
		const goesOn =
			at >= 0 && others.length === 0 && /^(?:Her|His|Their|She is|He is|She has|He has|她的|他的)\b/.test(next);
		return { name, description: (goesOn ? `${own} ${next}` : own).slice(0, 2000) };
	});
}
