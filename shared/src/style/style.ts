import * as z from 'zod';

/** The presets that every install has; the sketch provider draws each of them. */
export const styleNames = ['pencil', 'ink-wash', 'anime', '3d', 'noir', 'watercolour', 'papercut'] as const;
export const StyleName = z.enum(styleNames);
export type StyleName = z.infer<typeof StyleName>;
