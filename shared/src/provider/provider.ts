import * as z from 'zod';
import { ShotContent } from '../board/shot.ts';
import { StyleName } from '../style/style.ts';

/** What fulfils tasks that generate. */
export const providerNames = ['sketch', 'comfyui'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Smallest and largest side of a picture, in pixels. */
export const pictureSidePx = { min: 64, max: 4096 } as const;
const Side = z.int().min(pictureSidePx.min).max(pictureSidePx.max);

/** How a named character looks, from the bible or found in the text. */
export const CharacterLook = z.strictObject({ name: z.string().max(200), description: z.string().max(2000) });

/** Everything a provider needs to make one picture. Plain data: stored in the task, digested for the fingerprint. */
export const PictureRequest = z.strictObject({
	/** Label of the shot on the board, e.g. `1A`; drawn in a corner by the sketch provider. */
	label: z.string().max(20),
	shot: ShotContent,
	looks: z.array(CharacterLook).max(50),
	style: StyleName,
	seed: z
		.int()
		.min(0)
		.max(2 ** 53 - 1),
	widthPx: Side,
	heightPx: Side,
	/** Of a provider that has several: the name of its workflow. */
	workflow: z.string().max(60).optional(),
	negativePrompt: z.string().max(10_000).optional(),
	steps: z.int().min(1).max(150).optional(),
	guidance: z.number().min(0).max(30).optional(),
});

export type CharacterLook = z.infer<typeof CharacterLook>;
export type PictureRequest = z.infer<typeof PictureRequest>;

/** The stages of a sketch in the order they are drawn. */
export const sketchStages = ['layout', 'background', 'figures', 'light', 'finish'] as const;
export type SketchStage = (typeof sketchStages)[number];
