/**
 * How small pictures are written. More effort costs half as much time again for a few bytes less; less of it is seen, in grain first. Measured in
 * `bench/thumbnail.bench.ts`.
 */
export const thumbnailWebp = { quality: 85, effort: 2 } as const;
