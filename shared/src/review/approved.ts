import type { ShotOnBoard } from '../project/document.ts';

/**
 * What was approved of a shot, as one text: its words, its camera, its length and the picture in use. Its number and its place are none of it, nor is
 * the place of its words in the script: a scene that is moved changes no shot.
 */
export function approvedContent(shot: ShotOnBoard, takeId: string | null): string {
	const { size, angle, move, characters, place, interior, timeOfDay, action, dialogue, prompt } = shot;
	const { durationFrames, transition, seed, omitted } = shot;
	const { style = null, promptOverride = '', negativePrompt = '' } = shot;
	// Only where there is any, so that what was approved before there could be stays approved.
	const own =
		style === null && promptOverride === '' && negativePrompt === '' ? [] : [[style, promptOverride, negativePrompt]];
	return JSON.stringify([
		[size, angle, move, characters, place, interior, timeOfDay, action, prompt],
		dialogue.map(({ character, text, parenthetical }) => [character, text, parenthetical ?? null]),
		[durationFrames, transition, seed, omitted, takeId],
		...own,
	]);
}
