import * as z from 'zod';
import { ShotContent } from '../board/shot.ts';
import { limits } from '../limits.ts';
import { StyleName } from '../style/style.ts';

/** What fulfils tasks that generate. */
export const providerNames = ['sketch', 'comfyui', 'volcengine', 'openai'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Smallest and largest side of a picture, in pixels. */
export const pictureSidePx = { min: 64, max: 4096 } as const;
const Side = z.int().min(pictureSidePx.min).max(pictureSidePx.max);

/** How a named character looks, from the bible or found in the text. */
export const CharacterLook = z.strictObject({ name: z.string().max(200), description: z.string().max(2000) });

/** The ways in which a picture or a clip can be made. */
export const generationKinds = [
	'text-to-image',
	'image-to-image',
	'inpaint',
	'upscale',
	'text-to-video',
	'image-to-video',
	'first-last-frame-to-video',
] as const;
export const GenerationKind = z.enum(generationKinds);
export type GenerationKind = z.infer<typeof GenerationKind>;
/** What comes out: a picture or a clip. */
export const mediaOf = (kind: GenerationKind): 'image' | 'video' => (kind.endsWith('-video') ? 'video' : 'image');

/** What a reference is for: the picture to begin with, the last frame of a clip, where to paint, what to keep to. */
export const referenceRoles = ['reference', 'last', 'mask', 'control'] as const;
/** How many pictures a request may bring along. */
export const mostReferences = 8;
/** A stored picture that the provider is given. */
export const Reference = z.strictObject({
	role: z.enum(referenceRoles),
	sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Reference = z.infer<typeof Reference>;

/** The pictures that a kind cannot do without. */
export const neededReferences: Readonly<Record<GenerationKind, readonly Reference['role'][]>> = {
	'text-to-image': [],
	'image-to-image': ['reference'],
	inpaint: ['reference', 'mask'],
	upscale: ['reference'],
	'text-to-video': [],
	'image-to-video': ['reference'],
	'first-last-frame-to-video': ['reference', 'last'],
};

/** Everything a provider needs to make one picture or clip. Plain data: stored in the task, digested for the fingerprint. */
export const GenerationRequest = z.strictObject({
	kind: GenerationKind,
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
	/** Of a workflow of the workspace: which version of it. */
	workflowVersion: z.int().min(1).optional(),
	/** Of a provider that has several models and no workflows. */
	model: z.string().max(200).optional(),
	/** The words as they are sent; without them they are made of the shot. */
	prompt: z.string().max(20_000).optional(),
	negativePrompt: z.string().max(10_000).optional(),
	steps: z.int().min(1).max(150).optional(),
	guidance: z.number().min(0).max(30).optional(),
	/** How far a picture may go from the one it begins with: 0 leaves it, 1 forgets it. */
	strength: z.number().min(0).max(1).optional(),
	/** Of a clip: its length in frames at `fps`. */
	durationFrames: z.int().min(1).max(limits.clipFrames).optional(),
	fps: z.number().min(1).max(120).optional(),
	references: z.array(Reference).max(mostReferences).optional(),
	/** What else the workflow or model takes, by its own names. */
	parameters: z.record(z.string().max(100), z.union([z.string().max(2000), z.number()])).optional(),
});

export type CharacterLook = z.infer<typeof CharacterLook>;
export type GenerationRequest = z.infer<typeof GenerationRequest>;

/** The stages of a sketch in the order they are drawn. */
export const sketchStages = ['layout', 'background', 'figures', 'light', 'finish'] as const;
export type SketchStage = (typeof sketchStages)[number];
