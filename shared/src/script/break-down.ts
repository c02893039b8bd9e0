import type { ShotContent } from '../board/shot.ts';
import { beatsOf } from './beats.ts';
import type { Beat } from './beats.ts';
import { transitionIn } from './camera.ts';
import { createCast, namesIn } from './cast.ts';
import { frameBeat } from './framing.ts';
import type { Framed } from './framing.ts';
import { parseFountain, parseHeading } from './fountain.ts';
import { readPart } from './read-part.ts';
import { scenesOf } from './scenes.ts';

export { charactersOf } from './cast.ts';
export { durationOf, speechSeconds } from './duration.ts';

/** A shot the rules propose, with the range of the script it comes from. */
export type ProposedShot = { start: number; end: number; content: ShotContent };
/** A scene the rules propose; `heading` is empty for words without one. */
export type ProposedScene = { heading: string; headingStart: number; headingEnd: number; shots: ProposedShot[] };

/** Breaks a script down into scenes and shots by rules alone. */
export function breakDown(whole: string, { fps }: { fps: number }): ProposedScene[] {
	const text = readPart(whole);
	const script = parseFountain(text);
	const cast = createCast(namesIn(script));
	const places = new Set<string>();
	let before: Framed | null = null;
	let last: ProposedShot | null = null;
	let directedMove = false;
	const scenes = scenesOf(script).map((scene) => {
		const set = parseHeading(scene.heading);
		const shots: ProposedShot[] = [];
		const newPlace = !places.has(set.place.toUpperCase());
		places.add(set.place.toUpperCase());
		cast.enter();
		const beats = beatsOf(text, scene.elements, cast);
		beats.forEach((beat: Beat, index) => {
			if (beat.kind === 'transition') {
				// A transition at the head of a scene without shots belongs to the scene before.
				if (last) last.content.transition = transitionIn(beat.text);
				return;
			}
			const framed: Framed = frameBeat(beat, {
				before,
				first: shots.length === 0,
				newPlace,
				interior: set.interior,
				place: set.place,
				fps,
				follows: beats[index - 1],
			});
			const { size, angle, move, durationFrames } = framed;
			const content: ShotContent = {
				size,
				angle,
				move,
				characters: framed.characters.slice(0, 50),
				place: set.place.slice(0, 500),
				interior: set.interior,
				timeOfDay: set.timeOfDay,
				action: beat.action.slice(0, 10_000),
				dialogue: beat.dialogue.slice(0, 100),
				prompt: '',
				durationFrames,
				transition: 'cut',
			};
			last = { start: beat.start, end: beat.end, content };
			before = framed;
			directedMove = beat.direction?.move !== undefined;
			shots.push(last);
		});
		return { heading: scene.heading, headingStart: scene.headingStart, headingEnd: scene.headingEnd, shots };
	});
	finish(scenes.at(-1)?.shots.at(-1), directedMove);
	return scenes;
}

/** The film ends by drawing back and fading, unless the writer wants it otherwise. */
function finish(shot: ProposedShot | undefined, directedMove: boolean): void {
	if (!shot) return;
	const drawBack =
		!directedMove && shot.content.dialogue.length === 0 && ['static', 'track', 'push in'].includes(shot.content.move);
	if (drawBack) shot.content.move = 'pull out';
	if (shot.content.transition === 'cut') shot.content.transition = 'fade';
}
