import type { GenerationKind } from '@reelroom/shared/provider/provider.ts';

/** What is made of a shot's picture, in the order in which it is offered. */
export const makings = [
	{ name: 'animate', kind: 'image-to-video', count: 1 },
	{ name: 'toNext', kind: 'first-last-frame-to-video', count: 1 },
	{ name: 'variations', kind: 'text-to-image', count: 4 },
	{ name: 'fromPicture', kind: 'image-to-image', count: 1 },
	{ name: 'upscale', kind: 'upscale', count: 1 },
] as const satisfies readonly { name: string; kind: GenerationKind; count: number }[];
/** What one of them is called. */
export type MakingName = (typeof makings)[number]['name'];
export type Making = (typeof makings)[number];
