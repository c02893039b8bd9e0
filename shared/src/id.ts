import * as z from 'zod';

/** An opaque, permanent id. */
export const Id = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);
export type Id = z.infer<typeof Id>;
