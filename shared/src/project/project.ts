import * as z from 'zod';
import { Id } from '../id.ts';
import { StyleName } from '../style/style.ts';
import { Role } from '../workspace/access.ts';

export const aspectRatios = ['16:9', '9:16', '1:1', '4:3', '2.39:1'] as const;
export const AspectRatio = z.enum(aspectRatios);
export const Fps = z.union([z.literal(12), z.literal(24), z.literal(25), z.literal(30), z.literal(60)]);

/** Settings of one film; what people edit together is in its live document. */
export const Project = z.strictObject({
	id: Id,
	workspaceId: Id,
	workspaceName: z.string(),
	name: z.string(),
	aspectRatio: AspectRatio,
	fps: Fps,
	style: StyleName,
	/** Of the person who asks. */
	role: Role,
	sample: z.boolean(),
	/** Newest picture, for the list; null while there is none. */
	coverTakeId: Id.nullable(),
	createdAt: z.string(),
	changedAt: z.string(),
});

export type AspectRatio = z.infer<typeof AspectRatio>;
export type Fps = z.infer<typeof Fps>;
export type Project = z.infer<typeof Project>;

/** Size in pixels of a frame of the given height class; even numbers, as H.264 wants. */
export function frameSize(ratio: AspectRatio, shortSidePx = 720): { widthPx: number; heightPx: number } {
	const [w = 16, h = 9] = ratio.split(':').map(Number);
	const even = (n: number) => Math.round(n / 2) * 2;
	return w >= h
		? { widthPx: even((shortSidePx * w) / h), heightPx: shortSidePx }
		: { widthPx: shortSidePx, heightPx: even((shortSidePx * h) / w) };
}
