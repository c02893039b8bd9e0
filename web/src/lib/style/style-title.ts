import { readyStyle } from '@reelroom/shared/defaults/styles/ready-styles.ts';
import type { StyleName } from '@reelroom/shared/style/style.ts';
import { words } from '#lib/i18n/words.svelte.ts';

/** What a style is called in the present language. */
export const styleTitle = (name: StyleName): string => readyStyle(name).title[words.language];
