import type { StyleName } from '@reelroom/shared/style/style.ts';
import type { WordKey } from '#lib/i18n/words.svelte.ts';

/** What each style is called. */
export const styleWords: Record<StyleName, WordKey> = {
	pencil: 'projects.stylePencil',
	'ink-wash': 'projects.styleInk',
	anime: 'projects.styleAnime',
	'3d': 'projects.style3d',
	noir: 'projects.styleNoir',
	watercolour: 'projects.styleWatercolour',
	papercut: 'projects.stylePapercut',
};
