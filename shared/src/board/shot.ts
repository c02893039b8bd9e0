import * as z from 'zod';
import { Id } from '../id.ts';
import { StyleName } from '../style/style.ts';

/** Shot sizes from the tightest to the widest. */
export const shotSizes = ['ECU', 'CU', 'MCU', 'MS', 'MLS', 'FS', 'WS', 'EWS'] as const;
export const shotAngles = ['eye', 'low', 'high', 'overhead', 'dutch', 'POV', 'OTS'] as const;
export const cameraMoves = [
	'static',
	'pan',
	'tilt',
	'push in',
	'pull out',
	'track',
	'crane',
	'handheld',
	'arc',
	'zoom',
] as const;
export const timesOfDay = ['dawn', 'morning', 'day', 'dusk', 'evening', 'night', 'unknown'] as const;
/** How a shot goes over into the next one. */
export const shotTransitions = ['cut', 'fade', 'dissolve', 'wipe'] as const;

export const ShotSize = z.enum(shotSizes);
export const ShotAngle = z.enum(shotAngles);
export const CameraMove = z.enum(cameraMoves);
export const TimeOfDay = z.enum(timesOfDay);
export const ShotTransition = z.enum(shotTransitions);

/** One line of speech within a shot. */
export const DialogueLine = z.strictObject({
	character: z.string().max(200),
	text: z.string().max(5000),
	parenthetical: z.string().max(500).optional(),
});

/** What is seen and heard in a shot, apart from its place on the board. */
export const ShotContent = z.strictObject({
	size: ShotSize,
	angle: ShotAngle,
	move: CameraMove,
	/** Names as the script writes them, in order of importance. */
	characters: z.array(z.string().max(200)).max(50),
	/** The place alone, e.g. `MARKET STREET`; `interior` says which side of its walls. */
	place: z.string().max(500),
	interior: z.boolean(),
	timeOfDay: TimeOfDay,
	action: z.string().max(10_000),
	dialogue: z.array(DialogueLine).max(100),
	/** Words for the picture; empty means "made from the fields above". */
	prompt: z.string().max(10_000),
	/** Length in frames at the project's fps. */
	durationFrames: z.int().min(1).max(1_000_000),
	transition: ShotTransition,
});

/** Who took a shot off the board, and when. */
export const WhoOmitted = z.strictObject({ id: Id, name: z.string().max(200), at: z.iso.datetime() });
export type WhoOmitted = z.infer<typeof WhoOmitted>;

/** One storyboard cell. */
export const Shot = ShotContent.extend({
	id: Id,
	sceneId: Id,
	/** Sort key within the scene (fractional index; ties by id). */
	order: z.string().max(200),
	/** The take in use; null means the newest one. */
	selectedTakeId: Id.nullable(),
	/** Seed of the pictures; null lets each take choose its own. */
	seed: z
		.int()
		.min(0)
		.max(2 ** 53 - 1)
		.nullable(),
	/** Of its pictures; without one the project's. */
	style: StyleName.nullable().optional(),
	/** Words that are sent in place of those that are folded of everything else; empty means the folded ones. */
	promptOverride: z.string().max(10_000).optional(),
	/** What its pictures must not show, beside what bible and style say. */
	negativePrompt: z.string().max(2000).optional(),
	/** True when its text is gone: kept and restorable. */
	omitted: z.boolean(),
	/** Set when the reconciler omitted it because its text went; only then does it come back with the text. */
	omittedBy: z.literal('text').optional(),
	/** Set when somebody omitted it; for telling, never for deciding. */
	omittedWho: WhoOmitted.optional(),
});

export type ShotSize = z.infer<typeof ShotSize>;
export type ShotAngle = z.infer<typeof ShotAngle>;
export type CameraMove = z.infer<typeof CameraMove>;
export type TimeOfDay = z.infer<typeof TimeOfDay>;
export type ShotTransition = z.infer<typeof ShotTransition>;
export type DialogueLine = z.infer<typeof DialogueLine>;
export type ShotContent = z.infer<typeof ShotContent>;
export type Shot = z.infer<typeof Shot>;
