import { shotSizes } from '../board/shot.ts';
import type { CameraMove, ShotAngle, ShotSize } from '../board/shot.ts';
import type { Beat, ShotBeat } from './beats.ts';
import { isLandscape, suggestionIn } from './camera.ts';
import { durationOf } from './duration.ts';

/** The frame chosen for a beat. */
export type Framed = {
	size: ShotSize;
	angle: ShotAngle;
	move: CameraMove;
	characters: string[];
	durationFrames: number;
};

export type FramingContext = {
	before: Framed | null;
	/** True for the first shot of its scene. */
	first: boolean;
	/** True when the place was not seen yet. */
	newPlace: boolean;
	interior: boolean;
	place: string;
	fps: number;
	/** The beat before this one in its scene. */
	follows: Beat | undefined;
};

const inward = /whisper|quiet|soft|low|to (?:her|him)self|crying|tears|自语|低声|轻声|小声|哽咽|喃喃/i;
const outward = /laugh|shout|yell|loud|calls|大笑|大声|喊|怒/i;

/** Speech: closer as it goes inward, over the shoulder when two people speak in turn. */
function frameSpeech(beat: ShotBeat, { before, follows, first }: FramingContext): Omit<Framed, 'durationFrames'> {
	const [line] = beat.dialogue;
	const aside = line?.parenthetical ?? '';
	const listener = beat.present.find((name) => name !== line?.character);
	if (beat.seen.length === 0)
		return { size: before?.size ?? 'MS', angle: 'eye', move: 'push in', characters: before?.characters ?? [] };
	const inTurn =
		follows?.kind !== 'transition' &&
		follows?.dialogue.at(-1) !== undefined &&
		follows.dialogue.at(-1)?.character !== line?.character;
	const goesOn = follows?.kind === 'speech' && !inTurn;
	if (inward.test(aside)) return { size: 'CU', angle: 'eye', move: 'push in', characters: beat.seen };
	if (goesOn)
		return { size: before?.size === 'MCU' ? 'CU' : 'MCU', angle: 'eye', move: 'push in', characters: beat.seen };
	if (inTurn && listener) {
		const size = before?.size === 'MCU' && before.angle === 'OTS' ? 'MCU' : before?.size === 'MS' ? 'MCU' : 'MS';
		return { size, angle: 'OTS', move: 'static', characters: [...beat.seen, listener] };
	}
	const size = outward.test(aside) || first ? 'MS' : 'MCU';
	return { size, angle: 'eye', move: 'static', characters: beat.seen };
}

function sizeOfAction(
	beat: ShotBeat,
	suggested: ShotSize | undefined,
	{ first, newPlace, interior, place }: FramingContext,
): ShotSize {
	const people = beat.seen.length;
	if (first && newPlace) {
		const open = suggested === 'EWS' || (people === 0 && suggested === undefined);
		return !interior && open && isLandscape(`${beat.action} ${place}`) ? 'EWS' : 'WS';
	}
	if (suggested)
		return people === 0 && suggested === 'MCU'
			? 'MS'
			: people > 1 && ['MCU', 'MLS'].includes(suggested)
				? 'MS'
				: suggested;
	return people > 2 ? 'FS' : people > 0 ? 'MS' : 'MLS';
}

/** Two shots of the same people in the same size do not cut well: the second one goes closer. */
function apart(size: ShotSize, characters: string[], before: Framed | null): ShotSize {
	if (!before || before.size !== size || before.characters[0] !== characters[0]) return size;
	const at = shotSizes.indexOf(size);
	return shotSizes[at > 0 ? at - 1 : at + 1] ?? size;
}

function frameAction(beat: ShotBeat, context: FramingContext): Omit<Framed, 'durationFrames'> {
	const { before, first, newPlace } = context;
	const suggested = suggestionIn(beat.action.slice(0, 2000));
	const size = sizeOfAction(beat, suggested.size, context);
	const establishing = first && newPlace;
	const close = size === 'ECU' || size === 'CU';
	const wander = establishing ? (size === 'EWS' ? 'crane' : before ? 'pan' : 'crane') : 'static';
	return {
		size: establishing ? size : apart(size, beat.seen, before),
		angle: suggested.angle ?? (size === 'EWS' ? 'high' : 'eye'),
		// A long lens cannot follow feet, and nobody tracks a landscape.
		move:
			suggested.move === 'track' && (close || (establishing && beat.seen.length === 0))
				? wander
				: (suggested.move ?? wander),
		characters: beat.seen,
	};
}

/** Chooses size, angle, move and length for a beat as its place in the scene asks; the writer's own direction wins. */
export function frameBeat(beat: ShotBeat, context: FramingContext): Framed {
	const chosen = beat.kind === 'speech' ? frameSpeech(beat, context) : frameAction(beat, context);
	const directed = beat.direction;
	const plainMove = directed?.size && !directed.move && chosen.move === 'pan' ? { move: 'static' as const } : {};
	const speech = beat.dialogue.map(({ text }) => text).join(' ');
	const extraSeconds = context.first && context.newPlace ? 0.8 : 0;
	return {
		...chosen,
		...plainMove,
		...directed,
		durationFrames: durationOf({ action: beat.action, speech, extraSeconds, fps: context.fps }),
	};
}
