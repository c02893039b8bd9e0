import * as z from 'zod';

/** What a worker has made of a clip that somebody uploaded: two stored files, and what they are. */
export const TakenClip = z.strictObject({
	sha256: z.string(),
	sizeBytes: z.int(),
	/** Its first frame, small. */
	thumbnailSha256: z.string(),
	mediaType: z.enum(['video/mp4', 'video/webm']),
	widthPx: z.int(),
	heightPx: z.int(),
	/** Null where the file does not say. */
	durationMs: z.int().nullable(),
});
export type TakenClip = z.infer<typeof TakenClip>;
