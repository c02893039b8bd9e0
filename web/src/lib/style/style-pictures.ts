import { styleNames, type StyleName } from '@reelroom/shared/style/style.ts';

const files: Readonly<Record<string, string>> = import.meta.glob<string>('./thumbnails/*.webp', {
	eager: true,
	query: '?url',
	import: 'default',
});
/** The address of a small picture of each style; `scripts/write-style-pictures.ts` draws them anew. */
export const stylePictures = Object.fromEntries(
	styleNames.map((name) => [name, files[`./thumbnails/${name}.webp`] ?? '']),
) as Record<StyleName, string>;
