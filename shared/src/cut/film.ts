import * as z from 'zod';
import { Id } from '../id.ts';

/** A rendered file of the whole project. */
export const Film = z.strictObject({
	id: Id,
	projectId: Id,
	taskId: Id,
	sha256: z.string(),
	sizeBytes: z.int(),
	widthPx: z.int(),
	heightPx: z.int(),
	fps: z.int(),
	durationFrames: z.int(),
	/** A still that stands for the film, JPEG; null when no shot had a picture. */
	posterSha256: z.string().nullable(),
	subtitles: z.enum(['burned', 'soft', 'none']),
	createdBy: Id,
	createdAt: z.string(),
});
export type Film = z.infer<typeof Film>;

/** What a link lets its visitors do: see the film, or leave notes about it too. */
export const ShareKind = z.enum(['view', 'comment']);
export type ShareKind = z.infer<typeof ShareKind>;

export const ShareLink = z.strictObject({
	id: Id,
	filmId: Id,
	kind: ShareKind,
	createdAt: z.string(),
	revokedAt: z.string().nullable(),
	views: z.int(),
});
export type ShareLink = z.infer<typeof ShareLink>;
/** What a visitor of a share link is told. */
export const SharedFilm = z.strictObject({
	filmId: Id,
	kind: ShareKind,
	fps: z.int(),
	projectName: z.string(),
	sharedBy: z.string(),
	widthPx: z.int(),
	heightPx: z.int(),
	durationMs: z.number(),
	hasPoster: z.boolean(),
	createdAt: z.string(),
});
export type SharedFilm = z.infer<typeof SharedFilm>;
