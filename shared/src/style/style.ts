import * as z from 'zod';

/** The presets that every install has, each told by a file in `defaults/styles`; the sketch provider draws each of them. */
export const styleNames = [
	'pencil',
	'ink-wash',
	'anime',
	'3d',
	'noir',
	'watercolour',
	'papercut',
	'charcoal',
	'comic',
	'storybook',
	'oil-painting',
	'ukiyo-e',
	'line-art',
	'cinematic',
	'clay-animation',
	'neon',
] as const;
export const StyleName = z.enum(styleNames);
export type StyleName = z.infer<typeof StyleName>;

const Words = z.strictObject({ en: z.string().min(1).max(200), 'zh-CN': z.string().min(1).max(200) });
const Part = z.string().min(1).max(200);

/** A preset: what it adds to the words of every picture, and what it looks like. */
export const Style = z.strictObject({
	name: StyleName,
	title: Words,
	about: Words,
	/** Words that are sent behind those of the shot, the most important first. */
	prompt: z.array(Part).min(1).max(8),
	/** What a picture of this style must not have. */
	negative: z.array(Part).max(12),
	parameters: z.strictObject({
		/** How far a picture may go from the one it begins with, where nobody says: 0 leaves it, 1 forgets it. */
		strength: z.number().min(0).max(1),
	}),
	/** Five colours from light to dark, as `#rrggbb`; shown where a style is chosen. */
	palette: z.array(z.string().regex(/^#[0-9a-f]{6}$/)).length(5),
});
export type Style = z.infer<typeof Style>;
