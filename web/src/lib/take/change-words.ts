import type { RecipeChange } from '@reelroom/shared/bible/changes.ts';
import { styleNames } from '@reelroom/shared/style/style.ts';
import { t } from '#lib/i18n/words.svelte.ts';
import { styleTitle } from '#lib/style/style-title.ts';

/** What has changed, in a word or two. */
export const changeTitle = ({ what, of }: RecipeChange): string =>
	what === 'cast' && of !== undefined ? `@${of}` : t(`take.what_${what}`);

/** A side of a change as people read it. */
export function changeSide({ what }: RecipeChange, text: string): string {
	const style = styleNames.find((name) => name === text);
	return what === 'style' && style !== undefined ? styleTitle(style) : text;
}

/** Everything that has changed, each thing named once. */
export const changesTitle = (changes: readonly RecipeChange[]): string =>
	[...new Set(changes.map(changeTitle))].join(' · ');
